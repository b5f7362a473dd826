#include "autograd/kernels/gemm.h"

#include <cblas.h>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "autograd/base/parallel.h"

// OpenBLAS's own threads would fight with TBB's; another BLAS has no such function.
extern "C" void openblas_set_num_threads(int threads) __attribute__((weak));

namespace xgrad::kernels {

namespace {

void use_one_blas_thread() {
  [[maybe_unused]] static const bool done = [] {
    if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
    return true;
  }();
}

template <class T>
void gemm_block(bool a_transposed, bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const T* a,
                std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c, std::int64_t ldc) {
  const auto op_a = a_transposed ? CblasTrans : CblasNoTrans;
  const auto op_b = b_transposed ? CblasTrans : CblasNoTrans;
  const auto i = [](std::int64_t v) { return static_cast<blasint>(v); };
  if constexpr (std::is_same_v<T, float>) {
    cblas_sgemm(CblasRowMajor, op_a, op_b, i(m), i(n), i(k), 1, a, i(lda), b, i(ldb), beta, c, i(ldc));
  } else {
    cblas_dgemm(CblasRowMajor, op_a, op_b, i(m), i(n), i(k), 1, a, i(lda), b, i(ldb), beta, c, i(ldc));
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

}  // namespace

template <class T>
void gemm(bool a_transposed, bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const T* a, std::int64_t lda,
          const T* b, std::int64_t ldb, T beta, T* c, std::int64_t ldc) {
  if (m == 0 || n == 0) return;
  use_one_blas_thread();
  // Blocks of rows, each worth a task; the cuts are a function of the shape, so that the bits never change.
  constexpr double work_per_block = 4e6;
  const double work =
      2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(std::max<std::int64_t>(1, k));
  const std::int64_t wanted = std::clamp<std::int64_t>(static_cast<std::int64_t>(work / work_per_block), 1, 16);
  const std::int64_t rows = std::max<std::int64_t>(64, ((m + wanted - 1) / wanted + 15) / 16 * 16);
  const std::int64_t blocks = (m + rows - 1) / rows;
  parallel_for(0, blocks, 1, [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t block = first; block < last; ++block) {
      const std::int64_t row = block * rows;
      const std::int64_t height = std::min(rows, m - row);
      const T* from = a + (a_transposed ? row : row * lda);
      if constexpr (std::is_same_v<T, float>) {
        if (k > longest_sum) {
          gemm_long(a_transposed, b_transposed, height, n, k, from, lda, b, ldb, beta, c + row * ldc, ldc);
          continue;
        }
      }
      gemm_block(a_transposed, b_transposed, height, n, k, from, lda, b, ldb, beta, c + row * ldc, ldc);
    }
  });
}

template <class T>
void gemv(std::int64_t m, std::int64_t k, const T* a, const T* x, T* y) {
  use_one_blas_thread();
  const auto rows = static_cast<blasint>(m);
  const auto columns = static_cast<blasint>(k);
  if constexpr (std::is_same_v<T, float>) {
    if (k > longest_sum) return gemm_long(false, false, m, 1, k, a, k, x, 1, 1.0F, y, 1);
    cblas_sgemv(CblasRowMajor, CblasNoTrans, rows, columns, 1, a, columns, x, 1, 1, y, 1);
  } else {
    cblas_dgemv(CblasRowMajor, CblasNoTrans, rows, columns, 1, a, columns, x, 1, 1, y, 1);
  }
}

template void gemv(std::int64_t, std::int64_t, const float*, const float*, float*);
template void gemv(std::int64_t, std::int64_t, const double*, const double*, double*);
template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, const float*, std::int64_t, const float*,
                   std::int64_t, float, float*, std::int64_t);
template void gemm(bool, bool, std::int64_t, std::int64_t, std::int64_t, const double*, std::int64_t, const double*,
                   std::int64_t, double, double*, std::int64_t);

}  // namespace xgrad::kernels
