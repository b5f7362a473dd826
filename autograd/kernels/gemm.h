/// General matrix products through CBLAS, shared between threads in a way that depends on the shapes alone.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// C (m x n) = A (m x k) B (k x n) + beta C, row-major with the given leading dimensions; `transposed` operands are stored
/// as k x m and n x k. T is float or double.
template <class T>
void gemm(bool a_transposed, bool b_transposed, std::int64_t m, std::int64_t n, std::int64_t k, const T* a, std::int64_t lda,
          const T* b, std::int64_t ldb, T beta, T* c, std::int64_t ldc);

/// y (m) += A (m x k) x (k), A row-major without gaps. T is float or double.
template <class T>
void gemv(std::int64_t m, std::int64_t k, const T* a, const T* x, T* y);

}  // namespace xgrad::kernels
