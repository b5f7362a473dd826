/// Picking and placing elements by index, joining tensors, reordering them. Indices are int64 tensors (TypeError), and an
/// index out of range is an IndexError before anything changes.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Joins along an existing dimension. All other sizes are equal (ShapeError); dtypes promote.
Tensor cat(const TensorList& tensors, std::int64_t dim = 0);
/// Joins tensors of one shape along a new dimension.
Tensor stack(const TensorList& tensors, std::int64_t dim = 0);
/// The slices of `x` along `dim` that the vector `index` names. Negative indices are out of range, as in PyTorch.
Tensor index_select(const Tensor& x, std::int64_t dim, const Tensor& index);
/// x with the slices of `source` added at `index` along `dim`.
Tensor index_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
/// out[i][j] = x[i][index[i][j]] for dim 1, and so on: `index` is no larger than x in the other dimensions.
Tensor gather(const Tensor& x, std::int64_t dim, const Tensor& index);
/// x with source[i][j] added at [i][index[i][j]] for dim 1, and so on.
Tensor scatter_add(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
/// The elements where the mask (bool, broadcast) holds, as a vector.
Tensor masked_select(const Tensor& x, const Tensor& mask);
/// The indices of elements that are not 0, a row each.
Tensor nonzero(const Tensor& x);
/// Reverses the order along dimensions.
Tensor flip(const Tensor& x, IntArrayRef dims);
/// Tiles the tensor.
Tensor repeat(const Tensor& x, IntArrayRef repeats);
/// The lower (upper) triangle of the last two dimensions; zeros elsewhere.
Tensor tril(const Tensor& x, std::int64_t diagonal = 0);
Tensor triu(const Tensor& x, std::int64_t diagonal = 0);
/// A 1 at each index: (...) -> (..., classes). `classes` < 0: one more than the largest index.
Tensor one_hot(const Tensor& index, std::int64_t classes = -1);
/// Rows of `weight` (n, d) by index: (...) -> (..., d). The row `padding_idx` gathers no gradient.
Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t padding_idx = -1);

}  // namespace xgrad
