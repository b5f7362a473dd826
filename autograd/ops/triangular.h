/// Triangular matrices: the last two dimensions, in batches that broadcast. All functions throw ShapeError for matrices that
/// are not square or do not fit, TypeError for other dtypes than float32 and float64.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The x of a x = b, or of x a = b unless `left`, for a triangular matrix a, of whose other triangle nothing is read, nor of
/// its diagonal where that is taken to be 1 (`unitriangular`).
/// https://pytorch.org/docs/1.13/generated/torch.linalg.solve_triangular.html
Tensor linalg_solve_triangular(const Tensor& a, const Tensor& b, OnlyBool upper, OnlyBool left = true,
                               OnlyBool unitriangular = false);
/// The lower triangular L of L L^T = a, or its transpose (`upper`), for a symmetric, positive definite matrix a, of which
/// one triangle is read. Throws ValueError for a matrix that is not positive definite.
/// https://pytorch.org/docs/1.13/generated/torch.linalg.cholesky.html
Tensor linalg_cholesky(const Tensor& a, OnlyBool upper = false);

}  // namespace xgrad
