/// Functions that change their argument and return it: each is the method, or the function without the "_", of its name.
/// They throw what require_writable() throws. https://pytorch.org/cppdocs/api/namespace_at.html
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Functions of one tensor.
/// @{
inline Tensor& abs_(Tensor& x) { return x.abs_(), x; }
inline Tensor& acos_(Tensor& x) { return x.acos_(), x; }
inline Tensor& acosh_(Tensor& x) { return x.acosh_(), x; }
inline Tensor& arccos_(Tensor& x) { return x.arccos_(), x; }
inline Tensor& arccosh_(Tensor& x) { return x.arccosh_(), x; }
inline Tensor& arcsin_(Tensor& x) { return x.arcsin_(), x; }
inline Tensor& arcsinh_(Tensor& x) { return x.arcsinh_(), x; }
inline Tensor& arctan_(Tensor& x) { return x.arctan_(), x; }
inline Tensor& arctanh_(Tensor& x) { return x.arctanh_(), x; }
inline Tensor& asin_(Tensor& x) { return x.asin_(), x; }
inline Tensor& asinh_(Tensor& x) { return x.asinh_(), x; }
inline Tensor& atan_(Tensor& x) { return x.atan_(), x; }
inline Tensor& atanh_(Tensor& x) { return x.atanh_(), x; }
inline Tensor& ceil_(Tensor& x) { return x.ceil_(), x; }
inline Tensor& cos_(Tensor& x) { return x.cos_(), x; }
inline Tensor& cosh_(Tensor& x) { return x.cosh_(), x; }
inline Tensor& deg2rad_(Tensor& x) { return x.deg2rad_(), x; }
inline Tensor& detach_(Tensor& x) { return x.detach_(), x; }
inline Tensor& erf_(Tensor& x) { return x.erf_(), x; }
inline Tensor& erfc_(Tensor& x) { return x.erfc_(), x; }
inline Tensor& exp2_(Tensor& x) { return x.exp2_(), x; }
inline Tensor& exp_(Tensor& x) { return x.exp_(), x; }
inline Tensor& expm1_(Tensor& x) { return x.expm1_(), x; }
inline Tensor& fix_(Tensor& x) { return x.fix_(), x; }
inline Tensor& floor_(Tensor& x) { return x.floor_(), x; }
inline Tensor& frac_(Tensor& x) { return x.frac_(), x; }
inline Tensor& log10_(Tensor& x) { return x.log10_(), x; }
inline Tensor& log1p_(Tensor& x) { return x.log1p_(), x; }
inline Tensor& log2_(Tensor& x) { return x.log2_(), x; }
inline Tensor& log_(Tensor& x) { return x.log_(), x; }
inline Tensor& neg_(Tensor& x) { return x.neg_(), x; }
inline Tensor& negative_(Tensor& x) { return x.negative_(), x; }
inline Tensor& rad2deg_(Tensor& x) { return x.rad2deg_(), x; }
inline Tensor& reciprocal_(Tensor& x) { return x.reciprocal_(), x; }
inline Tensor& relu_(Tensor& x) { return x.relu_(), x; }
inline Tensor& round_(Tensor& x) { return x.round_(), x; }
inline Tensor& rsqrt_(Tensor& x) { return x.rsqrt_(), x; }
inline Tensor& sigmoid_(Tensor& x) { return x.sigmoid_(), x; }
inline Tensor& sin_(Tensor& x) { return x.sin_(), x; }
inline Tensor& sinc_(Tensor& x) { return x.sinc_(), x; }
inline Tensor& sinh_(Tensor& x) { return x.sinh_(), x; }
inline Tensor& sqrt_(Tensor& x) { return x.sqrt_(), x; }
inline Tensor& square_(Tensor& x) { return x.square_(), x; }
inline Tensor& tan_(Tensor& x) { return x.tan_(), x; }
inline Tensor& tanh_(Tensor& x) { return x.tanh_(), x; }
inline Tensor& trunc_(Tensor& x) { return x.trunc_(), x; }
inline Tensor& zero_(Tensor& x) { return x.zero_(), x; }
/// @}

/// Functions of more.
/// @{
inline Tensor& addmv_(Tensor& x, const Tensor& matrix, const Tensor& vector, Scalar beta = 1, Scalar alpha = 1) {
  return x.addmv_(matrix, vector, beta, alpha), x;
}
inline Tensor& as_strided_(Tensor& x, IntArrayRef sizes, IntArrayRef strides,
                           std::optional<std::int64_t> offset = std::nullopt) {
  return x.as_strided_(sizes, strides, offset), x;
}
inline Tensor& clamp_(Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt) {
  return x.clamp_(min, max), x;
}
inline Tensor& clip_(Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt) {
  return x.clamp_(min, max), x;
}
inline Tensor& clamp_max_(Tensor& x, Scalar max) { return x.clamp_max_(max), x; }
inline Tensor& clamp_min_(Tensor& x, Scalar min) { return x.clamp_min_(min), x; }
inline Tensor& fill_(Tensor& x, Scalar value) { return x.fill_(value), x; }
inline Tensor& gcd_(Tensor& x, const Tensor& other) { return x.gcd_(other), x; }
inline Tensor& lcm_(Tensor& x, const Tensor& other) { return x.lcm_(other), x; }
inline Tensor& ldexp_(Tensor& x, const Tensor& exponent) { return x.ldexp_(exponent), x; }
inline Tensor& logit_(Tensor& x, std::optional<double> eps = std::nullopt) { return x.logit_(eps), x; }
inline Tensor& nan_to_num_(Tensor& x, std::optional<double> nan = std::nullopt,
                           std::optional<double> positive = std::nullopt, std::optional<double> negative = std::nullopt) {
  return x.nan_to_num_(nan, positive, negative), x;
}
inline Tensor& resize_as_(Tensor& x, const Tensor& other, std::optional<MemoryFormat> format = std::nullopt) {
  return x.resize_as_(other, format), x;
}
inline Tensor& xlogy_(Tensor& x, const Tensor& other) { return x.xlogy_(other), x; }
inline Tensor& xlogy_(Tensor& x, Scalar other) { return x.xlogy_(other), x; }
/// @}

/// Activations, with the arguments of the functions in activation.h and pointwise.h; dropout, with those in loss.h.
/// @{
Tensor& i0_(Tensor& x);
Tensor& celu_(Tensor& x, double alpha = 1);
Tensor& elu_(Tensor& x, double alpha = 1);
Tensor& gelu_(Tensor& x);
Tensor& hardsigmoid_(Tensor& x);
Tensor& hardswish_(Tensor& x);
Tensor& hardtanh_(Tensor& x, double min = -1, double max = 1);
Tensor& leaky_relu_(Tensor& x, double negative_slope = 0.01);
Tensor& mish_(Tensor& x);
Tensor& relu6_(Tensor& x);
Tensor& rrelu_(Tensor& x, double lower = 1.0 / 8, double upper = 1.0 / 3, OnlyBool training = false);
Tensor& selu_(Tensor& x);
Tensor& silu_(Tensor& x);
Tensor& threshold_(Tensor& x, double threshold, double value);
Tensor& alpha_dropout_(Tensor& x, OnlyReal p, OnlyBool training);
Tensor& dropout_(Tensor& x, OnlyReal p, OnlyBool training);
Tensor& feature_alpha_dropout_(Tensor& x, OnlyReal p, OnlyBool training);
Tensor& feature_dropout_(Tensor& x, OnlyReal p, OnlyBool training);
/// @}

}  // namespace xgrad
