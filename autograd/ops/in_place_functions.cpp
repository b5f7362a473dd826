#include "autograd/ops/in_place_functions.h"

#include "autograd/ops/activation.h"
#include "autograd/ops/bessel.h"
#include "autograd/ops/feature_alpha_dropout.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"

namespace xgrad {

Tensor& i0_(Tensor& x) { return write_in_place("i0_", x, i0(before_change(x))); }
Tensor& celu_(Tensor& x, double alpha) { return write_in_place("celu_", x, celu(before_change(x), alpha)); }
Tensor& elu_(Tensor& x, double alpha) { return write_in_place("elu_", x, elu(before_change(x), alpha)); }
Tensor& gelu_(Tensor& x) { return write_in_place("gelu_", x, gelu(before_change(x))); }
Tensor& hardsigmoid_(Tensor& x) { return write_in_place("hardsigmoid_", x, hardsigmoid(before_change(x))); }
Tensor& hardswish_(Tensor& x) { return write_in_place("hardswish_", x, hardswish(before_change(x))); }
Tensor& hardtanh_(Tensor& x, double min, double max) {
  return write_in_place("hardtanh_", x, hardtanh(before_change(x), min, max));
}
Tensor& leaky_relu_(Tensor& x, double negative_slope) {
  return write_in_place("leaky_relu_", x, leaky_relu(before_change(x), negative_slope));
}
Tensor& mish_(Tensor& x) { return write_in_place("mish_", x, mish(before_change(x))); }
Tensor& relu6_(Tensor& x) { return write_in_place("relu6_", x, relu6(before_change(x))); }
Tensor& rrelu_(Tensor& x, double lower, double upper, bool training) {
  return write_in_place("rrelu_", x, rrelu(before_change(x), lower, upper, training));
}
Tensor& selu_(Tensor& x) { return write_in_place("selu_", x, selu(before_change(x))); }
Tensor& silu_(Tensor& x) { return write_in_place("silu_", x, silu(before_change(x))); }
Tensor& threshold_(Tensor& x, double threshold, double value) {
  return write_in_place("threshold_", x, xgrad::threshold(before_change(x), threshold, value));
}
Tensor& alpha_dropout_(Tensor& x, double p, bool training) {
  return write_in_place("alpha_dropout_", x, alpha_dropout(before_change(x), p, training));
}
Tensor& dropout_(Tensor& x, double p, bool training) {
  return write_in_place("dropout_", x, dropout(before_change(x), p, training));
}
Tensor& feature_dropout_(Tensor& x, double p, bool training) {
  return write_in_place("feature_dropout_", x, feature_dropout(before_change(x), p, training));
}
Tensor& feature_alpha_dropout_(Tensor& x, double p, bool training) {
  return write_in_place("feature_alpha_dropout_", x, feature_alpha_dropout(before_change(x), p, training));
}

}  // namespace xgrad
