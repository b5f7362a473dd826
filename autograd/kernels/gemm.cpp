#include "autograd/kernels/gemm.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/blas.h"

namespace xgrad::kernels {

namespace {

template <class T>
void gemm_block(bool a_transposed, bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const T* a,
                std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c, std::int64_t ldc) {
  const auto op_a = a_transposed ? CblasTrans : CblasNoTrans;
  const auto op_b = b_transposed ? CblasTrans : CblasNoTrans;
  if constexpr (std::is_same_v<T, float>) {
    cblas_sgemm(CblasRowMajor, op_a, op_b, to_blas(m), to_blas(n), to_blas(k), 1, a, to_blas(lda), b, to_blas(ldb), beta, c,
                to_blas(ldc));
  } else {
    cblas_dgemm(CblasRowMajor, op_a, op_b, to_blas(m), to_blas(n), to_blas(k), 1, a, to_blas(lda), b, to_blas(ldb), beta, c,
                to_blas(ldc));
  }
}

/// Beyond so many summands a float's running sum, which the BLAS keeps, loses digits: longer ones are cut into parts.
constexpr std::int64_t longest_sum = 4096;

/// As gemm_block(), the parts of its sums added up in double precision.
void gemm_long(bool a_transposed, bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const float* a,
               std::int64_t lda, const float* b, std::int64_t ldb, float beta, float* c, std::int64_t ldc) {
  std::vector<float> part(static_cast<std::size_t>(m * n));
  std::vector<double> total(static_cast<std::size_t>(m * n));
  for (std::int64_t first = 0; first < k; first += longest_sum) {
    gemm_block(a_transposed, b_transposed, m, n, std::min(longest_sum, k - first), a + first * (a_transposed ? lda : 1), lda,
               b + first * (b_transposed ? 1 : ldb), ldb, 0.0F, part.data(), n);
    std::transform(total.begin(), total.end(), part.begin(), total.begin(),
                   [](double sum, float more) { return sum + static_cast<double>(more); });
  }
  for (std::int64_t row = 0; row < m; ++row) {
    for (std::int64_t column = 0; column < n; ++column) {
      const double before = beta == 0 ? 0 : static_cast<double>(beta) * static_cast<double>(c[row * ldc + column]);
      c[row * ldc + column] = static_cast<float>(before + total[static_cast<std::size_t>(row * n + column)]);
    }
  }
}

/// y = op(a) x + beta y, for a of `rows` x `columns` as it lies in memory. With beta 0, what y holds may be anything.
template <class T>
void matrix_vector(bool transposed, std::int64_t rows, std::int64_t columns, const T* a, std::int64_t lda, const T* x,
                   std::int64_t x_step, T beta, T* y, std::int64_t y_step) {
  const auto op = transposed ? CblasTrans : CblasNoTrans;
  if (beta == T(0)) {
    const std::int64_t length = transposed ? columns : rows;
    for (std::int64_t k = 0; k < length; ++k) y[k * y_step] = 0;
    beta = 1;
  }
  if constexpr (std::is_same_v<T, float>) {
    cblas_sgemv(CblasRowMajor, op, to_blas(rows), to_blas(columns), 1, a, to_blas(lda), x, to_blas(x_step), beta, y,
                to_blas(y_step));
  } else {
    cblas_dgemv(CblasRowMajor, op, to_blas(rows), to_blas(columns), 1, a, to_blas(lda), x, to_blas(x_step), beta, y,
                to_blas(y_step));
  }
}

/// c = x y + beta c for a column x and a row y.
template <class T>
void outer_product(std::int64_t m, std::int64_t n, const T* x, std::int64_t x_step, const T* y, std::int64_t y_step, T beta,
                   T* c, std::int64_t ldc) {
  parallel_for(0, m, runs_in_part(moving_grain, n), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row) {
      const T factor = x[row * x_step];
      T* const out = c + row * ldc;
      if (beta != T(0)) {
        for (std::int64_t j = 0; j < n; ++j) out[j] = factor * y[j * y_step] + beta * out[j];
      } else if (y_step == 1) {
        for (std::int64_t j = 0; j < n; ++j) out[j] = factor * y[j];
      } else {
        for (std::int64_t j = 0; j < n; ++j) out[j] = factor * y[j * y_step];
      }
    }
  });
}

