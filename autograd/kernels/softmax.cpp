#include "autograd/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "autograd/base/parallel.h"
#include "autograd/kernels/strips.h"
#include "autograd/kernels/vector_math.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace {

/// Applies a function of vectors to n numbers; the last, partial vector goes through a buffer filled with `padding`.
template <class T, class F>
void for_vectors(std::int64_t n, T padding, const F& f, std::initializer_list<const T*> in, T* out) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  const T* const* inputs = in.begin();
  const bool two = in.size() == 2;
  std::int64_t i = 0;
  for (; i + width <= n; i += width) {
    const Batch<T> y = f(Batch<T>::load_unaligned(inputs[0] + i), Batch<T>::load_unaligned(inputs[two ? 1 : 0] + i));
    if (out != nullptr) y.store_unaligned(out + i);
  }
  if (i < n) {
    alignas(64) T buffer[3][width];
    for (int k = 0; k < (two ? 2 : 1); ++k) {
      std::fill(buffer[k], buffer[k] + width, padding);
      std::copy(inputs[k] + i, inputs[k] + n, buffer[k]);
    }
    f(Batch<T>::load_aligned(buffer[0]), Batch<T>::load_aligned(buffer[two ? 1 : 0])).store_aligned(buffer[2]);
    if (out != nullptr) std::copy(buffer[2], buffer[2] + (n - i), out + i);
  }
}

/// The sum of what for_vectors() computes: long rows in blocks, whose sums are added in double precision.
template <class T, class F>
T sum_of_row(std::int64_t n, T padding, const F& f, const T* a, const T* b, T* out) {
  constexpr std::int64_t block = 4096;
  double total = 0;
  for (std::int64_t first = 0; first < n; first += block) {
    Batch<T> sum(T(0));
    for_vectors<T>(
        std::min(block, n - first), padding,
        [&](Batch<T> v, Batch<T> w) {
          const Batch<T> y = f(v, w);
          sum += y;
          return y;
        },
        {a + first, b + first}, out == nullptr ? nullptr : out + first);
    total += static_cast<double>(xsimd::hadd(sum));
  }
  return static_cast<T>(total);
}

/// log(sum(e^x)) as the largest number and what the others add to it: beside the largest's 1, what is small would lose its
/// digits.
template <class T>
struct LogSum {
  T largest;
  T rest;
};

template <class T>
T largest_of_row(const T* x, std::int64_t n) {
  constexpr T lowest = -std::numeric_limits<T>::infinity();
  Batch<T> largest_of(lowest);
  for_vectors<T>(
      n, lowest,
      [&](Batch<T> v, Batch<T>) { return largest_of = xsimd::select(xsimd::isnan(v), v, xsimd::max(largest_of, v)); }, {x},
      nullptr);
  alignas(64) T candidates[Batch<T>::size];
  largest_of.store_aligned(candidates);
  T largest = candidates[0];
  for (const T candidate : candidates) largest = candidate > largest || candidate != candidate ? candidate : largest;
  return largest;
}

template <class T>
LogSum<T> log_sum_of_row(const T* x, std::int64_t n, T largest) {
  constexpr T lowest = -std::numeric_limits<T>::infinity();
  const Batch<T> shift(largest);
  const Batch<T> zero(T(0));
  const Batch<T> one(T(1));
  Batch<T> largest_count = zero;
  const T others = sum_of_row<T>(
      n, lowest,
      [&](Batch<T> v, Batch<T>) {
        const Batch<T> below = v - shift;
        const auto is_largest = below == zero;
        largest_count += xsimd::select(is_largest, one, zero);
        return xsimd::select(is_largest, zero, exp<T>(below));
      },
      x, x, nullptr);
  return {largest, std::log1p((xsimd::hadd(largest_count) - 1) + others)};
}

template <class T>
void softmax_row(const T* x, std::int64_t n, bool logarithm, T* y) {
  constexpr T lowest = -std::numeric_limits<T>::infinity();
  T largest = largest_of_row(x, n);
  if (largest == lowest) largest = 0;  // a row of -inf is a row of NaN, as in PyTorch
  const Batch<T> shift(largest);
  if (logarithm) {
    // Subtracted last: next to a large maximum it would lose its digits.
    const Batch<T> rest(log_sum_of_row(x, n, largest).rest);
    for_vectors<T>(
        n, T(0), [&](Batch<T> v, Batch<T>) { return (v - shift) - rest; }, {x}, y);
    return;
  }
  const Batch<T> all(sum_of_row<T>(
      n, lowest, [&](Batch<T> v, Batch<T>) { return exp<T>(v - shift); }, x, x, y));
  for_vectors<T>(
      n, T(0), [&](Batch<T> v, Batch<T>) { return v / all; }, {y}, y);
}

