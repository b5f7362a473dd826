#include "autograd/kernels/convolution.h"

#include <algorithm>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/panel_gemm.h"

namespace xgrad::kernels {

namespace {

std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }
std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

/// target[m] = source[first + m * step] for m below `count`, and 0 where that lies outside of [0, length).
template <class T>
void copy_padded(const T* source, std::int64_t length, std::int64_t first, std::int64_t step, std::int64_t count, T* target) {
  const std::int64_t begin = std::clamp<std::int64_t>(ceil_divide(-first, step), 0, count);
  const std::int64_t end = std::clamp<std::int64_t>(ceil_divide(length - first, step), begin, count);
  std::fill(target, target + begin, T(0));
  if (step == 1) {
    std::copy(source + first + begin, source + first + end, target + begin);
  } else {
    for (std::int64_t m = begin; m < end; ++m) target[m] = source[first + m * step];
  }
  std::fill(target + end, target + count, T(0));
}

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
    detail::unrolled<rows * vectors>([&] [[gnu::always_inline]] (auto i) {
      sums.acc[i] = Batch(start == nullptr ? T(0) : start[row + i / vectors]);
    });
    const auto taps = static_cast<std::int64_t>(offsets.size());
    const std::int64_t ldw = channels * taps;
    const T* factors = weight + row * ldw;
    const std::int64_t* const shifts = offsets.data();
    for (std::int64_t i = 0; i < channels; ++i, tile += tile_channel) {
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

/// Columns of a tile: whole panels, as many as let the tile stay in the second-level cache beside a block of weights.
template <class T>
std::int64_t tile_columns(std::int64_t numbers_per_column) {
  constexpr std::int64_t panel = panel_vectors * vector_width<T>;
  constexpr std::int64_t cache = 262144 / sizeof(T);
  return panel * std::clamp<std::int64_t>(cache / (panel * std::max<std::int64_t>(1, numbers_per_column)), 1, 8);
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

std::int64_t grain_of(double work_per_job) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(2e5 / std::max(1.0, work_per_job)));
}

/// How the taps meet the steps that a stride takes. Step t * stride + k * dilation is number t + k dilation / stride of those
/// whose number is k dilation modulo stride: the phase, of which each has a row of its own in a tile.
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
  const std::int64_t columns = std::min(round_up(shape.out_length, vector_width<T>),
                                        tile_columns<T>(shape.in_channels * slots));
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

template <class T>
void convolve_transposed(const Convolution& shape, const T* y, const T* weight, const T* bias, T* x) {
  // Element u = q stride + p of the padded input is a sum over the taps k with k dilation = p + j stride, of y[q - j]: a
  // convolution without a stride, with a row for each channel and phase p. Where j stands for no tap its weight is 0.
  const std::int64_t stride = shape.stride;
  const std::int64_t extent = (shape.taps - 1) * shape.dilation + 1;
  const std::int64_t taps = stride == 1 ? shape.taps : (extent + stride - 1) / stride;
  const std::int64_t spread = stride == 1 ? shape.dilation : 1;  // between the taps
  const std::int64_t span = (taps - 1) * spread;
  const std::int64_t rows = shape.in_channels * stride;
  const std::int64_t row_weights = shape.out_channels * taps;

  const Buffer<T> turned(shape.groups * rows * row_weights);
  const Buffer<T> start(bias == nullptr ? 0 : shape.groups * rows);
  std::fill(turned.data(), turned.data() + shape.groups * rows * row_weights, T(0));
  parallel_for(0, shape.groups * shape.in_channels, std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, row_weights)),
               [&](std::int64_t first, std::int64_t last) {
                 for (std::int64_t channel = first; channel < last; ++channel) {
                   const std::int64_t group = channel / shape.in_channels;
                   const std::int64_t c = channel % shape.in_channels;
                   if (bias != nullptr) std::fill_n(start.data() + channel * stride, stride, bias[channel]);
                   for (std::int64_t o = 0; o < shape.out_channels; ++o) {
                     const T* source =
                         weight + ((group * shape.out_channels + o) * shape.in_channels + c) * shape.taps;
                     for (std::int64_t k = 0; k < shape.taps; ++k) {
                       const std::int64_t step = stride == 1 ? k : k * shape.dilation;
                       const std::int64_t phase = step % stride;
                       turned[(channel * stride + phase) * row_weights + o * taps + step / stride] = source[k];
                     }
                   }
                 }
               });

  std::vector<std::int64_t> offsets;
  for (std::int64_t j = 0; j < taps; ++j) offsets.push_back(span - j * spread);
  const std::int64_t begin_all = floor_divide(shape.left, stride);
  const std::int64_t end_all = floor_divide(shape.left + shape.length - 1, stride) + 1;
  const std::int64_t columns =
      std::min(round_up(end_all - begin_all, vector_width<T>), tile_columns<T>(shape.out_channels));
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
      const std::int64_t group = sequence % shape.groups;
      const TapProduct<T> product{turned.data() + group * rows * row_weights, shape.out_channels, offsets, row,
                                  bias == nullptr ? nullptr : start.data() + group * rows};
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
          T* target = out + (r + i) / stride * shape.length;
          const std::int64_t step = begin * stride + (r + i) % stride - shape.left;  // of the first column
          const std::int64_t low = std::clamp<std::int64_t>(ceil_divide(-step, stride), 0, width);
          const std::int64_t high = std::clamp<std::int64_t>(ceil_divide(shape.length - step, stride), low, width);
          for (std::int64_t q = low; q < high; ++q) target[step + q * stride] = strip[i * columns + q];
        }
      }
    }
  });
}