/// The length of parts: as long as `wanted`, or a little longer so that the last one is not much shorter than the others.
std::int64_t part_length(std::int64_t length, std::int64_t wanted, std::int64_t unit) {
  const std::int64_t parts = std::max<std::int64_t>(1, (length + wanted / 2) / wanted);
  return ((length + parts - 1) / parts + unit - 1) / unit * unit;
}

}  // namespace

template <class T>
void gemm(bool a_transposed, bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const T* a, std::int64_t lda,
          const T* b, std::int64_t ldb, T beta, T* c, std::int64_t ldc) {
  if (m == 0 || n == 0) return;
  use_one_blas_thread();
  const bool long_sums = std::is_same_v<T, float> && k > longest_sum;
  if (n == 1 && k > 1 && !long_sums) {
    matrix_vector(a_transposed, a_transposed ? k : m, a_transposed ? m : k, a, lda, b, b_transposed ? 1 : ldb, beta, c, ldc);
    return;
  }
  if (m == 1 && k > 1 && !long_sums) {
    matrix_vector(!b_transposed, b_transposed ? n : k, b_transposed ? k : n, b, ldb, a, a_transposed ? lda : 1, beta, c, 1);
    return;
  }
  if (k == 1) {
    outer_product(m, n, a, a_transposed ? 1 : lda, b, b_transposed ? ldb : 1, beta, c, ldc);
    return;
  }
  // Tiles of the result, each worth a task; the cuts are a function of the shape, so that the bits never change. Each tile
  // packs its rows and columns of both factors anew, so that narrow ones would spend their time on that.
  const double work =
      2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(std::max<std::int64_t>(1, k));
  const bool splits = work > 8e6;
  const std::int64_t rows = splits ? part_length(m, m >= 1024 ? 256 : std::max<std::int64_t>(128, (m + 3) / 4), 16) : m;
  const std::int64_t columns = splits && n > 768 ? part_length(n, 512, 64) : n;
  const std::int64_t across = (n + columns - 1) / columns;
  const std::int64_t tiles = (m + rows - 1) / rows * across;
  parallel_for(0, tiles, 1, [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t tile = first; tile < last; ++tile) {
      const std::int64_t row = tile / across * rows;
      const std::int64_t column = tile % across * columns;
      const std::int64_t height = std::min(rows, m - row);
      const std::int64_t width = std::min(columns, n - column);
      const T* left = a + (a_transposed ? row : row * lda);
      const T* right = b + (b_transposed ? column * ldb : column);
      T* out = c + row * ldc + column;
      if constexpr (std::is_same_v<T, float>) {
        if (k > longest_sum) {
          gemm_long(a_transposed, b_transposed, height, width, k, left, lda, right, ldb, beta, out, ldc);
          continue;
        }
      }
      gemm_block(a_transposed, b_transposed, height, width, k, left, lda, right, ldb, beta, out, ldc);
    }
  });
}

template <class T>
void gemv(std::int64_t m, std::int64_t k, const T* a, const T* x, T* y) {
  use_one_blas_thread();
  if constexpr (std::is_same_v<T, float>) {
    if (k > longest_sum) return gemm_long(false, false, m, 1, k, a, k, x, 1, 1.0F, y, 1);
  }
  matrix_vector(false, m, k, a, k, x, 1, T(1), y, 1);
}

template void gemv(std::int64_t, std::int64_t, const float*, const float*, float*);
template void gemv(std::int64_t, std::int64_t, const double*, const double*, double*);
template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, const float*, std::int64_t, const float*,
                   std::int64_t, float, float*, std::int64_t);
template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, const double*, std::int64_t, const double*,
                   std::int64_t, double, double*, std::int64_t);

}  // namespace xgrad::kernels
