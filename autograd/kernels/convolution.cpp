#include "autograd/kernels/convolution.h"

#include <algorithm>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/convolution_tiles.h"
#include "autograd/kernels/register_block.h"

namespace xgrad::kernels {

namespace {

/// Products of rows of weights with shifted views of a tile of values:
/// out[r][q] = start[r] + sum over i, j of weight[r * row_step + i * channel_step + j] times
/// tile[i * tile_channel + offsets[j] + q].
template <class T>
struct TapProduct {
  const T* weight;
  std::int64_t row_step;
  std::int64_t channel_step;
  std::int64_t channels;
  std::vector<std::int64_t> offsets;
  std::int64_t tile_channel;
  const T* start;  ///< null for zeros

  /// For rows [first, last) and `width` columns. The tile has room for the columns rounded up to whole vectors; where `out`
  /// has not, no more than `width` are written.
  void operator()(std::int64_t first, std::int64_t last, const T* tile, std::int64_t width, T* out, std::int64_t ldc) const {
    for (std::int64_t row = first; row < last;) {
      const std::int64_t rows = detail::next_rows(last - row, panel_vectors);
      for (std::int64_t column = 0, vectors = 0; column < width; column += vectors * vector_width<T>) {
        vectors = next_vectors<T>(width - column);
        detail::dispatch_block<max_rows>(rows, vectors, [&]<int R, int V>() {
          block<R, V>(row, tile + column, width - column, out + (row - first) * ldc + column, ldc);
        });
      }
      row += rows;
    }
  }

