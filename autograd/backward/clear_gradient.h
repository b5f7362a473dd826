/// Clearing gradients between steps: what modules and optimizers mean by zero_grad.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Drops the gradient of a leaf, or fills it with zeros outside the graph; nothing where there is none.
void clear_gradient(const Tensor& leaf, OnlyBool set_to_none);

}  // namespace xgrad
