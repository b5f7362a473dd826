#include "autograd/kernels/convolution.h"

#include <algorithm>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/convolution_tiles.h"
#include "autograd/kernels/panel_gemm.h"

namespace xgrad::kernels {

namespace {

/// Products of rows of weights with shifted views of a tile of values:
/// out[r][q] = start[r] + sum over i, j of weight[(r * channels + i) * taps + j] tile[i * tile_channel + offsets[j] + q].
template <class T>
struct TapProduct {
  const T* weight;
  std::int64_t channels;
  std::vector<std::int64_t> offsets;
  std::int64_t tile_channel;
  const T* start;  ///< null for zeros

  /// For rows [first, last) and `width` columns. The tile has room for the columns rounded up to whole vectors; where `out`
  /// has not, no more than `width` are written.
  void operator()(std::int64_t first, std::int64_t last, const T* tile, std::int64_t width, T* out, std::int64_t ldc) const {
    for (std::int64_t row = first; row < last;) {
      const std::int64_t rows = detail::next_rows(last - row);
      for (std::int64_t column = 0, vectors = 0; column < width; column += vectors * vector_width<T>) {
        vectors = PackedMatrix<T>::next_vectors(width - column);
        detail::dispatch_block(rows, vectors, [&]<int R, int V>() {
          block<R, V>(row, tile + column, width - column, out + (row - first) * ldc + column, ldc);
        });
      }
      row += rows;
    }
  }

 private:
  template <int rows, int vectors>
  [[gnu::noinline]] void block(std::int64_t row, const T* tile, std::int64_t left, T* out, std::int64_t ldc) const {
    using Batch = xsimd::batch<T>;
    constexpr std::int64_t width = vector_width<T>;
    detail::Block<T, rows, vectors> sums;
    detail::unrolled<rows * vectors>(
        [&] [[gnu::always_inline]] (auto i) { sums.acc[i] = Batch(start == nullptr ? T(0) : start[row + i / vectors]); });
    const auto taps = static_cast<std::int64_t>(offsets.size());
    const std::int64_t ldw = channels * taps;
    const T* factors = weight + row * ldw;
    const std::int64_t* const shifts = offsets.data();
    for (std::int64_t i = 0; i < channels; ++i, tile += tile_channel) {
      // The rows of a tile lie too far apart for the processor to see what comes.
      detail::unrolled<vectors + 1>(
          [&] [[gnu::always_inline]] (auto v) { __builtin_prefetch(tile + 2 * tile_channel + v * width); });
      for (std::int64_t j = 0; j < taps; ++j, ++factors) {
        const T* values = tile + shifts[j];
        Batch column[vectors];
        detail::unrolled<vectors>(
            [&] [[gnu::always_inline]] (auto v) { column[v] = Batch::load_unaligned(values + v * width); });
        detail::unrolled<rows>([&] [[gnu::always_inline]] (auto r) {
          const Batch factor(factors[r * ldw]);
          detail::unrolled<vectors>([&] [[gnu::always_inline]] (auto v) {
            sums.acc[r * vectors + v] = multiply_add(factor, column[v], sums.acc[r * vectors + v]);
          });
        });
      }
    }
    if (left >= vectors * width) sums.store(out, ldc);
    else sums.store_columns(out, ldc, left);
  }
};

/// Columns of a tile, all tiles about as wide: as many as let it stay in the second-level cache beside a block of weights.
template <class T>
std::int64_t tile_columns(std::int64_t numbers_per_column, std::int64_t length) {
  constexpr std::int64_t panel = panel_vectors * vector_width<T>;
  constexpr std::int64_t cache = 524288 / sizeof(T);
  const std::int64_t most =
      panel * std::clamp<std::int64_t>(cache / (panel * std::max<std::int64_t>(1, numbers_per_column)), 1, 8);
  const std::int64_t tiles = std::max<std::int64_t>(1, (length + most - 1) / most);
  return round_up((length + tiles - 1) / tiles, vector_width<T>);
}

/// How work is cut: into tiles of time, and rows into parts where the tiles are few. A function of the shape alone.
struct Cut {
  Cut(std::int64_t sequences, std::int64_t columns, std::int64_t tile, std::int64_t rows) {
    tiles = (columns + tile - 1) / tile;
    constexpr std::int64_t enough = 16;
    const std::int64_t wanted = std::max<std::int64_t>(1, enough / std::max<std::int64_t>(1, sequences * tiles));
    part = std::max<std::int64_t>(2 * max_rows, round_up((rows + wanted - 1) / wanted, max_rows));
    parts = (rows + part - 1) / part;
    jobs = sequences * tiles * parts;
  }
  std::int64_t tiles;
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
  const std::int64_t columns = tile_columns<T>(shape.in_channels * slots, shape.out_length);
  const std::int64_t row = columns + (shape.taps == 0 ? 0 : phases.shifts.back());
  std::vector<std::int64_t> offsets;
  for (std::size_t k = 0; k < phases.slots.size(); ++k) offsets.push_back(phases.slots[k] * row + phases.shifts[k]);

