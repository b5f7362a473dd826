/// Trigonometric and hyperbolic functions, elementwise, of floating-point tensors (TypeError for others). Results lie in
/// memory as their operands do (dense_strides), and keep the dtype. https://pytorch.org/docs/1.13/torch.html#pointwise-ops
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Of angles in radians.
Tensor sin(const Tensor& x);
/// The cosine of an angle in radians.
Tensor cos(const Tensor& x);
/// The tangent of an angle in radians.
Tensor tan(const Tensor& x);
/// The angles whose sine, cosine and tangent is x; NaN for a sine or cosine outside [-1, 1].
Tensor asin(const Tensor& x);
/// The angle whose cosine is x; NaN outside [-1, 1].
Tensor acos(const Tensor& x);
/// The angle whose tangent is x.
Tensor atan(const Tensor& x);
/// (e^x - e^-x) / 2 and (e^x + e^-x) / 2
Tensor sinh(const Tensor& x);
/// (e^x + e^-x) / 2
Tensor cosh(const Tensor& x);
/// The number whose sinh is x.
Tensor asinh(const Tensor& x);
/// The number, not negative, whose cosh is x; NaN below 1.
Tensor acosh(const Tensor& x);
/// The number whose tanh is x; NaN outside [-1, 1].
Tensor atanh(const Tensor& x);
/// x pi / 180
Tensor deg2rad(const Tensor& x);
/// x 180 / pi
Tensor rad2deg(const Tensor& x);

}  // namespace xgrad
