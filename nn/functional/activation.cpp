#include "nn/functional/activation.h"

#include "autograd/ops/feature_alpha_dropout.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/softmax.h"
#include "nn/modules/in_place.h"

namespace xgrad::nn::functional {

using detail::in_place_or_not;

Tensor relu(const Tensor& x, const ReLUFuncOptions& options) {
  return in_place_or_not("relu_", options.inplace(), x, [&](const Tensor& v) { return xgrad::relu(v); });
}
Tensor relu6(const Tensor& x, const ReLU6FuncOptions& options) {
  return in_place_or_not("relu6_", options.inplace(), x, [&](const Tensor& v) { return xgrad::relu6(v); });
}
Tensor leaky_relu(const Tensor& x, const LeakyReLUFuncOptions& options) {
  return in_place_or_not("leaky_relu_", options.inplace(), x,
                         [&](const Tensor& v) { return xgrad::leaky_relu(v, options.negative_slope()); });
}
Tensor elu(const Tensor& x, const ELUFuncOptions& options) {
  return in_place_or_not("elu_", options.inplace(), x, [&](const Tensor& v) { return xgrad::elu(v, options.alpha()); });
}
Tensor selu(const Tensor& x, const SELUFuncOptions& options) {
  return in_place_or_not("selu_", options.inplace(), x, [&](const Tensor& v) { return xgrad::selu(v); });
}
Tensor celu(const Tensor& x, const CELUFuncOptions& options) {
  return in_place_or_not("celu_", options.inplace(), x, [&](const Tensor& v) { return xgrad::celu(v, options.alpha()); });
}
Tensor hardtanh(const Tensor& x, const HardtanhFuncOptions& options) {
  return in_place_or_not("hardtanh_", options.inplace(), x,
                         [&](const Tensor& v) { return xgrad::hardtanh(v, options.min_val(), options.max_val()); });
}
Tensor threshold(const Tensor& x, const ThresholdFuncOptions& options) {
  return in_place_or_not("threshold_", options.inplace(), x,
                         [&](const Tensor& v) { return xgrad::threshold(v, options.threshold(), options.value()); });
}
Tensor gelu(const Tensor& x, const GELUFuncOptions& options) {
  options.validate("gelu");
  return options.approximate() == "tanh" ? xgrad::gelu_tanh(x) : xgrad::gelu(x);
}
Tensor softplus(const Tensor& x, const SoftplusFuncOptions& options) {
  return xgrad::softplus(x, options.beta(), options.threshold());
}
Tensor hardshrink(const Tensor& x, const HardshrinkFuncOptions& options) { return xgrad::hardshrink(x, options.lambda()); }
Tensor softshrink(const Tensor& x, const SoftshrinkFuncOptions& options) { return xgrad::softshrink(x, options.lambda()); }
Tensor glu(const Tensor& x, const GLUFuncOptions& options) { return xgrad::glu(x, options.dim()); }
Tensor softmax(const Tensor& x, const SoftmaxFuncOptions& options) {
  return xgrad::softmax(x, options.dim(), options.dtype());
}
Tensor softmin(const Tensor& x, const SoftminFuncOptions& options) {
  return xgrad::softmin(options.dtype() ? x.to(*options.dtype()) : x, options.dim());
}
Tensor log_softmax(const Tensor& x, const LogSoftmaxFuncOptions& options) {
  return xgrad::log_softmax(x, options.dim(), options.dtype());
}
Tensor rrelu(const Tensor& x, const RReLUFuncOptions& options) {
  return in_place_or_not("rrelu_", options.inplace(), x, [&](const Tensor& v) {
    return xgrad::rrelu(v, options.lower(), options.upper(), options.training());
  });
}
Tensor dropout(const Tensor& x, const DropoutFuncOptions& options) {
  return in_place_or_not("dropout_", options.inplace() && options.training(), x,
                         [&](const Tensor& v) { return xgrad::dropout(v, options.p(), options.training()); });
}
Tensor alpha_dropout(const Tensor& x, const AlphaDropoutFuncOptions& options) {
  return in_place_or_not("alpha_dropout_", options.inplace() && options.training(), x,
                         [&](const Tensor& v) { return xgrad::alpha_dropout(v, options.p(), options.training()); });
}
Tensor feature_alpha_dropout(const Tensor& x, const FeatureAlphaDropoutFuncOptions& options) {
  return in_place_or_not("feature_alpha_dropout_", options.inplace() && options.training(), x,
                         [&](const Tensor& v) { return xgrad::feature_alpha_dropout(v, options.p(), options.training()); });
}

}  // namespace xgrad::nn::functional
