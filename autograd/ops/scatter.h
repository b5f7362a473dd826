/// Writing elements by index into a copy. Indices are int64 tensors (TypeError), and an index out of range is an IndexError.
/// Where an index comes twice the last value stays, and the others have no gradient.
#pragma once

#include <string_view>
#include <utility>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// x with the slices at `index` (a vector) along `dim` replaced by those of `source`. Throws ShapeError where the source
/// does not fit, TypeError for different dtypes. https://pytorch.org/docs/1.13/generated/torch.Tensor.index_copy_.html
Tensor index_copy(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
/// x with [i][index[i][j]] replaced by source[i][j] for dim 1, and so on. The index is no larger than the source, nor than x
/// outside `dim` (ShapeError). https://pytorch.org/docs/1.13/generated/torch.Tensor.scatter_.html
Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source);
Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, Scalar value);
/// The same with what is there "add"ed to or "multiply"ed with the source, as often as an element is named (ValueError for
/// other words). Multiplication has no gradient: throws GraphError where one is asked for.
Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& source, std::string_view reduce);
Tensor scatter(const Tensor& x, std::int64_t dim, const Tensor& index, Scalar value, std::string_view reduce);
/// x with the slices at `index` (a vector, or 0-d) along `dim` all filled with a number.
Tensor index_fill(const Tensor& x, std::int64_t dim, const Tensor& index, Scalar value);
/// The same with a 0-d tensor, which has a gradient.
Tensor index_fill(const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& value);
/// The elements at positions in x taken as a vector; negative ones count from the end. Of the index's shape.
Tensor take(const Tensor& x, const Tensor& index);
/// x with the elements at such positions replaced by the source's, or the source's added to them. As many as positions
/// (ShapeError), of one dtype (TypeError). https://pytorch.org/docs/1.13/generated/torch.Tensor.put_.html
Tensor put(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate = false);
/// x with the elements where the mask (bool, broadcast) holds replaced by the source's elements, in order. Throws ShapeError
/// where the source has too few. https://pytorch.org/docs/1.13/generated/torch.Tensor.masked_scatter_.html
Tensor masked_scatter(const Tensor& x, const Tensor& mask, const Tensor& source);
/// gather() whose index and x broadcast outside `dim`; without `dim` both are taken as vectors. Undoes argsort and argmax.
/// https://pytorch.org/docs/1.13/generated/torch.take_along_dim.html
Tensor take_along_dim(const Tensor& x, const Tensor& index, std::optional<std::int64_t> dim = std::nullopt);

namespace detail {
/// What scatter() and its kin write: positions in x as a vector, and the elements of the source for them, as a vector.
/// Throws as scatter(), and names `operation`.
std::pair<Tensor, Tensor> scattered(const char* operation, const Tensor& x, std::int64_t dim, const Tensor& index,
                                    const Tensor& source);
}  // namespace detail

}  // namespace xgrad
