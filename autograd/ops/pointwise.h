/// Elementwise functions of one tensor. They take floating-point tensors and throw TypeError for others, except that abs,
/// sign, square, relu and clamp take integers too. Results are contiguous and keep the dtype.
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
/// The logarithms to the bases 2 and 10.
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
/// The largest integer that is not above x
Tensor floor(const Tensor& x);
/// The smallest integer that is not below x
Tensor ceil(const Tensor& x);
/// To the nearest integer, halves to the even one.
Tensor round(const Tensor& x);
/// Towards zero.
Tensor trunc(const Tensor& x);
/// x - trunc(x)
Tensor frac(const Tensor& x);
/// 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x
Tensor erf(const Tensor& x);
/// Hyperbolic tangent
Tensor tanh(const Tensor& x);
/// Logistic function 1 / (1 + e^-x)
Tensor sigmoid(const Tensor& x);
/// log(sigmoid(x)), without overflow
Tensor logsigmoid(const Tensor& x);
/// max(0, x); the gradient at 0 is 0
Tensor relu(const Tensor& x);
/// x where x > 0, else slope * x
Tensor leaky_relu(const Tensor& x, double negative_slope = 0.01);
/// x where x > 0, else alpha * (e^x - 1)
Tensor elu(const Tensor& x, double alpha = 1);
/// x * Phi(x), with the normal distribution function Phi; within 4 units in the last place for float32, 8 for float64, the
/// left tail included. Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415
Tensor gelu(const Tensor& x);
/// x * sigmoid(x); where sigmoid(x) is below the smallest normal number, within |x| times the smallest denormal one
Tensor silu(const Tensor& x);
/// log(1 + e^(beta x)) / beta; x itself where beta x > threshold
Tensor softplus(const Tensor& x, double beta = 1, double threshold = 20);
/// x limited to [min, max]; either may be left out, not both (ValueError). The gradient is 1 within, bounds included.
Tensor clamp(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt);
/// x limited to [min, max]. The gradient is 1 within, and 0 at the bounds and outside.
Tensor hardtanh(const Tensor& x, double min = -1, double max = 1);

}  // namespace xgrad
