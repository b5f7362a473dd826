/// Systems of linear equations, determinants and inverses, by an LU decomposition with partial pivoting. Matrices are the
/// last two dimensions, in batches. All functions throw ShapeError for matrices that are not square or do not fit, TypeError
/// for other dtypes than float32 and float64. https://pytorch.org/docs/1.13/linalg.html#solvers
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The x of a x = b, or of x a = b unless `left`. b is (..., n, k) with batches that broadcast, or (..., n): one vector for
/// each matrix of a's batch. Throws ValueError for a matrix without an inverse.
/// https://pytorch.org/docs/1.13/generated/torch.linalg.solve.html
Tensor linalg_solve(const Tensor& a, const Tensor& b, bool left = true);
/// The inverse. Throws ValueError where there is none.
Tensor linalg_inv(const Tensor& a);
/// linalg_inv() by its older name.
inline Tensor inverse(const Tensor& a) { return linalg_inv(a); }
/// The determinant. Its gradient asks for an inverse: ValueError for a matrix without one.
Tensor linalg_det(const Tensor& a);
/// linalg_det() by its older name.
inline Tensor det(const Tensor& a) { return linalg_det(a); }
/// The determinant's sign, and the logarithm of its size, which do not overflow: 0 and -inf for a matrix without an inverse.
std::tuple<Tensor, Tensor> linalg_slogdet(const Tensor& a);
/// linalg_slogdet() by its older name.
inline std::tuple<Tensor, Tensor> slogdet(const Tensor& a) { return linalg_slogdet(a); }
/// The logarithm of the determinant; NaN where that is negative.
Tensor logdet(const Tensor& a);

/// The inverse of a map from the last dimensions of tensors to the first `ind` ones: the product of their sizes is the same
/// (ShapeError). https://pytorch.org/docs/1.13/generated/torch.linalg.tensorinv.html
Tensor linalg_tensorinv(const Tensor& a, std::int64_t ind = 2);
/// The x whose product with a over all of its dimensions is b, whose sizes are a's first ones, once `dims` of a are moved
/// behind the others. https://pytorch.org/docs/1.13/generated/torch.linalg.tensorsolve.html
Tensor linalg_tensorsolve(const Tensor& a, const Tensor& b, IntArrayRef dims = {});

/// What is solved with a triangular matrix, by libtorch's older names.
/// @{
/// linalg_cholesky(a, upper)
Tensor cholesky(const Tensor& a, bool upper = false);
/// The x of a x = b, for the Cholesky factor of a.
Tensor cholesky_solve(const Tensor& b, const Tensor& factor, bool upper = false);
/// The inverse of a matrix, from its Cholesky factor.
Tensor cholesky_inverse(const Tensor& factor, bool upper = false);
/// linalg_solve_triangular(a, b), of a's transpose if `transposed`, and a copy of a.
std::tuple<Tensor, Tensor> triangular_solve(const Tensor& b, const Tensor& a, bool upper = true, bool transposed = false,
                                            bool unitriangular = false);
/// @}

}  // namespace xgrad
