#include "nn/modules/dropout.h"

#include "autograd/base/check.h"
#include "nn/functional/activation.h"

namespace xgrad::nn {

void DropoutOptions::validate(const std::string& module) const {
  check<ValueError>(p_ >= 0 && p_ <= 1, "{}: the probability must lie in [0, 1], got {}", module, p_);
}

Tensor DropoutImpl::forward(const Tensor& x) const {
  return functional::dropout(
      x, functional::DropoutFuncOptions().p(options.p()).training(is_training()).inplace(options.inplace()));
}

Tensor AlphaDropoutImpl::forward(const Tensor& x) const {
  return functional::alpha_dropout(
      x, functional::AlphaDropoutFuncOptions().p(options.p()).training(is_training()).inplace(options.inplace()));
}

Tensor FeatureAlphaDropoutImpl::forward(const Tensor& x) const {
  return functional::feature_alpha_dropout(
      x, functional::FeatureAlphaDropoutFuncOptions().p(options.p()).training(is_training()).inplace(options.inplace()));
}

}  // namespace xgrad::nn