namespace {

/// sums += a b, where row r of a begins at a + r * lda, and row k of b at b + k * step: vectors that may lie anywhere.
template <class T, int rows, int vectors>
[[gnu::noinline]] void strided_block(std::int64_t depth, const T* a, std::int64_t lda, const T* b, std::int64_t step, T* sums,
                                     std::int64_t ldc) {
  using Batch = xsimd::batch<T>;
  detail::Block<T, rows, vectors> block;
  block.start(Start::result, nullptr, sums, ldc);
  for (std::int64_t k = 0; k < depth; ++k, ++a, b += step) {
    Batch column[vectors];
    detail::unrolled<vectors>(
        [&] [[gnu::always_inline]] (auto v) { column[v] = Batch::load_unaligned(b + v * vector_width<T>); });
    detail::unrolled<rows>([&] [[gnu::always_inline]] (auto r) {
      const Batch factor(a[r * lda]);
      detail::unrolled<vectors>([&] [[gnu::always_inline]] (auto v) {
        block.acc[r * vectors + v] = multiply_add(factor, column[v], block.acc[r * vectors + v]);
      });
    });
  }
  block.store(sums, ldc);
}

/// A weight gradient, by one of two ways. Channels: a tile of the input is turned, a row for each step and a column for each
/// of the channels of a panel; a tap is a shift by rows. Taps: the input stays as it is, and the row of each step is what
/// the taps meet from there on, for one channel after the other: for kernels longer than the channels are many.
template <class T>
class WeightGradient {
 public:
  WeightGradient(const Convolution& shape, const T* x, const T* y, T* weight)
      : shape_(shape), x_(x), y_(y), weight_(weight) {
    const auto vectors = [](std::int64_t columns) { return round_up(columns, vector_width<T>) / vector_width<T>; };
    by_taps_ = shape.dilation == 1 && shape.in_channels * vectors(shape.taps) < shape.taps * vectors(shape.in_channels);
    panel_ = panel_vectors * vector_width<T>;
    panels_ = by_taps_ ? 1 : (shape.in_channels + panel_ - 1) / panel_;
    extent_ = (shape.taps - 1) * shape.dilation + 1;
    time_step_ = std::clamp<std::int64_t>(65536 / (shape.stride * panel_), 32, 256);
    times_ = (shape.out_length + time_step_ - 1) / time_step_;
    // Parts of the output channels, each with its own sums, and parts of the batch where there is little else to share.
    constexpr std::int64_t enough = 8;
    part_ = std::min<std::int64_t>(round_up(shape.out_channels, max_rows), 256);
    parts_ = (shape.out_channels + part_ - 1) / part_;
    const std::int64_t places = shape.groups * panels_ * parts_;
    pieces_ = shape.batch * times_;
    shares_ = std::clamp<std::int64_t>(enough / std::max<std::int64_t>(1, places), 1, std::max<std::int64_t>(1, pieces_));
  }

