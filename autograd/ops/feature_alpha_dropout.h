/// Dropout of whole features.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// alpha_dropout of whole features: x is (batch, features, ...), and x[i][j] is dropped or kept as a whole. Throws
/// ValueError for p outside [0, 1], ShapeError for fewer than two dimensions.
/// https://pytorch.org/docs/1.13/generated/torch.nn.functional.feature_alpha_dropout.html
Tensor feature_alpha_dropout(const Tensor& x, double p = 0.5, bool training = false);
/// dropout of whole features in the same way: what is kept is divided by 1 - p.
Tensor feature_dropout(const Tensor& x, double p, bool training);

}  // namespace xgrad