/// g - e^v sum. Where e^v is near 1 the difference is that of e^v to 1: right for what is almost certain, too.
template <class T>
Batch<T> log_softmax_slope(Batch<T> g, Batch<T> v, Batch<T> sum) {
  Batch<T> less_one;
  const Batch<T> e = exp_and_expm1<T>(v, less_one);
  return xsimd::select(v > Batch<T>(T(-0.5)), (g - sum) - less_one * sum, g - e * sum);
}

template <class T>
void softmax_row_backward(const T* grad, const T* y, std::int64_t n, bool logarithm, T* out) {
  const T total = sum_of_row<T>(
      n, T(0), [&](Batch<T> g, Batch<T> v) { return logarithm ? g : g * v; }, grad, y, nullptr);
  const Batch<T> sum(total);
  if (!logarithm) {
    for_vectors<T>(
        n, T(0), [&](Batch<T> g, Batch<T> v) { return v * (g - sum); }, {grad, y}, out);
    return;
  }
  if (total == 0) {  // so that a row of NaN, which nothing was taken from, has no gradient
    std::copy_n(grad, n, out);
    return;
  }
  for_vectors<T>(
      n, T(0), [&](Batch<T> g, Batch<T> v) { return log_softmax_slope<T>(g, v, sum); }, {grad, y}, out);
}

// Columns side by side: a vector holds a number of each of several, and the rows are gone through one after the other.

constexpr std::int64_t softmax_strip = 256;

/// The numbers of a strip of columns: one row of the matrix, or one number for each column.
template <class T>
Stream<T> at(const T* row) {
  return {row};
}

/// total[i] = the sum of what add(r, block) adds to block[i] for each row: blocks of rows, added in double precision.
template <class T, class Add>
void sum_of_columns(std::int64_t rows, std::int64_t width, T* total, const Add& add) {
  constexpr std::int64_t rows_of_block = 64;
  alignas(64) T block[softmax_strip];
  double sum[softmax_strip];
  std::fill(sum, sum + width, 0.0);
  for (std::int64_t first = 0; first < rows; first += rows_of_block) {
    std::fill(block, block + width, T(0));
    for (std::int64_t r = first; r < std::min(rows, first + rows_of_block); ++r) add(r, block);
    for (std::int64_t i = 0; i < width; ++i) sum[i] += static_cast<double>(block[i]);
  }
  for (std::int64_t i = 0; i < width; ++i) total[i] = static_cast<T>(sum[i]);
}

template <class T>
struct Columns {
  alignas(64) T largest[softmax_strip];
  alignas(64) T total[softmax_strip];

  void find_largest(const T* x, std::int64_t rows, std::int64_t stride, std::int64_t width) {
    std::copy(x, x + width, largest);
    for (std::int64_t r = 1; r < rows; ++r) {
      map_vectors(
          largest, width, [](Batch<T> best, Batch<T> v) { return xsimd::select(xsimd::isnan(v), v, xsimd::max(best, v)); },
          at(largest), at(x + r * stride));
    }
  }

  /// total = log(sum(e^(x - largest))), the largest counted apart from the others.
  void find_log_sum(const T* x, std::int64_t rows, std::int64_t stride, std::int64_t width) {
    alignas(64) T count[softmax_strip];
    std::fill(count, count + width, T(-1));
    const Batch<T> zero(T(0));
    const Batch<T> one(T(1));
    sum_of_columns(rows, width, total, [&](std::int64_t r, T* block) {
      const Stream<T> row = at(x + r * stride);
      map_vectors(
          count, width, [&](Batch<T> n, Batch<T> v, Batch<T> m) { return n + xsimd::select(v - m == zero, one, zero); },
          at(count), row, at(largest));
      map_vectors(
          block, width,
          [&](Batch<T> sum, Batch<T> v, Batch<T> m) {
            const Batch<T> below = v - m;
            return sum + xsimd::select(below == zero, zero, exp<T>(below));
          },
          at(block), row, at(largest));
    });
    for (std::int64_t i = 0; i < width; ++i) total[i] = std::log1p(count[i] + total[i]);
  }
};

