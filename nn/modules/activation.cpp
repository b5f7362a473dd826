#include "nn/modules/activation.h"

#include "autograd/base/check.h"
#include "autograd/ops/activation.h"
#include "autograd/ops/pointwise.h"
#include "autograd/tensor/creation.h"
#include "nn/functional/activation.h"

namespace xgrad::nn {

void RReLUOptions::validate(const std::string& module) const {
  check<ValueError>(lower_ <= upper_, "{}: the lower bound {} is above the upper bound {}", module, lower_, upper_);
}

void GELUOptions::validate(const std::string& module) const {
  check<ValueError>(approximate_ == "none" || approximate_ == "tanh", "{}: approximate must be none or tanh, got {}", module,
                    approximate_);
}

void HardtanhOptions::validate(const std::string& module) const {
  check<ValueError>(min_val_ < max_val_, "{}: min_val {} is not below max_val {}", module, min_val_, max_val_);
}

void SoftshrinkOptions::validate(const std::string& module) const {
  check<ValueError>(lambda_ >= 0, "{}: lambda must not be negative, got {}", module, lambda_);
}

void PReLUOptions::validate(const std::string& module) const {
  check<ValueError>(num_parameters_ > 0, "{}: num_parameters must be positive, got {}", module, num_parameters_);
}

Tensor ReLUImpl::forward(const Tensor& x) const { return functional::relu(x, options); }
Tensor ReLU6Impl::forward(const Tensor& x) const { return functional::relu6(x, options); }
Tensor LeakyReLUImpl::forward(const Tensor& x) const { return functional::leaky_relu(x, options); }
Tensor RReLUImpl::forward(const Tensor& x) const {
  return functional::rrelu(x, functional::RReLUFuncOptions()
                                  .lower(options.lower())
                                  .upper(options.upper())
                                  .training(is_training())
                                  .inplace(options.inplace()));
}
Tensor ELUImpl::forward(const Tensor& x) const { return functional::elu(x, options); }
Tensor SELUImpl::forward(const Tensor& x) const { return functional::selu(x, options); }
Tensor CELUImpl::forward(const Tensor& x) const { return functional::celu(x, options); }
Tensor GELUImpl::forward(const Tensor& x) const { return functional::gelu(x, options); }
Tensor SiLUImpl::forward(const Tensor& x) const { return silu(x); }
Tensor MishImpl::forward(const Tensor& x) const { return mish(x); }
Tensor SigmoidImpl::forward(const Tensor& x) const { return sigmoid(x); }
Tensor LogSigmoidImpl::forward(const Tensor& x) const { return logsigmoid(x); }
Tensor SoftplusImpl::forward(const Tensor& x) const { return functional::softplus(x, options); }
Tensor TanhImpl::forward(const Tensor& x) const { return tanh(x); }
Tensor TanhshrinkImpl::forward(const Tensor& x) const { return tanhshrink(x); }
Tensor HardtanhImpl::forward(const Tensor& x) const { return functional::hardtanh(x, options); }
Tensor HardshrinkImpl::forward(const Tensor& x) const { return functional::hardshrink(x, options); }
Tensor SoftshrinkImpl::forward(const Tensor& x) const { return functional::softshrink(x, options); }
Tensor SoftsignImpl::forward(const Tensor& x) const { return softsign(x); }
Tensor ThresholdImpl::forward(const Tensor& x) const { return functional::threshold(x, options); }

PReLUImpl::PReLUImpl(const PReLUOptions& options_) : Layer(options_) { reset(); }
void PReLUImpl::reset() { weight = register_parameter("weight", full({options.num_parameters()}, options.init())); }
Tensor PReLUImpl::forward(const Tensor& x) const { return prelu(x, weight); }

}  // namespace xgrad::nn
