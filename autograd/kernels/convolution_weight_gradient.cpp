#include <algorithm>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/convolution.h"
#include "autograd/kernels/convolution_tiles.h"
#include "autograd/kernels/panel_gemm.h"

namespace xgrad::kernels {

namespace {

/// sums += a b, where row r of a begins at a + r * lda, and row k of b at b + k * step: vectors that may lie anywhere.
template <class T, int rows, int vectors>
[[gnu::noinline]] void strided_block(std::int64_t depth, const T* a, std::int64_t lda, const T* b, std::int64_t step,
                                     T* sums, std::int64_t ldc) {
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
                        static_cast<double>(std::min(panel_, shape_.in_channels)) * static_cast<double>(pieces_ / shares_) *
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
  std::int64_t panel_;      ///< channels
  std::int64_t panels_;     ///< of the channels
  std::int64_t extent_;     ///< steps from the first tap to the last
  std::int64_t time_step_;  ///< steps of the result that a piece has
  std::int64_t times_;      ///< pieces of a sequence
  std::int64_t part_;       ///< output channels
  std::int64_t parts_;      ///< of the output channels
  std::int64_t pieces_;     ///< of all sequences
  std::int64_t shares_;     ///< of the pieces
};

}  // namespace

template <class T>
void convolution_weight_gradient(const Convolution& shape, const T* x, const T* y, T* weight) {
  WeightGradient<T>(shape, x, y, weight).run();
}

template void convolution_weight_gradient(const Convolution&, const float*, const float*, float*);
template void convolution_weight_gradient(const Convolution&, const double*, const double*, double*);

}  // namespace xgrad::kernels
