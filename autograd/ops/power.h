/// Powers, elementwise with broadcasting and type promotion.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// a ^ b. Integers to a negative integer power: ValueError. Throws ShapeError for shapes that do not broadcast.
Tensor pow(const Tensor& a, const Tensor& b);
Tensor pow(const Tensor& a, Scalar b);
Tensor pow(Scalar a, const Tensor& b);

}  // namespace xgrad
