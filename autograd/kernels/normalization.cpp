#include "autograd/kernels/normalization.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/fused.h"
#include "autograd/kernels/reduce.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace {

/// Rows whose sums are added one after the other, before blocks of them are added pairwise.
constexpr std::int64_t normalization_rows = 64;
constexpr std::int64_t normalization_block = 1024;

/// The sum of f over n numbers: in vector registers, and blocks of them in double precision.
template <class T, class F, class... In>
double sum_by_blocks(std::int64_t n, const F& f, const In&... in) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  double total = 0;
  for (std::int64_t first = 0; first < n; first += normalization_block) {
    const std::int64_t last = std::min(n, first + normalization_block);
    Batch<T> a(T(0));
    Batch<T> b(T(0));
    std::int64_t i = first;
    for (; i + 2 * width <= last; i += 2 * width) {
      a += f(in.at(i)...);
      b += f(in.at(i + width)...);
    }
    for (; i + width <= last; i += width) a += f(in.at(i)...);
    total += static_cast<double>(xsimd::hadd(a + b));
    if (i < last) {
      alignas(64) T lanes[width];
      f(in.padded(i, last - i)...).store_aligned(lanes);
      for (std::int64_t k = 0; k < last - i; ++k) total += static_cast<double>(lanes[k]);
    }
  }
  return total;
}

/// A stream that may be missing, and is then the same number everywhere.
template <class T, class F>
void with_stream(const T* data, T otherwise, const F& f) {
  if (data != nullptr) f(Stream<T>{data});
  else f(Repeated<T>(otherwise));
}

/// Rows, or parts of a batch, of so many elements that a thread takes at least.
/// @{
std::int64_t rows_grain(std::int64_t work) { return runs_in_part(elementwise_grain / 2, work); }
std::int64_t channels_grain(std::int64_t work) { return runs_in_part(moving_grain / 4, work); }
/// @}

}  // namespace

template <class T>
void normalize_rows(const T* x, std::int64_t rows, std::int64_t n, const T* weight, const T* bias, double eps, T* y, T* mean,
                    T* scale) {
  parallel_for(0, rows, rows_grain(n), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      const Stream<T> in{x + row * n};
      const auto length = static_cast<double>(n);
      const auto average = static_cast<T>(sum_by_blocks<T>(
                                              n, [](Batch<T> v) { return v; }, in) /
                                          length);
      const Batch<T> centre(average);
      const double variance = sum_by_blocks<T>(
                                  n, [&](Batch<T> v) { return (v - centre) * (v - centre); }, in) /
                              length;
      mean[row] = average;
      scale[row] = static_cast<T>(1 / std::sqrt(variance + eps));
      const Batch<T> factor(scale[row]);
      with_stream(weight, T(1), [&](const auto& w) {
        with_stream(bias, T(0), [&](const auto& b) {
          map_vectors(
              y + row * n, n,
              [&](Batch<T> v, Batch<T> u, Batch<T> shift) { return multiply_add((v - centre) * factor, u, shift); }, in, w,
              b);
        });
      });
    }
  });
}

template <class T>
void normalize_rows_backward(const T* grad, const T* x, std::int64_t rows, std::int64_t n, const T* weight, const T* mean,
                             const T* scale, T* x_grad, T* weight_grad, T* bias_grad) {
  const std::int64_t blocks = (rows + normalization_rows - 1) / normalization_rows;
  const bool sums = weight_grad != nullptr || bias_grad != nullptr;
  std::vector<T> partial(sums ? static_cast<std::size_t>(blocks * 2 * n) : 0);
  parallel_for(0, blocks, rows_grain(n * normalization_rows), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first * normalization_rows; row < std::min(rows, last * normalization_rows); ++row) {
      const Stream<T> g{grad + row * n};
      const Stream<T> in{x + row * n};
      const Batch<T> centre(mean[row]);
      const Batch<T> factor(scale[row]);
      if (sums) {
        T* const of_weight = partial.data() + row / normalization_rows * 2 * n;
        T* const of_bias = of_weight + n;
        map_vectors(
            of_weight, n,
            [&](Batch<T> sum, Batch<T> dy, Batch<T> v) { return multiply_add(dy, (v - centre) * factor, sum); },
            Stream<T>{of_weight}, g, in);
        map_vectors(
            of_bias, n, [](Batch<T> sum, Batch<T> dy) { return sum + dy; }, Stream<T>{of_bias}, g);
      }
      if (x_grad == nullptr) continue;
      with_stream(weight, T(1), [&](const auto& w) {
        const auto length = static_cast<double>(n);
        const Batch<T> average(static_cast<T>(sum_by_blocks<T>(
                                                  n, [](Batch<T> dy, Batch<T> u) { return dy * u; }, g, w) /
                                              length));
        const Batch<T> slope(static_cast<T>(
            sum_by_blocks<T>(
                n, [&](Batch<T> dy, Batch<T> u, Batch<T> v) { return dy * u * ((v - centre) * factor); }, g, w, in) /
            length));
        map_vectors(
            x_grad + row * n, n,
            [&](Batch<T> dy, Batch<T> u, Batch<T> v) { return (dy * u - average - (v - centre) * factor * slope) * factor; },
            g, w, in);
      });
    }
  });
  if (!sums) return;
  std::vector<T> total(static_cast<std::size_t>(2 * n));
  sum_middle(partial.data(), 1, blocks, 2 * n, total.data());
  if (weight_grad != nullptr) std::copy(total.begin(), total.begin() + n, weight_grad);
  if (bias_grad != nullptr) std::copy(total.begin() + n, total.end(), bias_grad);
}

