/// Distances between all pairs of rows. Rows that are the same have the gradient 0.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The p-norms of x[i] - x[j] for all i < j, in order: (n, m) -> (n (n - 1) / 2). Throws ShapeError unless x is a matrix,
/// TypeError unless it is floating-point, ValueError for a negative p.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.pdist.html
Tensor pdist(const Tensor& x, OnlyReal p = 2);
/// The p-norms of x1[i] - x2[j] for all i and j: (..., n, m) and (..., k, m) -> (..., n, k); leading dimensions broadcast.
/// Computed from the differences themselves, in double precision, whatever `compute_mode` says: rows that are close lose no
/// digits. Throws ShapeError, TypeError unless both are floating-point of one dtype, ValueError for a negative p.
/// https://pytorch.org/docs/1.13/generated/torch.cdist.html
Tensor cdist(const Tensor& x1, const Tensor& x2, OnlyReal p = 2, std::optional<std::int64_t> compute_mode = std::nullopt);

}  // namespace xgrad
