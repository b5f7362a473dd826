/// Elementwise functions of one tensor. Functions of real numbers turn integers and bools into numbers of the default dtype;
/// abs, sign, square, relu, clamp and rounding keep integers; activations throw TypeError for them, and in-place forms where
/// the result does not fit. Results keep a floating-point dtype, and lie in memory as their operands do (dense_strides).
/// https://pytorch.org/docs/1.13/torch.html#pointwise-ops
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// e^x
Tensor exp(const Tensor& x);
/// e^x - 1, exact near 0
Tensor expm1(const Tensor& x);
/// The natural logarithm
Tensor log(const Tensor& x);
/// log(1 + x), exact near 0
Tensor log1p(const Tensor& x);
/// The logarithm to the base 2.
Tensor log2(const Tensor& x);
/// The logarithm to the base 10.
Tensor log10(const Tensor& x);
/// The square root; NaN below 0
Tensor sqrt(const Tensor& x);
/// 1 / sqrt(x)
Tensor rsqrt(const Tensor& x);
/// x * x
Tensor square(const Tensor& x);
/// 1 / x
Tensor reciprocal(const Tensor& x);
/// |x|; the gradient at 0 is 0
Tensor abs(const Tensor& x);
/// -1, 0 or 1; the gradient is 0
Tensor sign(const Tensor& x);
/// The angle to the positive axis: 0, pi for negative numbers, NaN for NaN; its gradient is 0. Of integers floating-point.
Tensor angle(const Tensor& x);
/// The largest integer that is not above x
Tensor floor(const Tensor& x);
/// The smallest integer that is not below x
Tensor ceil(const Tensor& x);
/// To the nearest integer, halves to the even one.
Tensor round(const Tensor& x);
/// To so many decimals, or to a power of ten where that is negative.
Tensor round(const Tensor& x, std::int64_t decimals);
/// Towards zero.
Tensor trunc(const Tensor& x);
/// x - trunc(x)
Tensor frac(const Tensor& x);
/// 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x
Tensor erf(const Tensor& x);
/// Hyperbolic tangent, within 3 units in the last place. The gradient 1 - y^2 is that of the rounded result: its error is
/// that of numbers near 1.
Tensor tanh(const Tensor& x);
/// Logistic function 1 / (1 + e^-x), within 3 units in the last place over the whole range. The gradient y (1 - y) is that
/// of the rounded result: for large positive x its error is that of numbers near 1.
Tensor sigmoid(const Tensor& x);
/// log(sigmoid(x)), without overflow
Tensor logsigmoid(const Tensor& x);
/// max(0, x); the gradient at 0 is 0
Tensor relu(const Tensor& x);
/// x where x > 0, else slope * x
Tensor leaky_relu(const Tensor& x, double negative_slope = 0.01);
/// x where x > 0, else alpha * (e^x - 1)
Tensor elu(const Tensor& x, double alpha = 1);
/// x * Phi(x), with the normal distribution function Phi; within 8 units in the last place, the left tail included; where
/// Phi(x) is below the smallest normal number, within |x| times the smallest denormal one. The gradient is within 12 units
/// in the last place, near where it is 0 of those of 0.1. Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415
Tensor gelu(const Tensor& x);
/// x * sigmoid(x); where sigmoid(x) is below the smallest normal number, within |x| times the smallest denormal one
Tensor silu(const Tensor& x);
/// log(1 + e^(beta x)) / beta; x itself where beta x > threshold
Tensor softplus(const Tensor& x, double beta = 1, double threshold = 20);
/// x limited to [min, max]; either may be left out, not both (ValueError). The gradient is 1 within, bounds included.
Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt);
/// The same with bounds for each element: they broadcast, and have the gradient where they are the result. NaN stays NaN.
Tensor clamp(const Tensor& x, const OptionalTensor& min, const OptionalTensor& max = std::nullopt);
/// clamp(x, min)
inline Tensor clamp_min(const Tensor& x, const Tensor& min) { return clamp(x, min); }
/// clamp(x, nullopt, max)
inline Tensor clamp_max(const Tensor& x, const Tensor& max) { return clamp(x, std::nullopt, max); }
/// x limited to [min, max]. The gradient is 1 within, and 0 at the bounds and outside.
Tensor hardtanh(const Tensor& x, double min = -1, double max = 1);

}  // namespace xgrad
