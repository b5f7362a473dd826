#include "autograd/kernels/factorizations.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/blas.h"

// LAPACK's functions, which have no header of their own in OpenBLAS. Their matrices are column-major.
extern "C" {
void sgetrf_(const blasint* m, const blasint* n, float* a, const blasint* lda, blasint* pivots, blasint* info);
void dgetrf_(const blasint* m, const blasint* n, double* a, const blasint* lda, blasint* pivots, blasint* info);
void spotrf_(const char* triangle, const blasint* n, float* a, const blasint* lda, blasint* info);
void dpotrf_(const char* triangle, const blasint* n, double* a, const blasint* lda, blasint* info);
}

namespace xgrad::kernels {

namespace {

static_assert(sizeof(blasint) == sizeof(std::int32_t), "OpenBLAS with integers of 64 bits has other pivots");

/// Calls function(i) for each matrix, where one of them takes so many multiplications.
template <class Function>
void for_each_matrix(std::int64_t count, std::int64_t multiplications, const Function& function) {
  use_one_blas_thread();
  constexpr std::int64_t worth_a_thread = 1 << 16;
  const std::int64_t grain = std::max<std::int64_t>(1, worth_a_thread / std::max<std::int64_t>(1, multiplications));
  parallel_for(0, count, grain, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) function(i);
  });
}

template <class T>
void solve_one(Triangle triangle, std::int64_t n, std::int64_t m, const T* a, T* x) {
  const auto uplo = triangle.upper ? CblasUpper : CblasLower;
  const auto op = triangle.transposed ? CblasTrans : CblasNoTrans;
  const auto diagonal = triangle.unit ? CblasUnit : CblasNonUnit;
  const blasint rows = to_blas(n);
  const blasint columns = to_blas(m);
  if constexpr (std::is_same_v<T, float>) {
    cblas_strsm(CblasRowMajor, CblasLeft, uplo, op, diagonal, rows, columns, 1, a, rows, x, columns);
  } else {
    cblas_dtrsm(CblasRowMajor, CblasLeft, uplo, op, diagonal, rows, columns, 1, a, rows, x, columns);
  }
}

template <class T>
bool factorise_one(std::int64_t n, T* a) {
  const blasint size = to_blas(n);
  blasint info = 0;
  const char* upper = "U";  // the lower triangle, read by columns
  if constexpr (std::is_same_v<T, float>) spotrf_(upper, &size, a, &size, &info);
  else dpotrf_(upper, &size, a, &size, &info);
  bool positive = info == 0;
  for (std::int64_t i = 0; i < n; ++i) {
    positive &= a[i * n + i] > 0;  // and not NaN
    std::fill(a + i * n + i + 1, a + (i + 1) * n, T(0));
  }
  return positive;
}

/// Swaps rows as factorise_lu() did, or back.
template <class T>
void swap_rows(bool back, std::int64_t n, std::int64_t m, const std::int32_t* pivots, T* x) {
  for (std::int64_t step = 0; step < n; ++step) {
    const std::int64_t k = back ? n - 1 - step : step;
    const std::int64_t other = pivots[k] - 1;
    if (other != k) std::swap_ranges(x + k * m, x + (k + 1) * m, x + other * m);
  }
}

}  // namespace

template <class T>
void solve_triangular(Triangle triangle, std::int64_t count, std::int64_t n, std::int64_t m, const T* a, T* x) {
  if (n == 0 || m == 0) return;
  for_each_matrix(count, n * n * m, [=](std::int64_t i) { solve_one(triangle, n, m, a + i * n * n, x + i * n * m); });
}

template <class T>
std::int64_t factorise_cholesky(std::int64_t count, std::int64_t n, T* a) {
  if (n == 0) return -1;
  std::vector<unsigned char> positive(static_cast<std::size_t>(count));
  for_each_matrix(count, n * n * n,
                  [&](std::int64_t i) { positive[static_cast<std::size_t>(i)] = factorise_one(n, a + i * n * n) ? 1 : 0; });
  const auto found = std::find(positive.begin(), positive.end(), 0);
  return found == positive.end() ? -1 : found - positive.begin();
}

template <class T>
void factorise_lu(std::int64_t count, std::int64_t n, T* a_transposed, std::int32_t* pivots) {
  if (n == 0) return;
  for_each_matrix(count, n * n * n, [=](std::int64_t i) {
    const blasint size = to_blas(n);
    blasint info = 0;  // where the first pivot is zero: it stands there to be seen
    T* matrix = a_transposed + i * n * n;
    if constexpr (std::is_same_v<T, float>) sgetrf_(&size, &size, matrix, &size, pivots + i * n, &info);
    else dgetrf_(&size, &size, matrix, &size, pivots + i * n, &info);
  });
}

template <class T>
void solve_lu(bool transposed, std::int64_t count, std::int64_t n, std::int64_t m, const T* factors,
              const std::int32_t* pivots, T* x) {
  if (n == 0 || m == 0) return;
  for_each_matrix(count, 2 * n * n * m, [=](std::int64_t i) {
    const T* one = factors + i * n * n;
    T* of = x + i * n * m;
    if (transposed) {
      solve_one({false, false, false}, n, m, one, of);
      solve_one({true, false, true}, n, m, one, of);
      swap_rows(true, n, m, pivots + i * n, of);
    } else {
      swap_rows(false, n, m, pivots + i * n, of);
      solve_one({true, true, true}, n, m, one, of);
      solve_one({false, true, false}, n, m, one, of);
    }
  });
}

#define XGRAD_INSTANTIATE(T)                                                                           \
  template void solve_triangular<T>(Triangle, std::int64_t, std::int64_t, std::int64_t, const T*, T*); \
  template std::int64_t factorise_cholesky<T>(std::int64_t, std::int64_t, T*);                         \
  template void factorise_lu<T>(std::int64_t, std::int64_t, T*, std::int32_t*);                        \
  template void solve_lu<T>(bool, std::int64_t, std::int64_t, std::int64_t, const T*, const std::int32_t*, T*);
XGRAD_INSTANTIATE(float)
XGRAD_INSTANTIATE(double)
#undef XGRAD_INSTANTIATE

}  // namespace xgrad::kernels
