#include "autograd/kernels/reduce.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/elementwise_rows.h"
#include "autograd/kernels/simd.h"
#include "autograd/kernels/strips.h"

namespace xgrad::kernels {

template <>
BinaryRow binary_row<float>(Binary operation);
template <>
BinaryRow binary_row<double>(Binary operation);

namespace {

/// So that each of sum_block's lanes adds up 16 floats, or 32 doubles, however wide vectors are: 1024 with AVX-512.
constexpr std::int64_t pairwise_block = 64 * static_cast<std::int64_t>(xsimd::batch<float>::size);

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

/// Where a sum takes its numbers from: memory,
template <class T>
struct Stored {
  const T* data;
  const T* block(std::int64_t first, std::int64_t /*n*/, T* /*buffer*/) const { return data + first; }
};
/// or a function of two operands, which is computed a block at a time.
template <class T>
struct Computed {
  BinaryRow row;
  const T* p;
  const T* q;
  const Parameters& parameters;
  const T* block(std::int64_t first, std::int64_t n, T* buffer) const {
    row(buffer, p + first, q + first, n, {false, false}, parameters);
    return buffer;
  }
};

template <class T, class Source>
T sum_pairwise(const Source& source, std::int64_t first, std::int64_t n) {
  if (n <= pairwise_block) {
    alignas(64) T buffer[pairwise_block];
    return sum_block(source.block(first, n, buffer), n);
  }
  const std::int64_t half = (n / pairwise_block + 1) / 2 * pairwise_block;
  return sum_pairwise<T>(source, first, half) + sum_pairwise<T>(source, first + half, n - half);
}

/// Long sums in parts of a fixed length, so that threads can share the work and the order stays.
template <class T, class Source>
T sum_in_parts(const Source& source, std::int64_t n) {
  constexpr std::int64_t part = 65536;
  if (n <= part) return sum_pairwise<T>(source, 0, n);
  const std::int64_t parts = (n + part - 1) / part;
  std::vector<T> partial(static_cast<std::size_t>(parts));
  parallel_for(0, parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t p = first; p < last; ++p) {
      partial[static_cast<std::size_t>(p)] = sum_pairwise<T>(source, p * part, std::min(part, n - p * part));
    }
  });
  return sum_in_parts<T>(Stored<T>{partial.data()}, parts);
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
    return sum_in_parts<T>(Stored<T>{data}, n);
  }
}

template <class T>
T sum_of(Binary operation, std::int64_t n, const T* p, const T* q, const Parameters& parameters) {
  return sum_in_parts<T>(Computed<T>{binary_row<T>(operation), p, q, parameters}, n);
}

template <class T>
void sum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out) {
  if (inner == 1) {
    if (outer == 1) {
      *out = sum(in, length);
      return;
    }
    parallel_for(0, outer, runs_in_part(moving_grain, length), [=](std::int64_t first, std::int64_t last) {
      for (std::int64_t o = first; o < last; ++o) out[o] = sum(in + o * length, length);
    });
    return;
  }
  for_each_strip(outer, length, inner, 256, moving_grain, [=](std::int64_t o, std::int64_t column, std::int64_t width) {
    sum_rows(in + o * length * inner + column, length, inner, width, out + o * inner + column);
  });
}

template float sum(const float*, std::int64_t);
template double sum(const double*, std::int64_t);
template std::int64_t sum(const std::int64_t*, std::int64_t);
template float sum_of(Binary, std::int64_t, const float*, const float*, const Parameters&);
template double sum_of(Binary, std::int64_t, const double*, const double*, const Parameters&);
template void sum_middle(const float*, std::int64_t, std::int64_t, std::int64_t, float*);
template void sum_middle(const double*, std::int64_t, std::int64_t, std::int64_t, double*);
template void sum_middle(const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, std::int64_t*);

}  // namespace xgrad::kernels
