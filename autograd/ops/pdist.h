/// Distances between the rows of one matrix.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The p-norms of x[i] - x[j] for all i < j, in order: (n, m) -> (n (n - 1) / 2). Rows that are the same have the gradient 0.
/// Throws ShapeError unless x is a matrix, TypeError unless it is floating-point, ValueError for a negative p.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.pdist.html
Tensor pdist(const Tensor& x, double p = 2);

}  // namespace xgrad
