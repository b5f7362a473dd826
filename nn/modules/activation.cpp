#include "nn/modules/activation.h"

#include <ostream>

#include "autograd/base/check.h"
#include "autograd/ops/activation.h"
#include "autograd/ops/pointwise.h"
#include "autograd/tensor/creation.h"
#include "nn/functional/activation.h"

namespace xgrad::nn {

Tensor ReLUImpl::forward(const Tensor& x) const { return functional::relu(x, options); }
void ReLUImpl::pretty_print(std::ostream& stream) const { stream << "ReLU(" << (options.inplace() ? "inplace=true)" : ")"); }

Tensor ReLU6Impl::forward(const Tensor& x) const { return functional::relu6(x, options); }
void ReLU6Impl::pretty_print(std::ostream& stream) const {
  stream << "ReLU6(" << (options.inplace() ? "inplace=true)" : ")");
}

Tensor LeakyReLUImpl::forward(const Tensor& x) const { return functional::leaky_relu(x, options); }
void LeakyReLUImpl::pretty_print(std::ostream& stream) const {
  stream << "LeakyReLU("
         << "negative_slope=" << options.negative_slope() << (options.inplace() ? ", inplace=true)" : ")");
}

RReLUImpl::RReLUImpl(const RReLUOptions& options_) : options(options_) {
  check<ValueError>(options.lower() <= options.upper(), "RReLU: the lower bound {} is above the upper bound {}",
                    options.lower(), options.upper());
}

Tensor RReLUImpl::forward(const Tensor& x) const {
  return functional::rrelu(x, functional::RReLUFuncOptions()
                                  .lower(options.lower())
                                  .upper(options.upper())
                                  .training(is_training())
                                  .inplace(options.inplace()));
}
void RReLUImpl::pretty_print(std::ostream& stream) const {
  stream << "RReLU("
         << "lower=" << options.lower() << ", upper=" << options.upper() << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor ELUImpl::forward(const Tensor& x) const { return functional::elu(x, options); }
void ELUImpl::pretty_print(std::ostream& stream) const {
  stream << "ELU("
         << "alpha=" << options.alpha() << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor SELUImpl::forward(const Tensor& x) const { return functional::selu(x, options); }
void SELUImpl::pretty_print(std::ostream& stream) const { stream << "SELU(" << (options.inplace() ? "inplace=true)" : ")"); }

Tensor CELUImpl::forward(const Tensor& x) const { return functional::celu(x, options); }
void CELUImpl::pretty_print(std::ostream& stream) const {
  stream << "CELU("
         << "alpha=" << options.alpha() << (options.inplace() ? ", inplace=true)" : ")");
}

GELUImpl::GELUImpl(const GELUOptions& options_) : options(options_) {
  check<ValueError>(options.approximate() == "none" || options.approximate() == "tanh",
                    "GELU: approximate must be none or tanh, got {}", options.approximate());
}

Tensor GELUImpl::forward(const Tensor& x) const { return functional::gelu(x, options); }
void GELUImpl::pretty_print(std::ostream& stream) const {
  stream << "GELU("
         << "approximate=" << options.approximate() << ')';
}

Tensor SiLUImpl::forward(const Tensor& x) const { return silu(x); }
Tensor MishImpl::forward(const Tensor& x) const { return mish(x); }
Tensor SigmoidImpl::forward(const Tensor& x) const { return sigmoid(x); }
Tensor LogSigmoidImpl::forward(const Tensor& x) const { return logsigmoid(x); }
Tensor SoftplusImpl::forward(const Tensor& x) const { return functional::softplus(x, options); }
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

Tensor HardtanhImpl::forward(const Tensor& x) const { return functional::hardtanh(x, options); }
void HardtanhImpl::pretty_print(std::ostream& stream) const {
  stream << "Hardtanh("
         << "min_val=" << options.min_val() << ", max_val=" << options.max_val()
         << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor HardshrinkImpl::forward(const Tensor& x) const { return functional::hardshrink(x, options); }
void HardshrinkImpl::pretty_print(std::ostream& stream) const {
  stream << "Hardshrink("
         << "lambda=" << options.lambda() << ')';
}

SoftshrinkImpl::SoftshrinkImpl(const SoftshrinkOptions& options_) : options(options_) {
  check<ValueError>(options.lambda() >= 0, "Softshrink: lambda must not be negative, got {}", options.lambda());
}

Tensor SoftshrinkImpl::forward(const Tensor& x) const { return functional::softshrink(x, options); }
void SoftshrinkImpl::pretty_print(std::ostream& stream) const {
  stream << "Softshrink("
         << "lambda=" << options.lambda() << ')';
}

Tensor SoftsignImpl::forward(const Tensor& x) const { return softsign(x); }
Tensor ThresholdImpl::forward(const Tensor& x) const { return functional::threshold(x, options); }
void ThresholdImpl::pretty_print(std::ostream& stream) const {
  stream << "Threshold("
         << "threshold=" << options.threshold() << ", value=" << options.value()
         << (options.inplace() ? ", inplace=true)" : ")");
}

Tensor GLUImpl::forward(const Tensor& x) const { return functional::glu(x, options); }
void GLUImpl::pretty_print(std::ostream& stream) const {
  stream << "GLU("
         << "dim=" << options.dim() << ')';
}

Tensor SoftmaxImpl::forward(const Tensor& x) const { return functional::softmax(x, options); }
void SoftmaxImpl::pretty_print(std::ostream& stream) const {
  stream << "Softmax("
         << "dim=" << options.dim() << ')';
}

Tensor SoftminImpl::forward(const Tensor& x) const { return functional::softmin(x, options); }
void SoftminImpl::pretty_print(std::ostream& stream) const {
  stream << "Softmin("
         << "dim=" << options.dim() << ')';
}

Tensor LogSoftmaxImpl::forward(const Tensor& x) const { return functional::log_softmax(x, options); }
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
