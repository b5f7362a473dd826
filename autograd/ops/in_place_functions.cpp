#include "autograd/ops/in_place_functions.h"

#include "autograd/ops/activation.h"
#include "autograd/ops/bessel.h"
#include "autograd/ops/feature_alpha_dropout.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"

namespace xgrad {

Tensor& i0_(Tensor& x) {
  return change_in_place("i0_", x, [](const Tensor& v) { return i0(v); });
}
Tensor& celu_(Tensor& x, double alpha) {
  return change_in_place("celu_", x, [&](const Tensor& v) { return celu(v, alpha); });
}
Tensor& elu_(Tensor& x, double alpha) {
  return change_in_place("elu_", x, [&](const Tensor& v) { return elu(v, alpha); });
}
Tensor& gelu_(Tensor& x) {
  return change_in_place("gelu_", x, [](const Tensor& v) { return gelu(v); });
}
Tensor& hardsigmoid_(Tensor& x) {
  return change_in_place("hardsigmoid_", x, [](const Tensor& v) { return hardsigmoid(v); });
}
Tensor& hardswish_(Tensor& x) {
  return change_in_place("hardswish_", x, [](const Tensor& v) { return hardswish(v); });
}
Tensor& hardtanh_(Tensor& x, double min, double max) {
  return change_in_place("hardtanh_", x, [&](const Tensor& v) { return hardtanh(v, min, max); });
}
Tensor& leaky_relu_(Tensor& x, double negative_slope) {
  return change_in_place("leaky_relu_", x, [&](const Tensor& v) { return leaky_relu(v, negative_slope); });
}
Tensor& mish_(Tensor& x) {
  return change_in_place("mish_", x, [](const Tensor& v) { return mish(v); });
}
Tensor& relu6_(Tensor& x) {
  return change_in_place("relu6_", x, [](const Tensor& v) { return relu6(v); });
}
Tensor& rrelu_(Tensor& x, double lower, double upper, OnlyBool training) {
  return change_in_place("rrelu_", x, [&](const Tensor& v) { return rrelu(v, lower, upper, training); });
}
Tensor& selu_(Tensor& x) {
  return change_in_place("selu_", x, [](const Tensor& v) { return selu(v); });
}
Tensor& silu_(Tensor& x) {
  return change_in_place("silu_", x, [](const Tensor& v) { return silu(v); });
}
Tensor& threshold_(Tensor& x, double threshold, double value) {
  return change_in_place("threshold_", x, [&](const Tensor& v) { return xgrad::threshold(v, threshold, value); });
}
Tensor& alpha_dropout_(Tensor& x, OnlyReal p, OnlyBool training) {
  return change_in_place("alpha_dropout_", x, [&](const Tensor& v) { return alpha_dropout(v, p, training); });
}
Tensor& dropout_(Tensor& x, OnlyReal p, OnlyBool training) {
  return change_in_place("dropout_", x, [&](const Tensor& v) { return dropout(v, p, training); });
}
Tensor& feature_dropout_(Tensor& x, OnlyReal p, OnlyBool training) {
  return write_in_place("feature_dropout_", x, feature_dropout(before_change(x), p, training));
}
Tensor& feature_alpha_dropout_(Tensor& x, OnlyReal p, OnlyBool training) {
  return change_in_place("feature_alpha_dropout_", x,
                         [&](const Tensor& v) { return feature_alpha_dropout(v, p, training); });
}

}  // namespace xgrad