 private:
  template <int rows, int vectors>
  [[gnu::noinline]] void block(std::int64_t row, const T* tile, std::int64_t left, T* out, std::int64_t ldc) const {
    constexpr std::int64_t width = vector_width<T>;
    detail::Block<T, rows, vectors> sums;
    detail::unrolled<rows * vectors>([&] [[gnu::always_inline]] (auto i) {
      sums.acc[i] = xsimd::batch<T>(start == nullptr ? T(0) : start[row + i / vectors]);
    });
    const auto taps = static_cast<std::int64_t>(offsets.size());
    const std::int64_t ldw = row_step;
    const T* factors = weight + row * ldw;
    const std::int64_t* const shifts = offsets.data();
    for (std::int64_t i = 0; i < channels; ++i, tile += tile_channel, factors += channel_step - taps) {
      // The rows of a tile lie too far apart for the processor to see what comes.
      detail::unrolled<vectors + 1>(
          [&] [[gnu::always_inline]] (auto v) { __builtin_prefetch(tile + 2 * tile_channel + v * width); });
      for (std::int64_t j = 0; j < taps; ++j, ++factors) sums.add_outer(factors, ldw, tile + shifts[j]);
    }
    if (left >= vectors * width) sums.store(out, ldc);
    else sums.store_columns(out, ldc, left);
  }
};

/// Rows [from, to) of a product for columns [begin, begin + width) of a line, as many at a time as fit into the strip:
/// store(sequence of the line, row, first column of the sequence, number of columns, values) takes them to their places.
template <class T, class Store>
void compute_rows(const TapProduct<T>& product, const Lines<T>& lines, std::int64_t from, std::int64_t to,
                  std::int64_t begin, std::int64_t width, const T* tile, T* strip, const Store& store) {
  for (std::int64_t first = from; first < to; first += max_rows) {
    const std::int64_t last = std::min<std::int64_t>(first + max_rows, to);
    product(first, last, tile, width, strip, lines.tile);
    lines.for_each_sequence(begin, width, [&](std::int64_t n, std::int64_t column, std::int64_t count, std::int64_t at) {
      const std::int64_t kept = std::min(count, lines.columns - column);
      for (std::int64_t row = first; row < last && kept > 0; ++row) {
        store(n, row, column, kept, strip + (row - first) * lines.tile + at);
      }
    });
  }
}

/// How the rows of tiles are cut into parts where the tiles are few. A function of the shape alone.
struct Cut {
  Cut(std::int64_t tiles, std::int64_t rows) {
    constexpr std::int64_t enough = 16;
    const std::int64_t wanted = std::max<std::int64_t>(1, enough / std::max<std::int64_t>(1, tiles));
    part = std::max<std::int64_t>(2 * max_rows, round_up((rows + wanted - 1) / wanted, max_rows));
    parts = (rows + part - 1) / part;
    jobs = tiles * parts;
  }
  std::int64_t part;   ///< rows of a part
  std::int64_t parts;  ///< of the rows
  std::int64_t jobs;
};

/// How the taps meet the steps that a stride takes. Step t * stride + k * dilation is number t + k dilation / stride of
/// those whose number is k dilation modulo stride: the phase, of which each has a row of its own in a tile.
struct Phases {
  explicit Phases(const Convolution& shape) {
    for (std::int64_t k = 0; k < shape.taps; ++k) {
      const std::int64_t step = k * shape.dilation;
      const auto found = std::find(phases.begin(), phases.end(), step % shape.stride);
      slots.push_back(found - phases.begin());
      if (found == phases.end()) phases.push_back(step % shape.stride);
      shifts.push_back(step / shape.stride);
    }
  }
  std::vector<std::int64_t> phases;
  std::vector<std::int64_t> slots;   ///< of each tap: its phase's place
  std::vector<std::int64_t> shifts;  ///< of each tap
};

}  // namespace

template <class T>
void convolve(const Convolution& shape, const T* x, const T* weight, const T* bias, T* y) {
  const Phases phases(shape);
  const auto slots = static_cast<std::int64_t>(phases.phases.size());
  const std::int64_t span = shape.taps == 0 ? 0 : phases.shifts.back();
  // Zeros behind one sequence are those before the next.
  const std::int64_t behind = shape.out_length + span - shape.left - shape.length;
  const std::int64_t shared = shape.stride == 1 ? std::clamp<std::int64_t>(std::min(shape.left, behind), 0, span) : 0;
  const Lines<T> lines(shape.batch, shape.out_length, shape.out_length + span - shared, shape.in_channels * slots,
                       shape.in_channels * shape.taps);
  const std::int64_t row = lines.tile + span;
  std::vector<std::int64_t> offsets;
  for (std::size_t k = 0; k < phases.slots.size(); ++k) offsets.push_back(phases.slots[k] * row + phases.shifts[k]);

  const Cut cut(lines.count * shape.groups * lines.tiles, shape.out_channels);
  const double work = static_cast<double>(shape.in_channels * shape.taps * cut.part) * static_cast<double>(lines.tile);
  parallel_for(0, cut.jobs, grain_of(work), [&](std::int64_t first, std::int64_t last) {
    const Buffer<T> tile(shape.in_channels * slots * row);
    const Buffer<T> strip(lines.sequences == 1 ? 0 : max_rows * lines.tile);
    std::int64_t packed = -1;
    for (std::int64_t job = first; job < last; ++job) {
      const std::int64_t place = job / cut.parts;
      const std::int64_t group = place / lines.tiles % shape.groups;
      const std::int64_t sequence = place / lines.tiles / shape.groups * lines.sequences;  // the first of the line
      const std::int64_t begin = place % lines.tiles * lines.tile;
      if (packed != place) {
        for (std::int64_t c = 0; c < shape.in_channels; ++c) {
          for (std::int64_t s = 0; s < slots; ++s) {
            const std::int64_t phase = phases.phases[static_cast<std::size_t>(s)] - shape.left;
            lines.gather(begin, row, tile.data() + (c * slots + s) * row,
                         [&](std::int64_t n, std::int64_t column, std::int64_t count, T* target) {
                           const std::int64_t channel = ((sequence + n) * shape.groups + group) * shape.in_channels + c;
                           copy_padded(x + channel * shape.length, shape.length, column * shape.stride + phase, shape.stride,
                                       count, target);
                         });
          }
        }
        packed = place;
      }
      const std::int64_t row_weights = shape.in_channels * shape.taps;
      const TapProduct<T> product{weight + group * shape.out_channels * row_weights,
                                  row_weights,
                                  shape.taps,
                                  shape.in_channels,
                                  offsets,
                                  slots * row,
                                  bias == nullptr ? nullptr : bias + group * shape.out_channels};
      const std::int64_t from = job % cut.parts * cut.part;
      const std::int64_t to = std::min(shape.out_channels, from + cut.part);
      const std::int64_t width = std::min(lines.tile, lines.length - begin);
      const auto out = [&](std::int64_t n, std::int64_t r) {
        return y + (((sequence + n) * shape.groups + group) * shape.out_channels + r) * shape.out_length;
      };
      if (lines.sequences == 1) {
        product(from, to, tile.data(), width, out(0, from) + begin, shape.out_length);
        continue;
      }
      compute_rows(product, lines, from, to, begin, width, tile.data(), strip.data(),
                   [&](std::int64_t n, std::int64_t r, std::int64_t column, std::int64_t kept, const T* source) {
                     std::copy(source, source + kept, out(n, r) + column);
                   });
    }
  });
}

namespace {

/// Phases of the input's steps that the same taps reach. Element q stride + p of the padded input, of phase p, is a sum over
/// the taps k with k dilation = p + shift stride, of y[q - shift]: for all phases with the same shifts one convolution
/// without a stride, with a row for each channel and phase.
struct PhaseGroup {
  std::vector<std::int64_t> phases;
  std::vector<std::int64_t> shifts;
  std::vector<std::vector<std::int64_t>> taps;  ///< of each phase, in the order of the shifts
};

std::vector<PhaseGroup> phase_groups(const Convolution& shape) {
  std::vector<std::vector<std::int64_t>> taps(static_cast<std::size_t>(shape.stride));
  for (std::int64_t k = 0; k < shape.taps; ++k) {
    taps[static_cast<std::size_t>(k * shape.dilation % shape.stride)].push_back(k);
  }
  std::vector<PhaseGroup> groups;
  for (std::int64_t phase = 0; phase < shape.stride; ++phase) {
    auto& of_phase = taps[static_cast<std::size_t>(phase)];
    std::vector<std::int64_t> shifts;
    for (const std::int64_t k : of_phase) shifts.push_back(k * shape.dilation / shape.stride);
    auto found = std::find_if(groups.begin(), groups.end(), [&](const PhaseGroup& group) { return group.shifts == shifts; });
    if (found == groups.end()) found = groups.insert(groups.end(), {{}, shifts, {}});
    found->phases.push_back(phase);
    found->taps.push_back(std::move(of_phase));
  }
  return groups;
}

/// target[(channel * phases + phase) * out_channels * taps + o * taps + j]: a row of weights for each channel and phase.
template <class T>
void turn_weights(const Convolution& shape, const PhaseGroup& group, const T* weight, T* target) {
  const auto phases = static_cast<std::int64_t>(group.phases.size());
  const auto taps = static_cast<std::int64_t>(group.shifts.size());
  const std::int64_t row_weights = shape.out_channels * taps;
  // As many channels at a time as share cache lines of the weights.
  constexpr std::int64_t block = 16;
  const std::int64_t blocks = (shape.in_channels + block - 1) / block;
  const std::int64_t work_of_block = std::max<std::int64_t>(1, row_weights * phases * block);
  parallel_for(0, shape.groups * blocks, std::max<std::int64_t>(1, 16384 / work_of_block),
               [&](std::int64_t first, std::int64_t last) {
                 for (std::int64_t job = first; job < last; ++job) {
                   const std::int64_t channels = job / blocks;  // which group of them
                   const std::int64_t begin = job % blocks * block;
                   const std::int64_t end = std::min(shape.in_channels, begin + block);
                   for (std::int64_t o = 0; o < shape.out_channels; ++o) {
                     const T* source =
                         weight + ((channels * shape.out_channels + o) * shape.in_channels + begin) * shape.taps;
                     T* to = target + (channels * shape.in_channels + begin) * phases * row_weights + o * taps;
                     for (std::int64_t channel = begin; channel < end; ++channel, source += shape.taps) {
                       for (const auto& places : group.taps) {
                         for (std::int64_t j = 0; j < taps; ++j) to[j] = source[places[static_cast<std::size_t>(j)]];
                         to += row_weights;
                       }
                     }
                   }
                 }
               });
}

/// convolve_transposed for the phases of one group.
template <class T>
void convolve_phases(const Convolution& shape, const PhaseGroup& group, const T* y, const T* weight, const T* bias, T* x) {
  const std::int64_t stride = shape.stride;
  const auto phases = static_cast<std::int64_t>(group.phases.size());
  const std::int64_t span = group.shifts.empty() ? 0 : group.shifts.back();
  const std::int64_t rows = shape.in_channels * phases;
  const auto taps = static_cast<std::int64_t>(group.shifts.size());
  const std::int64_t row_weights = shape.out_channels * taps;

  std::vector<std::int64_t> offsets;
  for (const std::int64_t shift : group.shifts) offsets.push_back(span - shift);
  const std::int64_t begin_all = floor_divide(shape.left, stride);
  const std::int64_t end_all = floor_divide(shape.left + shape.length - 1, stride) + 1;
  const std::int64_t behind = end_all - shape.out_length;
  const std::int64_t shared = std::clamp<std::int64_t>(std::min(span - begin_all, behind), 0, span);
  const Lines<T> lines(shape.batch, end_all - begin_all, end_all - begin_all + span - shared, shape.out_channels,
                       row_weights);
  const std::int64_t row = lines.tile + span;

  // Weights in the order in which they are read. For few columns that is not worth while.
  constexpr std::int64_t few_columns = 256;
  const bool turns = stride > 1 || lines.count * lines.length > few_columns;
  const Buffer<T> turned(turns ? shape.groups * rows * row_weights : 0);
  if (turns) turn_weights(shape, group, weight, turned.data());
  const Buffer<T> start(bias == nullptr ? 0 : shape.groups * rows);
  for (std::int64_t r = 0; r < shape.groups * rows && bias != nullptr; ++r) start[r] = bias[r / phases];

  const Cut cut(lines.count * shape.groups * lines.tiles, rows);
  const bool direct = stride == 1 && lines.sequences == 1;
  const double work = static_cast<double>(row_weights * cut.part) * static_cast<double>(lines.tile);
  parallel_for(0, cut.jobs, grain_of(work), [&](std::int64_t first, std::int64_t last) {
    const Buffer<T> tile(shape.out_channels * row);
    const Buffer<T> strip(direct ? 0 : max_rows * lines.tile);
    std::int64_t packed = -1;
    for (std::int64_t job = first; job < last; ++job) {
      const std::int64_t place = job / cut.parts;
      const std::int64_t channels = place / lines.tiles % shape.groups;                    // which group of them
      const std::int64_t sequence = place / lines.tiles / shape.groups * lines.sequences;  // the first of the line
      const std::int64_t begin = place % lines.tiles * lines.tile;
      if (packed != place) {
        for (std::int64_t o = 0; o < shape.out_channels; ++o) {
          lines.gather(begin, row, tile.data() + o * row,
                       [&](std::int64_t n, std::int64_t column, std::int64_t count, T* target) {
                         const std::int64_t channel = ((sequence + n) * shape.groups + channels) * shape.out_channels + o;
                         copy_padded(y + channel * shape.out_length, shape.out_length, begin_all + column - span,
                                     std::int64_t{1}, count, target);
                       });
        }
        packed = place;
      }
      const T* of_group = turns ? turned.data() : weight;
      const TapProduct<T> product{of_group + channels * rows * row_weights,
                                  turns ? row_weights : taps,
                                  turns ? taps : shape.in_channels * taps,
                                  shape.out_channels,
                                  offsets,
                                  row,
                                  bias == nullptr ? nullptr : start.data() + channels * rows};
      const std::int64_t from = job % cut.parts * cut.part;
      const std::int64_t to = std::min(rows, from + cut.part);
      const std::int64_t width = std::min(lines.tile, lines.length - begin);
      const auto out = [&](std::int64_t n, std::int64_t channel) {
        return x + (((sequence + n) * shape.groups + channels) * shape.in_channels + channel) * shape.length;
      };
      if (direct) {
        product(from, to, tile.data(), width, out(0, from) + begin_all + begin - shape.left, shape.length);
        continue;
      }
      compute_rows(product, lines, from, to, begin, width, tile.data(), strip.data(),
                   [&](std::int64_t n, std::int64_t r, std::int64_t column, std::int64_t kept, const T* source) {
                     T* target = out(n, r / phases);
                     const std::int64_t phase = group.phases[static_cast<std::size_t>(r % phases)];
                     const std::int64_t step = (begin_all + column) * stride + phase - shape.left;  // of the first column
                     const std::int64_t low = std::clamp<std::int64_t>(ceil_divide(-step, stride), 0, kept);
                     const std::int64_t high = std::clamp<std::int64_t>(ceil_divide(shape.length - step, stride), low, kept);
                     if (stride == 1) std::copy(source + low, source + high, target + step + low);
                     else
                       for (std::int64_t q = low; q < high; ++q) target[step + q * stride] = source[q];
                   });
    }
  });
}

}  // namespace

template <class T>
void convolve_transposed(const Convolution& shape, const T* y, const T* weight, const T* bias, T* x) {
  for (const PhaseGroup& group : phase_groups(shape)) convolve_phases(shape, group, y, weight, bias, x);
}

template void convolve(const Convolution&, const float*, const float*, const float*, float*);
template void convolve(const Convolution&, const double*, const double*, const double*, double*);
template void convolve_transposed(const Convolution&, const float*, const float*, const float*, float*);
template void convolve_transposed(const Convolution&, const double*, const double*, const double*, double*);

}  // namespace xgrad::kernels
