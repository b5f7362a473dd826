/// What the losses share. For .cpp files of operations.
#pragma once

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
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

namespace detail {
/// weight * x, and 0 where the weight is 0, whatever x is there: 0 log(0) is 0.
inline Tensor product_or_zero(const Tensor& weight, const Tensor& x) {
  return weight * masked_fill(x, eq(weight.detach(), 0), 0);
}
}  // namespace detail

/// Throws ShapeError where the shapes differ.
inline void check_same_shape(const char* operation, const Tensor& input, const Tensor& target) {
  check<ShapeError>(input.sizes() == target.sizes(), "{}: input {} and target {} must have the same shape", operation,
                    input.sizes(), target.sizes());
}

/// The same, and TypeError unless the input is floating-point.
inline void check_loss(const char* operation, const Tensor& input, const Tensor& target) {
  check_same_shape(operation, input, target);
  check<TypeError>(input.is_floating_point(), "{}: expected a floating-point input, got {}", operation, input.dtype());
}

}  // namespace xgrad