template <class T>
void softmax_columns(const T* x, std::int64_t rows, std::int64_t stride, std::int64_t width, bool logarithm, T* y) {
  Columns<T> columns;
  columns.find_largest(x, rows, stride, width);
  for (std::int64_t i = 0; i < width; ++i) {
    if (columns.largest[i] == -std::numeric_limits<T>::infinity()) columns.largest[i] = 0;
  }
  if (logarithm) {
    columns.find_log_sum(x, rows, stride, width);
    for (std::int64_t r = 0; r < rows; ++r) {
      map_vectors(
          y + r * stride, width, [](Batch<T> v, Batch<T> m, Batch<T> rest) { return (v - m) - rest; }, at(x + r * stride),
          at(columns.largest), at(columns.total));
    }
    return;
  }
  sum_of_columns(rows, width, columns.total, [&](std::int64_t r, T* block) {
    T* const e = y + r * stride;
    map_vectors(
        e, width, [](Batch<T> v, Batch<T> m) { return exp<T>(v - m); }, at(x + r * stride), at(columns.largest));
    map_vectors(
        block, width, [](Batch<T> sum, Batch<T> v) { return sum + v; }, at(block), at(e));
  });
  for (std::int64_t r = 0; r < rows; ++r) {
    T* const e = y + r * stride;
    map_vectors(
        e, width, [](Batch<T> v, Batch<T> sum) { return v / sum; }, at(e), at(columns.total));
  }
}

template <class T>
void softmax_columns_backward(const T* grad, const T* y, std::int64_t rows, std::int64_t stride, std::int64_t width,
                              bool logarithm, T* out) {
  alignas(64) T total[softmax_strip];
  sum_of_columns(rows, width, total, [&](std::int64_t r, T* block) {
    const Stream<T> g = at(grad + r * stride);
    if (logarithm) {
      map_vectors(
          block, width, [](Batch<T> sum, Batch<T> v) { return sum + v; }, at(block), g);
    } else {
      map_vectors(
          block, width, [](Batch<T> sum, Batch<T> v, Batch<T> s) { return sum + v * s; }, at(block), g, at(y + r * stride));
    }
  });
  for (std::int64_t r = 0; r < rows; ++r) {
    map_vectors(
        out + r * stride, width,
        [=](Batch<T> g, Batch<T> v, Batch<T> sum) {
          if (!logarithm) return v * (g - sum);
          // Without a sum, as above.
          return xsimd::select(sum == Batch<T>(T(0)), g, log_softmax_slope<T>(g, v, sum));
        },
        at(grad + r * stride), at(y + r * stride), at(total));
  }
}

/// Runs of_row(row) for rows that lie together, of_columns(offset, result, width) for strips of columns.
template <class OfRow, class OfColumns>
void for_each_part(std::int64_t outer, std::int64_t length, std::int64_t inner, const OfRow& of_row,
                   const OfColumns& of_columns) {
  if (length == 0) return;
  for_each_strip(outer, length, inner, softmax_strip, elementwise_grain / 4,
                 [&](std::int64_t o, std::int64_t column, std::int64_t width) {
                   if (inner == 1) of_row(o);
                   else of_columns(o * length * inner + column, o * inner + column, width);
                 });
}

}  // namespace

template <class T>
void softmax_middle(const T* x, std::int64_t outer, std::int64_t length, std::int64_t inner, bool logarithm, T* y) {
  for_each_part(
      outer, length, inner, [=](std::int64_t row) { softmax_row(x + row * length, length, logarithm, y + row * length); },
      [=](std::int64_t at, std::int64_t /*result*/, std::int64_t width) {
        softmax_columns(x + at, length, inner, width, logarithm, y + at);
      });
}

template <class T>
void softmax_middle_backward(const T* grad, const T* y, std::int64_t outer, std::int64_t length, std::int64_t inner,
                             bool logarithm, T* out) {
  for_each_part(
      outer, length, inner,
      [=](std::int64_t row) {
        const std::int64_t at = row * length;
        softmax_row_backward(grad + at, y + at, length, logarithm, out + at);
      },
      [=](std::int64_t at, std::int64_t /*result*/, std::int64_t width) {
        softmax_columns_backward(grad + at, y + at, length, inner, width, logarithm, out + at);
      });
}

/// The sum where the largest number is infinite: that one, or NaN, which a larger number may have hidden.
template <class T>
T infinite_log_sum(const T* x, std::int64_t length, std::int64_t step, T largest) {
  for (std::int64_t i = 0; i < length; ++i) {
    if (std::isnan(x[i * step])) return x[i * step];
  }
  return largest;
}

