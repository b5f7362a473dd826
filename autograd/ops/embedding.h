/// Tables of vectors, looked up by integers.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A 1 at each index: (...) -> (..., classes). `classes` < 0: one more than the largest index.
Tensor one_hot(const Tensor& index, std::int64_t classes = -1);
/// Rows of `weight` (n, d) by index: (...) -> (..., d). The row `padding_idx` gathers no gradient.
Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t padding_idx = -1);

}  // namespace xgrad