  const Cut cut(shape.batch * shape.groups, shape.out_length, columns, shape.out_channels);
  const double work = static_cast<double>(shape.in_channels * shape.taps * cut.part) * static_cast<double>(columns);
  parallel_for(0, cut.jobs, grain_of(work), [&](std::int64_t first, std::int64_t last) {
    const Buffer<T> tile(shape.in_channels * slots * row);
    std::int64_t packed = -1;
    for (std::int64_t job = first; job < last; ++job) {
      const std::int64_t place = job / cut.parts;
      const std::int64_t sequence = place / cut.tiles;  // of a group of channels of one of the batch
      const std::int64_t begin = place % cut.tiles * columns;
      if (packed != place) {
        for (std::int64_t c = 0; c < shape.in_channels; ++c) {
          const T* source = x + (sequence * shape.in_channels + c) * shape.length;
          for (std::int64_t s = 0; s < slots; ++s) {
            copy_padded(source, shape.length, begin * shape.stride + phases.phases[static_cast<std::size_t>(s)] - shape.left,
                        shape.stride, row, tile.data() + (c * slots + s) * row);
          }
        }
        packed = place;
      }
      const std::int64_t group = sequence % shape.groups;
      const TapProduct<T> product{weight + group * shape.out_channels * shape.in_channels * shape.taps, shape.in_channels,
                                  offsets, slots * row, bias == nullptr ? nullptr : bias + group * shape.out_channels};
      const std::int64_t from = job % cut.parts * cut.part;
      product(from, std::min(shape.out_channels, from + cut.part), tile.data(), std::min(columns, shape.out_length - begin),
              y + (sequence * shape.out_channels + from) * shape.out_length + begin, shape.out_length);
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

/// convolve_transposed for the phases of one group.
template <class T>
void convolve_phases(const Convolution& shape, const PhaseGroup& group, const T* y, const T* weight, const T* bias, T* x) {
  const std::int64_t stride = shape.stride;
  const auto phases = static_cast<std::int64_t>(group.phases.size());
  const std::int64_t span = group.shifts.empty() ? 0 : group.shifts.back();
  const std::int64_t rows = shape.in_channels * phases;
  const auto taps = static_cast<std::int64_t>(group.shifts.size());
  const std::int64_t row_weights = shape.out_channels * taps;

  const Buffer<T> turned(shape.groups * rows * row_weights);
  const Buffer<T> start(bias == nullptr ? 0 : shape.groups * rows);
  parallel_for(0, shape.groups * shape.in_channels,
               std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, row_weights * phases)),
               [&](std::int64_t first, std::int64_t last) {
                 for (std::int64_t channel = first; channel < last; ++channel) {
                   if (bias != nullptr) std::fill_n(start.data() + channel * phases, phases, bias[channel]);
                   const T* of_channel = weight + (channel / shape.in_channels * shape.out_channels * shape.in_channels +
                                                   channel % shape.in_channels) *
                                                      shape.taps;
                   T* target = turned.data() + channel * phases * row_weights;
                   for (const auto& places : group.taps) {
                     for (std::int64_t o = 0; o < shape.out_channels; ++o) {
                       const T* source = of_channel + o * shape.in_channels * shape.taps;
                       for (const std::int64_t k : places) *target++ = source[k];
                     }
                   }
                 }
               });

  std::vector<std::int64_t> offsets;
  for (const std::int64_t shift : group.shifts) offsets.push_back(span - shift);
  const std::int64_t begin_all = floor_divide(shape.left, stride);
  const std::int64_t end_all = floor_divide(shape.left + shape.length - 1, stride) + 1;
  const std::int64_t columns = tile_columns<T>(shape.out_channels, end_all - begin_all);
  const std::int64_t row = columns + span;
  const Cut cut(shape.batch * shape.groups, end_all - begin_all, columns, rows);
  const double work = static_cast<double>(row_weights * cut.part) * static_cast<double>(columns);
  parallel_for(0, cut.jobs, grain_of(work), [&](std::int64_t first, std::int64_t last) {
    const Buffer<T> tile(shape.out_channels * row);
    const Buffer<T> strip(stride == 1 ? 0 : max_rows * columns);
    std::int64_t packed = -1;
    for (std::int64_t job = first; job < last; ++job) {
      const std::int64_t place = job / cut.parts;
      const std::int64_t sequence = place / cut.tiles;
      const std::int64_t begin = begin_all + place % cut.tiles * columns;
      if (packed != place) {
        for (std::int64_t o = 0; o < shape.out_channels; ++o) {
          copy_padded(y + (sequence * shape.out_channels + o) * shape.out_length, shape.out_length, begin - span,
                      std::int64_t{1}, row, tile.data() + o * row);
        }
        packed = place;
      }
      const std::int64_t channels = sequence % shape.groups;  // which group of them
      const TapProduct<T> product{turned.data() + channels * rows * row_weights, shape.out_channels, offsets, row,
                                  bias == nullptr ? nullptr : start.data() + channels * rows};
      const std::int64_t from = job % cut.parts * cut.part;
      const std::int64_t to = std::min(rows, from + cut.part);
      const std::int64_t width = std::min(columns, end_all - begin);
      T* out = x + sequence * shape.in_channels * shape.length;
      if (stride == 1) {
        product(from, to, tile.data(), width, out + from * shape.length + begin - shape.left, shape.length);
        continue;
      }
      for (std::int64_t r = from; r < to; r += max_rows) {
        const std::int64_t height = std::min<std::int64_t>(max_rows, to - r);
        product(r, r + height, tile.data(), width, strip.data(), columns);
        for (std::int64_t i = 0; i < height; ++i) {
          T* target = out + (r + i) / phases * shape.length;
          const std::int64_t phase = group.phases[static_cast<std::size_t>((r + i) % phases)];
          const std::int64_t step = begin * stride + phase - shape.left;  // of the first column
          const std::int64_t low = std::clamp<std::int64_t>(ceil_divide(-step, stride), 0, width);
          const std::int64_t high = std::clamp<std::int64_t>(ceil_divide(shape.length - step, stride), low, width);
          for (std::int64_t q = low; q < high; ++q) target[step + q * stride] = strip[i * columns + q];
        }
      }
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
