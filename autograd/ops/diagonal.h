/// Diagonals, and copies with one part replaced. Dimensions out of range are IndexErrors.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The matrix with a vector on its diagonal, or the diagonal of a matrix, as a copy. `diagonal` > 0 is above the main one.
/// Throws ShapeError for other numbers of dimensions. https://pytorch.org/docs/1.13/generated/torch.diag.html
Tensor diag(const Tensor& x, std::int64_t diagonal = 0);
/// Matrices in dimensions dim1 and dim2 with the rows of x on their diagonals, 0 elsewhere.
/// https://pytorch.org/docs/1.13/generated/torch.diag_embed.html
Tensor diag_embed(const Tensor& x, std::int64_t offset = 0, OnlyInt dim1 = -2, OnlyInt dim2 = -1);
/// The matrix with all elements of x on its diagonal.
Tensor diagflat(const Tensor& x, std::int64_t offset = 0);
/// The sum of a matrix's diagonal. Throws ShapeError for other tensors.
Tensor trace(const Tensor& x);
/// A copy of x whose diagonal(offset, dim1, dim2) is `source` (of that shape: ShapeError).
Tensor diagonal_scatter(const Tensor& x, const Tensor& source, std::int64_t offset = 0, OnlyInt dim1 = 0, OnlyInt dim2 = 1);
/// A copy of x whose select(dim, index) is `source`.
Tensor select_scatter(const Tensor& x, const Tensor& source, OnlyInt dim, std::int64_t index);
/// A copy of x whose slice(dim, start, end, step) is `source`.
Tensor slice_scatter(const Tensor& x, const Tensor& source, OnlyInt dim = 0,
                     std::optional<std::int64_t> start = std::nullopt, std::optional<std::int64_t> end = std::nullopt,
                     std::int64_t step = 1);

}  // namespace xgrad