namespace {

/// Sums of several kinds for each channel: add(part's sums, offset, channel, width, ...) adds what lies together to them.
/// Numbers of one channel lie together where `inner` is more than 1, those of one row of channels otherwise.
template <class T, class AddRow, class AddChannel>
void sum_channels(const Channels& shape, std::int64_t kinds, const AddRow& add_row, const AddChannel& add_channel, T* sums) {
  const std::int64_t together = shape.inner == 1 ? normalization_rows : 1;
  const std::int64_t parts = (shape.outer + together - 1) / together;
  const std::int64_t width = kinds * shape.channels;
  std::vector<T> partial(static_cast<std::size_t>(parts * width));
  parallel_for(0, parts, channels_grain(together * shape.channels * shape.inner),
               [&](std::int64_t first, std::int64_t last) {
                 for (std::int64_t part = first; part < last; ++part) {
                   T* const to = partial.data() + part * width;
                   for (std::int64_t o = part * together; o < std::min(shape.outer, (part + 1) * together); ++o) {
                     const std::int64_t at = o * shape.channels * shape.inner;
                     if (shape.inner == 1) {
                       add_row(to, at);
                     } else {
                       for (std::int64_t c = 0; c < shape.channels; ++c) add_channel(to, at + c * shape.inner, c);
                     }
                   }
                 }
               });
  sum_middle(partial.data(), 1, parts, width, sums);
}

/// Runs row(offset) over rows of channels, or channel(offset, c) over the numbers of one channel that lie together.
template <class Row, class Channel>
void for_each_channel(const Channels& shape, const Row& row, const Channel& channel) {
  parallel_for(0, shape.outer, channels_grain(shape.channels * shape.inner), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t o = first; o < last; ++o) {
      const std::int64_t at = o * shape.channels * shape.inner;
      if (shape.inner == 1) {
        row(at);
      } else {
        for (std::int64_t c = 0; c < shape.channels; ++c) channel(at + c * shape.inner, c);
      }
    }
  });
}

}  // namespace

template <class T>
void channel_moments(const T* x, const Channels& shape, T* mean, T* variance) {
  const auto count = static_cast<double>(shape.count());
  if (shape.inner == 1) {
    sum_middle(x, 1, shape.outer, shape.channels, mean);
  } else {
    std::vector<T> sums(static_cast<std::size_t>(shape.outer * shape.channels));
    sum_middle(x, shape.outer * shape.channels, shape.inner, 1, sums.data());
    sum_middle(sums.data(), 1, shape.outer, shape.channels, mean);
  }
  for (std::int64_t c = 0; c < shape.channels; ++c) mean[c] = static_cast<T>(static_cast<double>(mean[c]) / count);
  sum_channels(
      shape, 1,
      [&](T* sum, std::int64_t at) {
        map_vectors(
            sum, shape.channels, [](Batch<T> total, Batch<T> v, Batch<T> m) { return multiply_add(v - m, v - m, total); },
            Stream<T>{sum}, Stream<T>{x + at}, Stream<T>{mean});
      },
      [&](T* sum, std::int64_t at, std::int64_t c) {
        const Batch<T> centre(mean[c]);
        sum[c] = static_cast<T>(sum_by_blocks<T>(
            shape.inner, [&](Batch<T> v) { return (v - centre) * (v - centre); }, Stream<T>{x + at}));
      },
      variance);
  for (std::int64_t c = 0; c < shape.channels; ++c) variance[c] = static_cast<T>(static_cast<double>(variance[c]) / count);
}

