/// Joining tensors side by side, as blocks, and to one another's shapes.
/// https://pytorch.org/docs/1.13/torch.html#indexing-slicing-joining-mutating-ops
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// x with at least one dimension: a number becomes (1).
Tensor atleast_1d(const Tensor& x);
TensorList atleast_1d(const TensorList& tensors);
/// x with at least two dimensions: (n) becomes (1, n).
Tensor atleast_2d(const Tensor& x);
TensorList atleast_2d(const TensorList& tensors);
/// x with at least three dimensions: (n) becomes (1, n, 1), and (m, n) becomes (m, n, 1).
Tensor atleast_3d(const Tensor& x);
TensorList atleast_3d(const TensorList& tensors);

/// Joins along the second dimension, vectors along their only one. These four throw as cat().
Tensor hstack(const TensorList& tensors);
/// Joins along the first dimension; vectors are rows.
Tensor vstack(const TensorList& tensors);
/// Joins along the third dimension, of tensors that atleast_3d() gives.
Tensor dstack(const TensorList& tensors);
/// Joins along the second dimension; vectors are columns.
Tensor column_stack(const TensorList& tensors);

/// A matrix with the given ones along its diagonal, and zeros elsewhere; vectors are rows, numbers 1 x 1. Dtypes promote.
/// Throws ShapeError for more than two dimensions. https://pytorch.org/docs/1.13/generated/torch.block_diag.html
Tensor block_diag(const TensorList& tensors);
/// All elements of tensors of one dtype, one behind the other, as a vector.
Tensor flatten_dense_tensors(const TensorList& tensors);
/// Parts of such a vector, as views in the shapes of tensors. Throws ShapeError where it is too short.
TensorList unflatten_dense_tensors(const Tensor& flat, const TensorList& tensors);
/// Views of all in the one shape that they broadcast to. Throws ShapeError where there is none.
TensorList broadcast_tensors(const TensorList& tensors);

}  // namespace xgrad
