#include "autograd/kernels/distances.h"

#include <algorithm>
#include <cmath>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/fused.h"
#include "autograd/kernels/lanes.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

/// Work, in differences of two numbers, below which rows stay on one thread.
constexpr std::int64_t distance_grain = 1 << 16;

/// Rows of each operand whose distances are in registers together.
constexpr std::int64_t distance_block = 4;

constexpr auto wide_width = static_cast<std::int64_t>(Batch<double>::size);

/// Squared distances of `rows` rows and distance_block others.
template <std::int64_t rows, class T>
void squared_distances(const T* const* first, const T* const* second, std::int64_t width, double* out) {
  Batch<double> sums[rows][distance_block];
  for (auto& row : sums) std::fill(row, row + distance_block, Batch<double>(0.0));
  const auto add = [&](const auto& load) {
    Batch<double> others[distance_block];
    for (std::int64_t j = 0; j < distance_block; ++j) others[j] = load(second[j]);
    for (std::int64_t i = 0; i < rows; ++i) {
      const Batch<double> point = load(first[i]);
      for (std::int64_t j = 0; j < distance_block; ++j) {
        const Batch<double> d = point - others[j];
        sums[i][j] = multiply_add(d, d, sums[i][j]);
      }
    }
  };
  std::int64_t at = 0;
  for (; at + wide_width <= width; at += wide_width) add([&](const T* row) { return load_wide(row + at); });
  if (const std::int64_t rest = width - at; rest > 0) {
    add([&](const T* row) {
      alignas(64) double lanes[wide_width] = {};
      std::copy(row + at, row + width, lanes);
      return Batch<double>::load_aligned(lanes);
    });
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < distance_block; ++j) out[i * distance_block + j] = xsimd::hadd(sums[i][j]);
  }
}

/// The distances of `rows` rows from all others.
template <std::int64_t rows, class T>
void distances_of_rows(const T* a, const T* c, std::int64_t k, std::int64_t width, T* out) {
  const T* first[rows];
  for (std::int64_t i = 0; i < rows; ++i) first[i] = a + i * width;
  for (std::int64_t j = 0; j < k; j += distance_block) {
    const T* second[distance_block];
    for (std::int64_t s = 0; s < distance_block; ++s) second[s] = c + std::min(j + s, k - 1) * width;
    double squares[rows * distance_block];
    squared_distances<rows>(first, second, width, squares);
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t s = 0; s < std::min(distance_block, k - j); ++s) {
        out[i * k + j + s] = static_cast<T>(std::sqrt(squares[i * distance_block + s]));
      }
    }
  }
}

/// Columns that are summed together, and the terms after which sums of floats are carried on in double precision.
template <class T>
constexpr std::int64_t difference_strip = 2 * static_cast<std::int64_t>(Batch<T>::size);
constexpr std::int64_t carried_terms = 16;

/// For `rows` rows of a and a strip of columns, of which c's are in `packed`.
template <std::int64_t rows, class T>
void sum_strip(const T* scales, const T* a, const T* packed, std::int64_t k, std::int64_t width, std::int64_t columns,
               T* out) {
  using V = Batch<T>;
  constexpr std::int64_t strip = difference_strip<T>;
  constexpr auto lanes = static_cast<std::int64_t>(V::size);
  alignas(64) T padded[rows][strip] = {};
  alignas(64) double totals[rows][strip] = {};
  V points[rows][2];
  for (std::int64_t i = 0; i < rows; ++i) {
    std::copy_n(a + i * width, columns, padded[i]);
    for (std::int64_t v = 0; v < 2; ++v) points[i][v] = V::load_aligned(padded[i] + v * lanes);
  }
  for (std::int64_t j = 0; j < k; j += carried_terms) {
    V sums[rows][2];
    for (auto& row : sums) row[0] = row[1] = V(T(0));
    for (std::int64_t s = j; s < std::min(k, j + carried_terms); ++s) {
      const V other[2] = {V::load_aligned(packed + s * strip), V::load_aligned(packed + s * strip + lanes)};
      for (std::int64_t i = 0; i < rows; ++i) {
        const V scale(scales[i * k + s]);
        for (std::int64_t v = 0; v < 2; ++v) sums[i][v] = multiply_add(scale, points[i][v] - other[v], sums[i][v]);
      }
    }
    for (std::int64_t i = 0; i < rows; ++i) {
      alignas(64) T part[strip];
      for (std::int64_t v = 0; v < 2; ++v) sums[i][v].store_aligned(part + v * lanes);
      for (std::int64_t x = 0; x < strip; ++x) totals[i][x] += static_cast<double>(part[x]);
    }
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    std::transform(totals[i], totals[i] + columns, out + i * width, [](double total) { return static_cast<T>(total); });
  }
}

}  // namespace