template <class T>
void normalize_channels(const T* x, const Channels& shape, const T* mean, const T* factor, const T* shift, T* y) {
  const auto f = [](Batch<T> v, Batch<T> m, Batch<T> scale, Batch<T> b) { return multiply_add(v - m, scale, b); };
  with_stream(shift, T(0), [&](const auto& b) {
    for_each_channel(
        shape,
        [&](std::int64_t at) {
          map_vectors(y + at, shape.channels, f, Stream<T>{x + at}, Stream<T>{mean}, Stream<T>{factor}, b);
        },
        [&](std::int64_t at, std::int64_t c) {
          map_vectors(y + at, shape.inner, f, Stream<T>{x + at}, Repeated<T>(mean[c]), Repeated<T>(factor[c]),
                      Repeated<T>(shift != nullptr ? shift[c] : T(0)));
        });
  });
}

template <class T>
void channel_gradient_sums(const T* grad, const T* x, const Channels& shape, const T* mean, T* sum, T* sum_of_products) {
  std::vector<T> sums(static_cast<std::size_t>(2 * shape.channels));
  sum_channels(
      shape, 2,
      [&](T* total, std::int64_t at) {
        const Stream<T> g{grad + at};
        T* const products = total + shape.channels;
        map_vectors(
            total, shape.channels, [](Batch<T> before, Batch<T> dy) { return before + dy; }, Stream<T>{total}, g);
        map_vectors(
            products, shape.channels,
            [](Batch<T> before, Batch<T> dy, Batch<T> v, Batch<T> m) { return multiply_add(dy, v - m, before); },
            Stream<T>{products}, g, Stream<T>{x + at}, Stream<T>{mean});
      },
      [&](T* total, std::int64_t at, std::int64_t c) {
        const Stream<T> g{grad + at};
        const Batch<T> centre(mean[c]);
        total[c] = static_cast<T>(sum_by_blocks<T>(
            shape.inner, [](Batch<T> dy) { return dy; }, g));
        total[shape.channels + c] = static_cast<T>(sum_by_blocks<T>(
            shape.inner, [&](Batch<T> dy, Batch<T> v) { return dy * (v - centre); }, g, Stream<T>{x + at}));
      },
      sums.data());
  std::copy(sums.begin(), sums.begin() + shape.channels, sum);
  std::copy(sums.begin() + shape.channels, sums.end(), sum_of_products);
}

template <class T>
void channel_gradient(const T* grad, const T* x, const Channels& shape, const T* mean, const T* constant, const T* slope,
                      const T* factor, T* x_grad) {
  const auto f = [](Batch<T> dy, Batch<T> v, Batch<T> m, Batch<T> c, Batch<T> s, Batch<T> scale) {
    return (dy - c - (v - m) * s) * scale;
  };
  for_each_channel(
      shape,
      [&](std::int64_t at) {
        map_vectors(x_grad + at, shape.channels, f, Stream<T>{grad + at}, Stream<T>{x + at}, Stream<T>{mean},
                    Stream<T>{constant}, Stream<T>{slope}, Stream<T>{factor});
      },
      [&](std::int64_t at, std::int64_t c) {
        map_vectors(x_grad + at, shape.inner, f, Stream<T>{grad + at}, Stream<T>{x + at}, Repeated<T>(mean[c]),
                    Repeated<T>(constant[c]), Repeated<T>(slope[c]), Repeated<T>(factor[c]));
      });
}

#define XGRAD_INSTANTIATE_NORMALIZATION(T)                                                                                \
  template void normalize_rows(const T*, std::int64_t, std::int64_t, const T*, const T*, double, T*, T*, T*);             \
  template void normalize_rows_backward(const T*, const T*, std::int64_t, std::int64_t, const T*, const T*, const T*, T*, \
                                        T*, T*);                                                                          \
  template void channel_moments(const T*, const Channels&, T*, T*);                                                       \
  template void normalize_channels(const T*, const Channels&, const T*, const T*, const T*, T*);                          \
  template void channel_gradient_sums(const T*, const T*, const Channels&, const T*, T*, T*);                             \
  template void channel_gradient(const T*, const T*, const Channels&, const T*, const T*, const T*, const T*, T*);
XGRAD_INSTANTIATE_NORMALIZATION(float)
XGRAD_INSTANTIATE_NORMALIZATION(double)
#undef XGRAD_INSTANTIATE_NORMALIZATION

}  // namespace xgrad::kernels
