/// Division of whole numbers, elementwise with broadcasting and type promotion. All functions throw ShapeError for shapes
/// that do not broadcast.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// floor(a / b). Integers: throws ValueError for a division by zero. No gradient.
Tensor floor_divide(const Tensor& a, const Tensor& b);
Tensor floor_divide(const Tensor& a, Scalar b);
/// a - b * floor(a / b): the sign of b. Integers: throws ValueError for a division by zero.
Tensor remainder(const Tensor& a, const Tensor& b);
Tensor remainder(const Tensor& a, Scalar b);
/// a - b * trunc(a / b): the sign of a. Integers: throws ValueError for a division by zero.
Tensor fmod(const Tensor& a, const Tensor& b);
Tensor fmod(const Tensor& a, Scalar b);

/// remainder(a, b)
inline Tensor operator%(const Tensor& a, const Tensor& b) { return remainder(a, b); }
inline Tensor operator%(const Tensor& a, Scalar b) { return remainder(a, b); }

}  // namespace xgrad
