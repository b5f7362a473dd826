#include "autograd/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/base/parallel.h"
#include "autograd/kernels/vector_math.h"

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
T sum_of_vectors(std::int64_t n, T padding, const F& f, const T* a, const T* b, T* out) {
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

template <class T>
void softmax_row(const T* x, std::int64_t n, bool logarithm, T* y) {
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
  if (largest == lowest) largest = 0;  // a row of -inf is a row of NaN, as in PyTorch
  const Batch<T> shift(largest);
  const Batch<T> zero(T(0));
  if (logarithm) {
    // The largest apart from the others: beside its 1, what is small would lose its digits.
    const Batch<T> one(T(1));
    Batch<T> largest_count = zero;
    const T others = sum_of_vectors<T>(
        n, lowest,
        [&](Batch<T> v, Batch<T>) {
          const Batch<T> below = v - shift;
          const auto is_largest = below == zero;
          largest_count += xsimd::select(is_largest, one, zero);
          return xsimd::select(is_largest, zero, exp<T>(below));
        },
        x, x, nullptr);
    // Subtracted last: next to a large maximum it would lose its digits.
    const Batch<T> rest(std::log1p((xsimd::hadd(largest_count) - 1) + others));
    for_vectors<T>(
        n, T(0), [&](Batch<T> v, Batch<T>) { return (v - shift) - rest; }, {x}, y);
  } else {
    const Batch<T> all(sum_of_vectors<T>(
        n, lowest, [&](Batch<T> v, Batch<T>) { return exp<T>(v - shift); }, x, x, y));
    for_vectors<T>(
        n, T(0), [&](Batch<T> v, Batch<T>) { return v / all; }, {y}, y);
  }
}

template <class T>
void softmax_row_backward(const T* grad, const T* y, std::int64_t n, bool logarithm, T* out) {
  const T total = sum_of_vectors<T>(
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
  // g - e^v sum. Where e^v is near 1 the difference is that of e^v to 1: right for what is almost certain, too.
  for_vectors<T>(
      n, T(0),
      [&](Batch<T> g, Batch<T> v) {
        Batch<T> less_one;
        const Batch<T> e = exp_and_expm1<T>(v, less_one);
        return xsimd::select(v > Batch<T>(T(-0.5)), (g - sum) - less_one * sum, g - e * sum);
      },
      {grad, y}, out);
}

std::int64_t grain(std::int64_t length) {
  return std::max<std::int64_t>(1, elementwise_grain / 4 / std::max<std::int64_t>(1, length));
}

}  // namespace

template <class T>
void softmax_rows(const T* x, std::int64_t rows, std::int64_t length, bool logarithm, T* y) {
  parallel_for(0, rows, grain(length), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) softmax_row(x + row * length, length, logarithm, y + row * length);
  });
}

template <class T>
void softmax_rows_backward(const T* grad, const T* y, std::int64_t rows, std::int64_t length, bool logarithm, T* out) {
  parallel_for(0, rows, grain(length), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      const std::int64_t at = row * length;
      softmax_row_backward(grad + at, y + at, length, logarithm, out + at);
    }
  });
}

template void softmax_rows(const float*, std::int64_t, std::int64_t, bool, float*);
template void softmax_rows(const double*, std::int64_t, std::int64_t, bool, double*);
template void softmax_rows_backward(const float*, const float*, std::int64_t, std::int64_t, bool, float*);
template void softmax_rows_backward(const double*, const double*, std::int64_t, std::int64_t, bool, double*);

}  // namespace xgrad::kernels