template <class T>
void euclidean_distances(const T* a, const T* c, std::int64_t batches, std::int64_t n, std::int64_t k, std::int64_t width,
                         T* out) {
  if (batches * n * k == 0) return;
  const std::int64_t blocks = (n + distance_block - 1) / distance_block;
  const std::int64_t work = std::max<std::int64_t>(1, distance_block * k * width);
  parallel_for(0, batches * blocks, runs_in_part(distance_grain, work), [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t batch = task / blocks;
      const std::int64_t row = task % blocks * distance_block;
      const std::int64_t rows = std::min(distance_block, n - row);
      const T* const first = a + (batch * n + row) * width;
      const T* const second = c + batch * k * width;
      T* const target = out + (batch * n + row) * k;
      if (rows == distance_block) {
        distances_of_rows<distance_block>(first, second, k, width, target);
        continue;
      }
      for (std::int64_t i = 0; i < rows; ++i) {
        distances_of_rows<1>(first + i * width, second, k, width, target + i * k);
      }
    }
  });
}

template <class T>
void sum_differences(const T* scales, const T* a, const T* c, std::int64_t batches, std::int64_t n, std::int64_t k,
                     std::int64_t width, T* out) {
  constexpr std::int64_t strip = difference_strip<T>;
  constexpr std::int64_t chunk = 256;  // rows for which a strip of c is packed
  const std::int64_t chunks = (n + chunk - 1) / chunk;
  const std::int64_t strips = (width + strip - 1) / strip;
  const std::int64_t work = std::max<std::int64_t>(1, std::min(n, chunk) * k * strip);
  parallel_for(0, batches * chunks * strips, runs_in_part(distance_grain, work), [=](std::int64_t begin, std::int64_t end) {
    const Buffer<T> packed(k * strip);
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t column = task % strips * strip;
      const std::int64_t columns = std::min(strip, width - column);
      const std::int64_t batch = task / strips / chunks;
      const std::int64_t first = task / strips % chunks * chunk;
      for (std::int64_t j = 0; j < k; ++j) {
        T* const target = packed.data() + j * strip;
        std::copy_n(c + (batch * k + j) * width + column, columns, target);
        std::fill(target + columns, target + strip, T(0));
      }
      const std::int64_t last = std::min(n, first + chunk);
      for (std::int64_t row = first; row < last;) {
        const std::int64_t at = batch * n + row;
        const bool together = row + distance_block <= last;
        const auto sum = together ? sum_strip<distance_block, T> : sum_strip<1, T>;
        sum(scales + at * k, a + at * width + column, packed.data(), k, width, columns, out + at * width + column);
        row += together ? distance_block : 1;
      }
    }
  });
}

template <class T>
void difference_scales(const T* grad, const T* y, std::int64_t n, T* out) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) out[i] = y[i] == T(0) ? T(0) : grad[i] / y[i];
}

template <class T>
void symmetric_difference_scales(const T* grad, const T* y, std::int64_t n, T* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    T* const row = out + i * n;
    const std::int64_t count = n - i - 1;
    row[i] = T(0);
    difference_scales(grad, y, count, row + i + 1);
    for (std::int64_t j = i + 1; j < n; ++j) out[j * n + i] = row[j];
    grad += count;
    y += count;
  }
}

#define XGRAD_INSTANTIATE_DISTANCES(T)                                                                               \
  template void euclidean_distances(const T*, const T*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, T*); \
  template void sum_differences(const T*, const T*, const T*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, T*);
template void difference_scales(const float*, const float*, std::int64_t, float*);
template void difference_scales(const double*, const double*, std::int64_t, double*);
template void symmetric_difference_scales(const float*, const float*, std::int64_t, float*);
template void symmetric_difference_scales(const double*, const double*, std::int64_t, double*);
XGRAD_INSTANTIATE_DISTANCES(float)
XGRAD_INSTANTIATE_DISTANCES(double)
#undef XGRAD_INSTANTIATE_DISTANCES

}  // namespace xgrad::kernels