template <class T>
void log_sum_middle(const T* x, std::int64_t outer, std::int64_t length, std::int64_t inner, T* y) {
  for_each_part(
      outer, length, inner,
      [=](std::int64_t row) {
        const T* const numbers = x + row * length;
        const T largest = largest_of_row(numbers, length);
        y[row] = std::isinf(largest) ? infinite_log_sum(numbers, length, 1, largest)
                                     : log_sum_of_row(numbers, length, largest).rest + largest;
      },
      [=](std::int64_t at, std::int64_t result, std::int64_t width) {
        Columns<T> columns;
        columns.find_largest(x + at, length, inner, width);
        columns.find_log_sum(x + at, length, inner, width);
        for (std::int64_t i = 0; i < width; ++i) {
          const T largest = columns.largest[i];
          y[result + i] =
              std::isinf(largest) ? infinite_log_sum(x + at + i, length, inner, largest) : columns.total[i] + largest;
        }
      });
}

template <class T>
void log_sum_middle_backward(const T* grad, const T* x, const T* y, std::int64_t outer, std::int64_t length,
                             std::int64_t inner, T* out) {
  const auto slope = [](Batch<T> v, Batch<T> g, Batch<T> sum) {
    const Batch<T> lowest(-std::numeric_limits<T>::infinity());
    return g * exp<T>(v - xsimd::select(sum == lowest, Batch<T>(T(0)), sum));
  };
  for_each_part(
      outer, length, inner,
      [=](std::int64_t row) {
        map_vectors(out + row * length, length, slope, at(x + row * length), Repeated<T>(grad[row]), Repeated<T>(y[row]));
      },
      [=](std::int64_t first, std::int64_t result, std::int64_t width) {
        for (std::int64_t r = 0; r < length; ++r) {
          map_vectors(out + first + r * inner, width, slope, at(x + first + r * inner), at(grad + result), at(y + result));
        }
      });
}

template <class T>
void cross_entropy_rows(const T* x, std::int64_t rows, std::int64_t classes, const std::int64_t* targets, const T* weights,
                        T* losses, T* log_sums) {
  for_each_part(
      rows, classes, 1,
      [=](std::int64_t row) {
        losses[row] = log_sums[2 * row] = log_sums[2 * row + 1] = 0;
        if (weights[row] == 0) return;  // it may hold anything
        const T* const in = x + row * classes;
        const T largest = largest_of_row(in, classes);
        const LogSum<T> sum = log_sum_of_row(in, classes, largest);
        log_sums[2 * row] = sum.largest;
        log_sums[2 * row + 1] = sum.rest;
        losses[row] = weights[row] * (sum.rest - (in[targets[row]] - sum.largest));
      },
      [](std::int64_t, std::int64_t, std::int64_t) {});
}

template <class T>
void cross_entropy_rows_backward(const T* factors, const T* x, std::int64_t rows, std::int64_t classes,
                                 const std::int64_t* targets, const T* weights, const T* log_sums, T* out) {
  for_each_part(
      rows, classes, 1,
      [=](std::int64_t row) {
        T* const to = out + row * classes;
        if (weights[row] == 0 || factors[row] == 0) {
          std::fill(to, to + classes, T(0));
          return;
        }
        const Batch<T> largest(log_sums[2 * row]);
        const Batch<T> rest(log_sums[2 * row + 1]);
        const Batch<T> factor(factors[row]);
        map_vectors(
            to, classes, [&](Batch<T> v) { return factor * exp<T>((v - largest) - rest); }, at(x + row * classes));
        // Of what is almost certain, e^v - 1 keeps the digits.
        const T v = (x[row * classes + targets[row]] - log_sums[2 * row]) - log_sums[2 * row + 1];
        to[targets[row]] = factors[row] * std::expm1(v);
      },
      [](std::int64_t, std::int64_t, std::int64_t) {});
}

#define XGRAD_INSTANTIATE_SOFTMAX(T)                                                                                       \
  template void softmax_middle(const T*, std::int64_t, std::int64_t, std::int64_t, bool, T*);                              \
  template void softmax_middle_backward(const T*, const T*, std::int64_t, std::int64_t, std::int64_t, bool, T*);           \
  template void log_sum_middle(const T*, std::int64_t, std::int64_t, std::int64_t, T*);                                    \
  template void log_sum_middle_backward(const T*, const T*, const T*, std::int64_t, std::int64_t, std::int64_t, T*);       \
  template void cross_entropy_rows(const T*, std::int64_t, std::int64_t, const std::int64_t*, const T*, T*, T*);           \
  template void cross_entropy_rows_backward(const T*, const T*, std::int64_t, std::int64_t, const std::int64_t*, const T*, \
                                            const T*, T*);
XGRAD_INSTANTIATE_SOFTMAX(float)
XGRAD_INSTANTIATE_SOFTMAX(double)
#undef XGRAD_INSTANTIATE_SOFTMAX

}  // namespace xgrad::kernels
