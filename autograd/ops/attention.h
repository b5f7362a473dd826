/// Attention as one operation.
#pragma once

#include <optional>

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// softmax(scale q k^T + mask) v: q (..., target, size), k (..., source, size) and v (..., source, value size) give (...,
/// target, value size). Dimensions before the last two broadcast. Memory grows with target + source, forward and backward:
/// the scores are computed in blocks, and again for the gradient; only a gradient that is to be differentiated again, or
/// that of a mask, holds a matrix of target by source.
///
/// `attn_mask` broadcasts to (..., target, source): bool where true takes part, as in PyTorch 2 (and the other way round
/// than in MultiheadAttention), or numbers that are added. With `is_causal` step i of the target sees steps 0 to i of the
/// source, and of those what the mask lets it see. A target that sees nothing gets 0. A weight is dropped with probability
/// `dropout_p`, and the others divided by 1 - dropout_p; which ones depends on the generator alone. By default, `scale` is
/// 1 / sqrt(size).
///
/// Throws ShapeError for what does not fit, TypeError for different dtypes and masks of integers, ValueError for a dropout
/// outside [0, 1]. https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
Tensor scaled_dot_product_attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& attn_mask = {},
                                    double dropout_p = 0, bool is_causal = false, std::optional<double> scale = std::nullopt,
                                    Generator generator = default_generator());

}  // namespace xgrad
