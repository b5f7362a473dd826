#include "autograd/kernels/reduce.h"

#include <algorithm>
#include <type_traits>
#include <vector>
#include <xsimd/xsimd.hpp>

#include "autograd/base/parallel.h"

namespace xgrad::kernels {

namespace {

constexpr std::int64_t pairwise_block = 1024;

/// Up to pairwise_block numbers in four vector registers.
template <class T>
T sum_block(const T* data, std::int64_t n) {
  using Batch = xsimd::batch<T>;
  constexpr auto width = static_cast<std::int64_t>(Batch::size);
  Batch a(T(0));
  Batch b(T(0));
  Batch c(T(0));
  Batch d(T(0));
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    a += Batch::load_unaligned(data + i);
    b += Batch::load_unaligned(data + i + width);
    c += Batch::load_unaligned(data + i + 2 * width);
    d += Batch::load_unaligned(data + i + 3 * width);
  }
  T rest = 0;
  for (; i < n; ++i) rest += data[i];
  return xsimd::hadd((a + b) + (c + d)) + rest;
}

template <class T>
T sum_pairwise(const T* data, std::int64_t n) {
  if (n <= pairwise_block) return sum_block(data, n);
  const std::int64_t half = (n / pairwise_block + 1) / 2 * pairwise_block;
  return sum_pairwise(data, half) + sum_pairwise(data + half, n - half);
}

/// Columns [0, width) of `length` rows, pairwise over blocks of rows.
template <class T>
void sum_rows(const T* in, std::int64_t length, std::int64_t stride, std::int64_t width, T* out) {
  constexpr std::int64_t block = 64;
  if (length <= block) {
    std::fill(out, out + width, T(0));
    std::int64_t r = 0;
    for (; r + 4 <= length; r += 4) {
      const T* row = in + r * stride;
      for (std::int64_t i = 0; i < width; ++i) {
        out[i] += (row[i] + row[stride + i]) + (row[2 * stride + i] + row[3 * stride + i]);
      }
    }
    for (; r < length; ++r) {
      const T* row = in + r * stride;
      for (std::int64_t i = 0; i < width; ++i) out[i] += row[i];
    }
    return;
  }
  const std::int64_t half = (length / block + 1) / 2 * block;
  sum_rows(in, half, stride, width, out);
  std::vector<T> other(static_cast<std::size_t>(width));
  sum_rows(in + half * stride, length - half, stride, width, other.data());
  for (std::int64_t i = 0; i < width; ++i) out[i] += other[static_cast<std::size_t>(i)];
}

}  // namespace

template <class T>
T sum(const T* data, std::int64_t n) {
  if constexpr (!std::is_floating_point_v<T>) {
    T total = 0;
    for (std::int64_t i = 0; i < n; ++i) total += data[i];
    return total;
  } else {
    // Long sums in parts of a fixed length, so that threads can share the work and the order stays.
    constexpr std::int64_t part = 64 * pairwise_block;
    if (n <= part) return sum_pairwise(data, n);
    const std::int64_t parts = (n + part - 1) / part;
    std::vector<T> partial(static_cast<std::size_t>(parts));
    parallel_for(0, parts, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t p = first; p < last; ++p) {
        partial[static_cast<std::size_t>(p)] = sum_pairwise(data + p * part, std::min(part, n - p * part));
      }
    });
    return sum(partial.data(), parts);
  }
}

template <class T>
void sum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out) {
  if (inner == 1) {
    if (outer == 1) {
      *out = sum(in, length);
      return;
    }
    parallel_for(0, outer, std::max<std::int64_t>(1, elementwise_grain / std::max<std::int64_t>(1, length)),
                 [=](std::int64_t first, std::int64_t last) {
                   for (std::int64_t o = first; o < last; ++o) out[o] = sum(in + o * length, length);
                 });
    return;
  }
  constexpr std::int64_t strip = 256;
  const std::int64_t strips = (inner + strip - 1) / strip;
  const std::int64_t work = std::max<std::int64_t>(1, length * std::min(inner, strip));
  parallel_for(0, outer * strips, std::max<std::int64_t>(1, elementwise_grain / work),
               [=](std::int64_t first, std::int64_t last) {
                 for (std::int64_t task = first; task < last; ++task) {
                   const std::int64_t o = task / strips;
                   const std::int64_t column = task % strips * strip;
                   sum_rows(in + o * length * inner + column, length, inner, std::min(strip, inner - column),
                            out + o * inner + column);
                 }
               });
}

template <class T, bool largest>
void extremum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* values,
                     std::int64_t* indices) {
  const std::int64_t grain = std::max<std::int64_t>(1, elementwise_grain / std::max<std::int64_t>(1, length * inner));
  parallel_for(0, outer, grain, [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t o = first; o < last; ++o) {
      const T* block = in + o * length * inner;
      for (std::int64_t i = 0; i < inner; ++i) {
        T best = block[i];
        std::int64_t index = 0;
        for (std::int64_t r = 1; r < length && best == best; ++r) {
          const T value = block[r * inner + i];
          if ((largest ? value > best : value < best) || value != value) {
            best = value;
            index = r;
          }
        }
        values[o * inner + i] = best;
        indices[o * inner + i] = index;
      }
    }
  });
}

template float sum(const float*, std::int64_t);
template double sum(const double*, std::int64_t);
template std::int64_t sum(const std::int64_t*, std::int64_t);
template void sum_middle(const float*, std::int64_t, std::int64_t, std::int64_t, float*);
template void sum_middle(const double*, std::int64_t, std::int64_t, std::int64_t, double*);
template void sum_middle(const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, std::int64_t*);

#define XGRAD_INSTANTIATE_EXTREMUM(T)                                                                            \
  template void extremum_middle<T, true>(const T*, std::int64_t, std::int64_t, std::int64_t, T*, std::int64_t*); \
  template void extremum_middle<T, false>(const T*, std::int64_t, std::int64_t, std::int64_t, T*, std::int64_t*);
XGRAD_INSTANTIATE_EXTREMUM(float)
XGRAD_INSTANTIATE_EXTREMUM(double)
XGRAD_INSTANTIATE_EXTREMUM(std::int64_t)
XGRAD_INSTANTIATE_EXTREMUM(bool)
#undef XGRAD_INSTANTIATE_EXTREMUM

}  // namespace xgrad::kernels
