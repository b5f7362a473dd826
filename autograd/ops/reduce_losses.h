/// What the losses share. For .cpp files of operations.
#pragma once

#include "autograd/base/check.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/reduce.h"

namespace xgrad {

/// The losses of the single elements, their mean or their sum.
inline Tensor reduce_losses(const Tensor& losses, Reduction reduction) {
  switch (reduction) {
    case Reduction::Mean: return mean(losses);
    case Reduction::Sum: return sum(losses);
    default: return losses;
  }
}

/// Throws ShapeError where the shapes differ, TypeError unless the input is floating-point.
inline void check_loss(const char* operation, const Tensor& input, const Tensor& target) {
  check<ShapeError>(input.sizes() == target.sizes(), "{}: input {} and target {} must have the same shape", operation,
                    input.sizes(), target.sizes());
  check<TypeError>(input.is_floating_point(), "{}: expected a floating-point input, got {}", operation, input.dtype());
}

}  // namespace xgrad
