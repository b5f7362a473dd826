#include "nn/modules/activation.h"

#include <ostream>

#include "autograd/ops/activation.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/softmax.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"
#include "nn/modules/in_place.h"

namespace xgrad::nn {

using detail::in_place_or_not;

Tensor ReLUImpl::forward(const Tensor& x) const {
  return in_place_or_not("relu_", options.inplace(), x, [&](const Tensor& v) { return relu(v); });
}
void ReLUImpl::pretty_print(std::ostream& stream) const { stream << "ReLU(" << (options.inplace() ? "inplace=true)" : ")"); }

Tensor ReLU6Impl::forward(const Tensor& x) const {
  return in_place_or_not("relu6_", options.inplace(), x, [&](const Tensor& v) { return relu6(v); });
}
void ReLU6Impl::pretty_print(std::ostream& stream) const {
  stream << "ReLU6(" << (options.inplace() ? "inplace=true)" : ")");
}

Tensor LeakyReLUImpl::forward(const Tensor& x) const {
  return in_place_or_not("leakyrelu_", options.inplace(), x,
                         [&](const Tensor& v) { return leaky_relu(v, options.negative_slope()); });
}
void LeakyReLUImpl::pretty_print(std::ostream& stream) const {
  stream << "LeakyReLU("
         << "negative_slope=" << options.negative_slope() << (options.inplace() ? ", inplace=true)" : ")");
}

RReLUImpl::RReLUImpl(const RReLUOptions& options_) : options(options_) {
  check<ValueError>(options.lower() <= options.upper(), "RReLU: the lower bound {} is above the upper bound {}",
                    options.lower(), options.upper());
}

Tensor RReLUImpl::forward(const Tensor& x) const {
  return in_place_or_not("rrelu_", options.inplace(), x,
                         [&](const Tensor& v) { return rrelu(v, options.lower(), options.upper(), is_training()); });
}
void RReLUImpl::pretty_print(std::ostream& stream) const {
  stream << "RReLU("
         << "lower=" << options.lower() << ", upper=" << options.upper() << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor ELUImpl::forward(const Tensor& x) const {
  return in_place_or_not("elu_", options.inplace(), x, [&](const Tensor& v) { return elu(v, options.alpha()); });
}
void ELUImpl::pretty_print(std::ostream& stream) const {
  stream << "ELU("
         << "alpha=" << options.alpha() << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor SELUImpl::forward(const Tensor& x) const {
  return in_place_or_not("selu_", options.inplace(), x, [&](const Tensor& v) { return selu(v); });
}
void SELUImpl::pretty_print(std::ostream& stream) const { stream << "SELU(" << (options.inplace() ? "inplace=true)" : ")"); }

Tensor CELUImpl::forward(const Tensor& x) const {
  return in_place_or_not("celu_", options.inplace(), x, [&](const Tensor& v) { return celu(v, options.alpha()); });
}
void CELUImpl::pretty_print(std::ostream& stream) const {
  stream << "CELU("
         << "alpha=" << options.alpha() << (options.inplace() ? ", inplace=true)" : ")");
}

GELUImpl::GELUImpl(const GELUOptions& options_) : options(options_) {
  check<ValueError>(options.approximate() == "none" || options.approximate() == "tanh",
                    "GELU: approximate must be none or tanh, got {}", options.approximate());
}

Tensor GELUImpl::forward(const Tensor& x) const { return options.approximate() == "tanh" ? gelu_tanh(x) : gelu(x); }
void GELUImpl::pretty_print(std::ostream& stream) const {
  stream << "GELU("
         << "approximate=" << options.approximate() << ')';
}

Tensor SiLUImpl::forward(const Tensor& x) const { return silu(x); }
Tensor MishImpl::forward(const Tensor& x) const { return mish(x); }
Tensor SigmoidImpl::forward(const Tensor& x) const { return sigmoid(x); }
Tensor LogSigmoidImpl::forward(const Tensor& x) const { return logsigmoid(x); }
Tensor SoftplusImpl::forward(const Tensor& x) const { return softplus(x, options.beta(), options.threshold()); }
void SoftplusImpl::pretty_print(std::ostream& stream) const {
  stream << "Softplus("
         << "beta=" << options.beta() << ", threshold=" << options.threshold() << ')';
}

Tensor TanhImpl::forward(const Tensor& x) const { return tanh(x); }
Tensor TanhshrinkImpl::forward(const Tensor& x) const { return tanhshrink(x); }
HardtanhImpl::HardtanhImpl(const HardtanhOptions& options_) : options(options_) {
  check<ValueError>(options.min_val() < options.max_val(), "Hardtanh: min_val {} is not below max_val {}", options.min_val(),
                    options.max_val());
}

Tensor HardtanhImpl::forward(const Tensor& x) const {
  return in_place_or_not("hardtanh_", options.inplace(), x,
                         [&](const Tensor& v) { return hardtanh(v, options.min_val(), options.max_val()); });
}
void HardtanhImpl::pretty_print(std::ostream& stream) const {
  stream << "Hardtanh("
         << "min_val=" << options.min_val() << ", max_val=" << options.max_val()
         << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor HardshrinkImpl::forward(const Tensor& x) const { return hardshrink(x, options.lambda()); }
void HardshrinkImpl::pretty_print(std::ostream& stream) const {
  stream << "Hardshrink("
         << "lambda=" << options.lambda() << ')';
}

SoftshrinkImpl::SoftshrinkImpl(const SoftshrinkOptions& options_) : options(options_) {
  check<ValueError>(options.lambda() >= 0, "Softshrink: lambda must not be negative, got {}", options.lambda());
}

Tensor SoftshrinkImpl::forward(const Tensor& x) const { return softshrink(x, options.lambda()); }
void SoftshrinkImpl::pretty_print(std::ostream& stream) const {
  stream << "Softshrink("
         << "lambda=" << options.lambda() << ')';
}

Tensor SoftsignImpl::forward(const Tensor& x) const { return softsign(x); }
Tensor ThresholdImpl::forward(const Tensor& x) const {
  return in_place_or_not("threshold_", options.inplace(), x,
                         [&](const Tensor& v) { return threshold(v, options.threshold(), options.value()); });
}
void ThresholdImpl::pretty_print(std::ostream& stream) const {
  stream << "Threshold("
         << "threshold=" << options.threshold() << ", value=" << options.value()
         << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor GLUImpl::forward(const Tensor& x) const { return glu(x, options.dim()); }
void GLUImpl::pretty_print(std::ostream& stream) const {
  stream << "GLU("
         << "dim=" << options.dim() << ')';
}

Tensor SoftmaxImpl::forward(const Tensor& x) const { return softmax(x, options.dim()); }
void SoftmaxImpl::pretty_print(std::ostream& stream) const {
  stream << "Softmax("
         << "dim=" << options.dim() << ')';
}

Tensor SoftminImpl::forward(const Tensor& x) const { return softmin(x, options.dim()); }
void SoftminImpl::pretty_print(std::ostream& stream) const {
  stream << "Softmin("
         << "dim=" << options.dim() << ')';
}

Tensor LogSoftmaxImpl::forward(const Tensor& x) const { return log_softmax(x, options.dim()); }
void LogSoftmaxImpl::pretty_print(std::ostream& stream) const {
  stream << "LogSoftmax("
         << "dim=" << options.dim() << ')';
}

PReLUImpl::PReLUImpl(const PReLUOptions& options_) : options(options_) {
  check<ValueError>(options.num_parameters() > 0, "PReLU: num_parameters must be positive, got {}",
                    options.num_parameters());
  reset();
}
void PReLUImpl::reset() { weight = register_parameter("weight", full({options.num_parameters()}, options.init())); }
Tensor PReLUImpl::forward(const Tensor& x) const { return prelu(x, weight); }
void PReLUImpl::pretty_print(std::ostream& stream) const {
  stream << "PReLU(num_parameters=" << options.num_parameters() << ')';
}

}  // namespace xgrad::nn