  void run() {
    const std::int64_t size = shape_.groups * shape_.out_channels * shape_.in_channels * shape_.taps;
    const Buffer<T> partial(shares_ == 1 ? 0 : shares_ * size);
    const std::int64_t jobs = shape_.groups * panels_ * parts_ * shares_;
    const double work = static_cast<double>(shape_.taps * std::min(part_, shape_.out_channels)) *
                        static_cast<double>(std::min(panel_, shape_.in_channels)) *
                        static_cast<double>(pieces_ / shares_) *
                        static_cast<double>(std::min(time_step_, shape_.out_length));
    parallel_for(0, jobs, grain_of(work), [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t job = first; job < last; ++job) {
        const std::int64_t share = job % shares_;
        run_job(job / shares_, share, shares_ == 1 ? weight_ : partial.data() + share * size);
      }
    });
    if (shares_ == 1) return;
    parallel_for(0, size, elementwise_grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        T sum = partial[i];
        for (std::int64_t share = 1; share < shares_; ++share) sum += partial[share * size + i];
        weight_[i] = sum;
      }
    });
  }

 private:
  void run_job(std::int64_t place, std::int64_t share, T* target) const {
    const std::int64_t part = place % parts_ * part_;
    const std::int64_t first_channel = place / parts_ % panels_ * panel_;
    const std::int64_t group = place / parts_ / panels_;
    const std::int64_t height = std::min(part_, shape_.out_channels - part);
    const std::int64_t channels = by_taps_ ? shape_.in_channels : std::min(panel_, shape_.in_channels - first_channel);
    const std::int64_t columns = round_up(by_taps_ ? shape_.taps : channels, vector_width<T>);
    const std::int64_t matrices = by_taps_ ? channels : shape_.taps;
    const Buffer<T> sums(matrices * height * columns);
    std::fill(sums.data(), sums.data() + matrices * height * columns, T(0));
    const std::int64_t steps = (time_step_ - 1) * shape_.stride + extent_;
    const Buffer<T> tile(by_taps_ ? steps + vector_width<T> : steps * columns);

    for (std::int64_t piece = pieces_ * share / shares_; piece < pieces_ * (share + 1) / shares_; ++piece) {
      const std::int64_t n = piece / times_;
      const std::int64_t begin = piece % times_ * time_step_;
      const std::int64_t depth = std::min(time_step_, shape_.out_length - begin);
      const std::int64_t first_step = begin * shape_.stride - shape_.left;
      const std::int64_t reached = (depth - 1) * shape_.stride + extent_;
      const T* source = x_ + ((n * shape_.groups + group) * shape_.in_channels + first_channel) * shape_.length;
      const T* a = y_ + ((n * shape_.groups + group) * shape_.out_channels + part) * shape_.out_length + begin;
      if (!by_taps_) turn(source, channels, first_step, reached, columns, tile.data());
      for (std::int64_t m = 0; m < matrices; ++m) {
        if (by_taps_) {
          copy_padded(source + m * shape_.length, shape_.length, first_step, std::int64_t{1}, reached + vector_width<T>,
                      tile.data());
        }
        const T* b = by_taps_ ? tile.data() : tile.data() + m * shape_.dilation * columns;
        multiply(depth, a, height, b, by_taps_ ? shape_.stride : shape_.stride * columns, columns,
                 sums.data() + m * height * columns);
      }
    }
    for (std::int64_t m = 0; m < matrices; ++m) {
      for (std::int64_t o = 0; o < height; ++o) {
        const T* row = sums.data() + (m * height + o) * columns;
        T* out = target + (group * shape_.out_channels + part + o) * shape_.in_channels * shape_.taps;
        if (by_taps_) std::copy(row, row + shape_.taps, out + m * shape_.taps);
        else
          for (std::int64_t c = 0; c < channels; ++c) out[(first_channel + c) * shape_.taps + m] = row[c];
      }
    }
  }

  /// tile[step * columns + c] = x[c][first + step], zeros outside of x and for the columns behind the channels.
  void turn(const T* x, std::int64_t channels, std::int64_t first, std::int64_t steps, std::int64_t columns, T* tile) const {
    const std::int64_t begin = std::clamp<std::int64_t>(-first, 0, steps);
    const std::int64_t end = std::clamp<std::int64_t>(shape_.length - first, begin, steps);
    std::fill(tile, tile + begin * columns, T(0));
    std::fill(tile + end * columns, tile + steps * columns, T(0));
    constexpr std::int64_t block = 16;
    for (std::int64_t s = begin; s < end; s += block) {
      const std::int64_t stop = std::min(end, s + block);
      for (std::int64_t c = 0; c < channels; ++c) {
        const T* row = x + c * shape_.length + first;
        for (std::int64_t i = s; i < stop; ++i) tile[i * columns + c] = row[i];
      }
      for (std::int64_t i = s; i < stop; ++i) std::fill(tile + i * columns + channels, tile + (i + 1) * columns, T(0));
    }
  }

  void multiply(std::int64_t depth, const T* a, std::int64_t height, const T* b, std::int64_t step, std::int64_t columns,
                T* sums) const {
    for (std::int64_t column = 0, vectors = 0; column < columns; column += vectors * vector_width<T>) {
      vectors = PackedMatrix<T>::next_vectors(columns - column);
      for (std::int64_t row = 0; row < height;) {
        const std::int64_t rows = detail::next_rows(height - row);
        detail::dispatch_block(rows, vectors, [&]<int R, int V>() {
          strided_block<T, R, V>(depth, a + row * shape_.out_length, shape_.out_length, b + column, step,
                                 sums + row * columns + column, columns);
        });
        row += rows;
      }
    }
  }

  Convolution shape_;
  const T* x_;
  const T* y_;
  T* weight_;
  bool by_taps_;
  std::int64_t panel_;   ///< channels
  std::int64_t panels_;  ///< of the channels
  std::int64_t extent_;  ///< steps from the first tap to the last
  std::int64_t time_step_;  ///< steps of the result that a piece has
  std::int64_t times_;      ///< pieces of a sequence
  std::int64_t part_;    ///< output channels
  std::int64_t parts_;   ///< of the output channels
  std::int64_t pieces_;  ///< of all sequences
  std::int64_t shares_;  ///< of the pieces
};

}  // namespace

template <class T>
void convolution_weight_gradient(const Convolution& shape, const T* x, const T* y, T* weight) {
  WeightGradient<T>(shape, x, y, weight).run();
}

template void convolve(const Convolution&, const float*, const float*, const float*, float*);
template void convolve(const Convolution&, const double*, const double*, const double*, double*);
template void convolve_transposed(const Convolution&, const float*, const float*, const float*, float*);
template void convolve_transposed(const Convolution&, const double*, const double*, const double*, double*);
template void convolution_weight_gradient(const Convolution&, const float*, const float*, float*);
template void convolution_weight_gradient(const Convolution&, const double*, const double*, double*);

}  // namespace xgrad::kernels
