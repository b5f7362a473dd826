/// Tables of vectors, looked up by integers.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A 1 at each index: (...) -> (..., classes). `classes` < 0: one more than the largest index.
Tensor one_hot(const Tensor& index, std::int64_t classes = -1);
/// Rows of `weight` (n, d) by index: (...) -> (..., d). The row `padding_idx` gathers no gradient. With
/// `scale_grad_by_freq`, the gradient of a row is divided by how often the index names it. With `sparse`, what handles the
/// gradient of `weight` is told which rows it is made of: see graph/gradient_rows.h. Throws ShapeError unless `weight` is a
/// matrix, TypeError unless `index` is int64, IndexError for an index outside the table, ValueError for `sparse` with
/// `scale_grad_by_freq`. https://pytorch.org/docs/1.13/generated/torch.nn.functional.embedding.html
Tensor embedding(const Tensor& weight, const Tensor& index, std::int64_t padding_idx = -1,
                 OnlyBool scale_grad_by_freq = false, OnlyBool sparse = false);
/// Each row w of `weight` (n, d) that the index names and whose norm exceeds `max_norm` becomes
/// w max_norm / (|w| + 1e-7), in place and outside the graph. Throws as `embedding` does.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Embedding.html (max_norm)
Tensor& embedding_renorm_(Tensor& weight, const Tensor& index, double max_norm, double norm_type = 2);

}  // namespace xgrad
