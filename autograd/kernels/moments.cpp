#include "autograd/kernels/moments.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/lanes.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

/// Numbers of a row that one thread sums.
constexpr std::int64_t moments_part = 65536;
/// Columns that are summed together, and rows after which their sums are put aside.
constexpr std::int64_t moments_strip = 128;
constexpr std::int64_t moments_rows = 64;

/// The sum of term(x), a function of vectors of double and of double, in blocks that are added pairwise.
template <class T, class Term>
double sum_of_terms(const T* in, std::int64_t n, const Term& term) {
  constexpr auto width = static_cast<std::int64_t>(Batch<double>::size);
  constexpr std::int64_t block = 4096;
  if (n > block) {
    const std::int64_t half = (n / block + 1) / 2 * block;
    return sum_of_terms(in, half, term) + sum_of_terms(in + half, n - half, term);
  }
  Batch<double> sums[4] = {Batch<double>(0.0), Batch<double>(0.0), Batch<double>(0.0), Batch<double>(0.0)};
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    for (std::int64_t k = 0; k < 4; ++k) sums[k] += term(load_wide(in + i + k * width));
  }
  double rest = 0;
  for (; i < n; ++i) rest += term(static_cast<double>(in[i]));
  return xsimd::hadd((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest;
}

/// The same for a row of any length, on several threads for a long one.
template <class T, class Term>
double sum_of_row(const T* in, std::int64_t n, const Term& term) {
  if (n <= moments_part) return sum_of_terms(in, n, term);
  const std::int64_t parts = (n + moments_part - 1) / moments_part;
  std::vector<double> sums(static_cast<std::size_t>(parts));
  parallel_for(0, parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t p = first; p < last; ++p) {
      sums[static_cast<std::size_t>(p)] =
          sum_of_terms(in + p * moments_part, std::min(moments_part, n - p * moments_part), term);
    }
  });
  return sum_of_terms(sums.data(), parts, [](auto x) { return x; });
}

/// Whether sums of equal numbers may be rounded, and so their mean.
template <class T>
bool is_rounded(std::int64_t n) {
  return std::is_same_v<T, double> || n > (std::int64_t{1} << 29);
}

template <class T>
void moments_of_row(const T* in, std::int64_t n, double& mean, double& squares) {
  const auto count = static_cast<double>(n);
  double middle = sum_of_row(in, n, [](auto x) { return x; }) / count;
  if (is_rounded<T>(n)) middle += sum_of_row(in, n, [middle](auto x) { return x - middle; }) / count;
  mean = middle;
  squares = sum_of_row(in, n, [middle](auto x) { return (x - middle) * (x - middle); });
}

/// sums[i] = the sum over r of term(in[r][i], i) for `width` columns, `stride` apart.
template <class T, class Term>
void sums_of_columns(const T* in, std::int64_t length, std::int64_t stride, std::int64_t width, double* sums,
                     const Term& term) {
  std::fill_n(sums, width, 0.0);
  for (std::int64_t first = 0; first < length; first += moments_rows) {
    double part[moments_strip] = {};
    for (std::int64_t r = first; r < std::min(length, first + moments_rows); ++r) {
      const T* const row = in + r * stride;
#pragma GCC ivdep
      for (std::int64_t i = 0; i < width; ++i) part[i] += term(static_cast<double>(row[i]), i);
    }
    for (std::int64_t i = 0; i < width; ++i) sums[i] += part[i];
  }
}

template <class T>
void moments_of_columns(const T* in, std::int64_t length, std::int64_t stride, std::int64_t width, double* means,
                        double* squares) {
  const auto count = static_cast<double>(length);
  sums_of_columns(in, length, stride, width, means, [](double x, std::int64_t) { return x; });
  for (std::int64_t i = 0; i < width; ++i) means[i] /= count;
  if (is_rounded<T>(length)) {
    double rest[moments_strip];
    sums_of_columns(in, length, stride, width, rest, [=](double x, std::int64_t i) { return x - means[i]; });
    for (std::int64_t i = 0; i < width; ++i) means[i] += rest[i] / count;
  }
  sums_of_columns(in, length, stride, width, squares,
                  [=](double x, std::int64_t i) { return (x - means[i]) * (x - means[i]); });
}

}  // namespace

template <class T>
void mean_and_squares(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, double* means,
                      double* squares) {
  if (inner == 1 && outer == 1) {
    moments_of_row(in, length, *means, *squares);
    return;
  }
  const std::int64_t strips = (inner + moments_strip - 1) / moments_strip;
  const std::int64_t work = std::max<std::int64_t>(1, length * std::min(inner, moments_strip));
  parallel_for(0, outer * strips, runs_in_part(moving_grain, work), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t task = first; task < last; ++task) {
      const std::int64_t o = task / strips;
      const std::int64_t column = task % strips * moments_strip;
      const T* const from = in + o * length * inner + column;
      const std::int64_t to = o * inner + column;
      if (inner == 1) moments_of_row(from, length, means[to], squares[to]);
      else moments_of_columns(from, length, inner, std::min(moments_strip, inner - column), means + to, squares + to);
    }
  });
}

template <class T>
void scale_deviations(const T* in, const double* means, const double* scales, std::int64_t outer, std::int64_t length,
                      std::int64_t inner, T* out) {
  const auto scale_row = [=](std::int64_t at, std::int64_t n, double mean, double scale) {
#pragma GCC ivdep
    for (std::int64_t i = at; i < at + n; ++i) out[i] = static_cast<T>((static_cast<double>(in[i]) - mean) * scale);
  };
  if (outer == 1 && inner == 1) {
    parallel_for(0, length, moving_grain,
                 [=](std::int64_t first, std::int64_t last) { scale_row(first, last - first, *means, *scales); });
    return;
  }
  const std::int64_t work = std::max<std::int64_t>(1, inner == 1 ? length : inner);
  parallel_for(0, inner == 1 ? outer : outer * length, runs_in_part(moving_grain, work),
               [=](std::int64_t first, std::int64_t last) {
                 for (std::int64_t row = first; row < last; ++row) {
                   if (inner == 1) {
                     scale_row(row * length, length, means[row], scales[row]);
                     continue;
                   }
                   const std::int64_t o = row / length * inner;
#pragma GCC ivdep
                   for (std::int64_t i = 0; i < inner; ++i) {
                     const auto x = static_cast<double>(in[row * inner + i]);
                     out[row * inner + i] = static_cast<T>((x - means[o + i]) * scales[o + i]);
                   }
                 }
               });
}

#define XGRAD_INSTANTIATE_MOMENTS(T)                                                                    \
  template void mean_and_squares(const T*, std::int64_t, std::int64_t, std::int64_t, double*, double*); \
  template void scale_deviations(const T*, const double*, const double*, std::int64_t, std::int64_t, std::int64_t, T*);
XGRAD_INSTANTIATE_MOMENTS(float)
XGRAD_INSTANTIATE_MOMENTS(double)
#undef XGRAD_INSTANTIATE_MOMENTS

}  // namespace xgrad::kernels
