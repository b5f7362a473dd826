#include <algorithm>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/convolution.h"
#include "autograd/kernels/convolution_tiles.h"
#include "autograd/kernels/register_block.h"

namespace xgrad::kernels {

namespace {

/// Pairs of matrices whose products are added up.
template <class T>
struct Pairs {
  std::int64_t count;
  std::int64_t depth;
  const T* a;  ///< row r of the first one begins at a + r * lda
  std::int64_t lda;
  std::int64_t a_step;  ///< from one to the next
  const T* b;           ///< row k of the first one begins at b + k * ldb: vectors that may lie anywhere
  std::int64_t ldb;
  std::int64_t b_step;
};

/// sums += the products of rows [row, row + rows) of each a and columns [column, column + vectors) of its b.
template <class T, int rows, int vectors>
[[gnu::noinline]] void strided_block(const Pairs<T>& pairs, std::int64_t row, std::int64_t column, T* sums,
                                     std::int64_t ldc) {
  detail::Block<T, rows, vectors> block;
  block.start(Start::result, nullptr, sums, ldc);
  const std::int64_t lda = pairs.lda;
  const std::int64_t ldb = pairs.ldb;
  for (std::int64_t pair = 0; pair < pairs.count; ++pair) {
    const T* a = pairs.a + pair * pairs.a_step + row * lda;
    const T* b = pairs.b + pair * pairs.b_step + column;
    for (std::int64_t k = 0; k < pairs.depth; ++k, ++a, b += ldb) block.add_outer(a, lda, b);
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
    const std::int64_t panels = shape.groups * panels_;
    const std::int64_t of_panel = (enough + panels - 1) / panels;
    part_ = std::clamp<std::int64_t>(round_up((shape.out_channels + of_panel - 1) / of_panel, max_rows), 64, 256);
    part_ = std::min(part_, round_up(shape.out_channels, max_rows));
    parts_ = (shape.out_channels + part_ - 1) / part_;
    const std::int64_t places = panels * parts_;
    const std::int64_t wanted = std::max<std::int64_t>(1, enough / std::max<std::int64_t>(1, places));
    together_ = std::clamp<std::int64_t>(std::min(time_step_ / shape.out_length, shape.batch / wanted), 1,
                                         std::max<std::int64_t>(1, shape.batch));
    pieces_ = (shape.batch + together_ - 1) / together_ * times_;
    shares_ = std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(1, pieces_));
  }

  void run() {
    const std::int64_t size = shape_.groups * shape_.out_channels * shape_.in_channels * shape_.taps;
    const Buffer<T> partial(shares_ == 1 ? 0 : shares_ * size);
    const std::int64_t jobs = shape_.groups * panels_ * parts_ * shares_;
    const std::int64_t steps = shape_.batch * shape_.out_length / shares_;
    const double work = static_cast<double>(shape_.taps * std::min(part_, shape_.out_channels)) *
                        static_cast<double>(std::min(panel_, shape_.in_channels)) * static_cast<double>(steps);
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
    const std::int64_t steps = (std::min(time_step_, shape_.out_length) - 1) * shape_.stride + extent_;
    const std::int64_t of_sequence = by_taps_ ? steps + vector_width<T> : steps * columns;  // in the tile
    const Buffer<T> tile(together_ * of_sequence);

    for (std::int64_t piece = pieces_ * share / shares_; piece < pieces_ * (share + 1) / shares_; ++piece) {
      const std::int64_t n = piece / times_ * together_;
      const std::int64_t begin = piece % times_ * time_step_;
      const std::int64_t depth = std::min(time_step_, shape_.out_length - begin);
      const std::int64_t first_step = begin * shape_.stride - shape_.left;
      const std::int64_t reached = (depth - 1) * shape_.stride + extent_;
      const std::int64_t x_step = shape_.groups * shape_.in_channels * shape_.length;
      const std::int64_t y_step = shape_.groups * shape_.out_channels * shape_.out_length;
      const T* source = x_ + n * x_step + (group * shape_.in_channels + first_channel) * shape_.length;
      const std::int64_t count = std::min(together_, shape_.batch - n);
      Pairs<T> pairs{count,
                     depth,
                     y_ + n * y_step + (group * shape_.out_channels + part) * shape_.out_length + begin,
                     shape_.out_length,
                     y_step,
                     tile.data(),
                     by_taps_ ? shape_.stride : shape_.stride * columns,
                     of_sequence};
      for (std::int64_t i = 0; i < count && !by_taps_; ++i) {
        turn(source + i * x_step, channels, first_step, reached, columns, tile.data() + i * of_sequence);
      }
      for (std::int64_t m = 0; m < matrices; ++m) {
        for (std::int64_t i = 0; i < count && by_taps_; ++i) {
          copy_padded(source + i * x_step + m * shape_.length, shape_.length, first_step, std::int64_t{1},
                      reached + vector_width<T>, tile.data() + i * of_sequence);
        }
        if (!by_taps_) pairs.b = tile.data() + m * shape_.dilation * columns;
        multiply(pairs, height, columns, sums.data() + m * height * columns);
      }
    }
    const Buffer<T> strip(by_taps_ ? 0 : channels * matrices);
    for (std::int64_t o = 0; o < height; ++o) {
      T* out = target + ((group * shape_.out_channels + part + o) * shape_.in_channels + first_channel) * shape_.taps;
      const T* row = sums.data() + o * columns;
      if (by_taps_) {
        for (std::int64_t m = 0; m < matrices; ++m) {
          std::copy_n(row + m * height * columns, shape_.taps, out + m * shape_.taps);
        }
      } else {
        for (std::int64_t m = 0; m < matrices; ++m, row += height * columns) {
          for (std::int64_t c = 0; c < channels; ++c) strip[c * matrices + m] = row[c];
        }
        std::copy_n(strip.data(), channels * matrices, out);
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

  static void multiply(const Pairs<T>& pairs, std::int64_t height, std::int64_t columns, T* sums) {
    for (std::int64_t column = 0, vectors = 0; column < columns; column += vectors * vector_width<T>) {
      vectors = next_vectors<T>(columns - column);
      for (std::int64_t row = 0; row < height;) {
        const std::int64_t rows = detail::next_rows(height - row, vectors);
        detail::dispatch_block(rows, vectors, [&]<int R, int V>() {
          strided_block<T, R, V>(pairs, row, column, sums + row * columns + column, columns);
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
  std::int64_t together_;   ///< short sequences of a piece
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
