/// Tables of vectors, looked up by integers.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A 1 at each index: (...) -> (..., classes). `classes` < 0: one more than the largest index.
Tensor one_hot(const Tensor& index, std::int64_t classes = -1);
/// Rows of `weight` (n, d) by index: (...) -> (..., d). The row `padding_idx` gathers no gradient. With `scale_grad_by_freq`,
/// the gradient of a row is divided by how often the index names it.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.embedding.html
Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t padding_idx = -1, bool scale_grad_by_freq = false);
/// Scales the rows of `weight` that the index names down to the norm `max_norm`, in place and outside the graph.
Tensor& embedding_renorm_(Tensor& weight, const Tensor& index, double max_norm, double norm_type = 2);

}  // namespace xgrad
