/// Triangular factors of square matrices and what is solved with them, by OpenBLAS and its LAPACK. Matrices are row-major,
/// float or double, and one after another: `count` of them, several at a time on several threads.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// Which triangle of a matrix is read, whether as it lies or transposed, and whether its diagonal stands for ones.
struct Triangle {
  bool upper;
  bool transposed;
  bool unit;
};

/// x = a^-1 x for n x n triangles a and n x m matrices x, in place.
template <class T>
void solve_triangular(Triangle triangle, std::int64_t count, std::int64_t n, std::int64_t m, const T* a, T* x);

/// The Cholesky factors: in place of the lower triangles of matrices a the L of a = L L^T, and zeros above them. Returns the
/// number of the first matrix that is not positive definite, or -1; the others are factorised all the same.
template <class T>
std::int64_t factorise_cholesky(std::int64_t count, std::int64_t n, T* a);

/// L and U of matrices whose *transposes* are given: a = P L U, with the largest number of a column as its pivot. In their
/// place stand U^T, and above its diagonal L^T without its ones; `pivots` are n for each matrix: row k was swapped with row
/// pivots[k], counted from 1. A zero on the diagonal says that there is no inverse.
template <class T>
void factorise_lu(std::int64_t count, std::int64_t n, T* a_transposed, std::int32_t* pivots);

/// x = a^-1 x, or a^-T x where `transposed`, for n x m matrices x, in place, from what factorise_lu() made of matrices a.
template <class T>
void solve_lu(bool transposed, std::int64_t count, std::int64_t n, std::int64_t m, const T* factors,
              const std::int32_t* pivots, T* x);

}  // namespace xgrad::kernels
