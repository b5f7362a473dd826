/// Picking and placing elements by index, joining tensors, reordering them. Indices are int64 tensors (TypeError), and an
/// index out of range is an IndexError before anything changes.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Joins along an existing dimension. All other sizes are equal (ShapeError); dtypes promote.
Tensor cat(const TensorList& tensors, OnlyInt dim = 0);
/// Joins tensors of one shape along a new dimension.
Tensor stack(const TensorList& tensors, OnlyInt dim = 0);
/// The slices of `x` along `dim` that the vector `index` names. Negative indices are out of range, as in PyTorch.
Tensor index_select(const Tensor& x, OnlyInt dim, const Tensor& index);
/// x with the slices of `source` added at `index` along `dim`.
Tensor index_add(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source);
/// The same with the source multiplied by alpha.
inline Tensor index_add(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source, Scalar alpha) {
  return index_add(x, dim, index, alpha.to<double>() == 1 ? source : source.mul(alpha));
}
/// out[i][j] = x[i][index[i][j]] for dim 1, and so on: `index` is no larger than x in the other dimensions.
Tensor gather(const Tensor& x, OnlyInt dim, const Tensor& index);
/// x with source[i][j] added at [i][index[i][j]] for dim 1, and so on.
Tensor scatter_add(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source);
/// The elements where the mask (bool, broadcast) holds, as a vector.
Tensor masked_select(const Tensor& x, const Tensor& mask);
/// The indices of elements that are not 0, a row each.
Tensor nonzero(const Tensor& x);
/// The lower (upper) triangle of the last two dimensions; zeros elsewhere.
Tensor tril(const Tensor& x, std::int64_t diagonal = 0);
/// x on and above the diagonal, 0 below.
Tensor triu(const Tensor& x, std::int64_t diagonal = 0);

namespace detail {
/// An index as contiguous int64: itself where it is that already. Negative numbers, where allowed, count from the end.
/// Throws TypeError for dtypes other than int64 and int32, and IndexError for a number that is not in a dimension of this
/// size; both name `operation`.
Tensor checked_index(const char* operation, const Tensor& index, std::int64_t size, bool negative_allowed = false);

/// The slices that an index names: along which dimension, and which, as contiguous int64.
struct IndexedSlices {
  std::size_t axis;
  Tensor rows;
};

/// The slices of x along `dim` that the index names. Throws ShapeError unless that is a vector or a number, and for another
/// number of indices than one into a 0-d tensor; otherwise as checked_index().
IndexedSlices checked_slices(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index);
/// As above, for a source of x's dtype (TypeError) and sizes, but with one slice for each index (ShapeError).
IndexedSlices checked_slices(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index,
                             const Tensor& source);
}  // namespace detail

}  // namespace xgrad
