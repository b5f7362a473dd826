/// Indices of triangles, combinations, products of sets, and powers of vectors.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The places on and below a diagonal of a rows x columns matrix, row by row: (2, n), rows first. Throws ShapeError for a
/// negative size. https://pytorch.org/docs/1.13/generated/torch.tril_indices.html
Tensor tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset = 0, TensorOptions options = kInt64);
/// The places on and above it, in the same way.
Tensor triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset = 0, TensorOptions options = kInt64);
/// All choices of r elements of a vector, in the order of itertools.combinations (or combinations_with_replacement): (n, r).
/// Throws ShapeError for other shapes, ValueError for a negative r.
/// https://pytorch.org/docs/1.13/generated/torch.combinations.html
Tensor combinations(const Tensor& x, std::int64_t r = 2, bool with_replacement = false);
/// All tuples with one element of each vector, the last changing fastest: (n1 n2 ..., number of vectors); a single vector is
/// returned as it is. Throws ShapeError for other shapes, ValueError for no vectors.
/// https://pytorch.org/docs/1.13/generated/torch.cartesian_prod.html
Tensor cartesian_prod(const TensorList& tensors);
/// Vandermonde's matrix: row i holds the powers x_i^(columns - 1) ... x_i^0, or x_i^0 ... x_i^(columns - 1) where
/// increasing; of integers int64. As many columns as elements unless given. Throws ShapeError for other shapes than vectors,
/// ValueError for a negative number of columns. https://pytorch.org/docs/1.13/generated/torch.vander.html
Tensor vander(const Tensor& x, std::optional<std::int64_t> columns = std::nullopt, bool increasing = false);

}  // namespace xgrad
