#include "nn/modules/dropout.h"

#include <ostream>

#include "autograd/base/check.h"
#include "nn/functional/activation.h"

namespace xgrad::nn {

namespace {

void check_probability(const char* module, double p) {
  check<ValueError>(p >= 0 && p <= 1, "{}: the probability must lie in [0, 1], got {}", module, p);
}

void print(std::ostream& stream, const char* module, const DropoutOptions& options) {
  stream << module << "(p=" << options.p() << ", inplace=" << (options.inplace() ? "true)" : "false)");
}

}  // namespace

DropoutImpl::DropoutImpl(const DropoutOptions& options_) : options(options_) { check_probability("Dropout", options.p()); }
Tensor DropoutImpl::forward(const Tensor& x) const {
  return functional::dropout(
      x, functional::DropoutFuncOptions().p(options.p()).training(is_training()).inplace(options.inplace()));
}
void DropoutImpl::pretty_print(std::ostream& stream) const { print(stream, "Dropout", options); }

AlphaDropoutImpl::AlphaDropoutImpl(const AlphaDropoutOptions& options_) : options(options_) {
  check_probability("AlphaDropout", options.p());
}
Tensor AlphaDropoutImpl::forward(const Tensor& x) const {
  return functional::alpha_dropout(
      x, functional::AlphaDropoutFuncOptions().p(options.p()).training(is_training()).inplace(options.inplace()));
}
void AlphaDropoutImpl::pretty_print(std::ostream& stream) const { print(stream, "AlphaDropout", options); }

FeatureAlphaDropoutImpl::FeatureAlphaDropoutImpl(const FeatureAlphaDropoutOptions& options_) : options(options_) {
  check_probability("FeatureAlphaDropout", options.p());
}
Tensor FeatureAlphaDropoutImpl::forward(const Tensor& x) const {
  return functional::feature_alpha_dropout(
      x, functional::FeatureAlphaDropoutFuncOptions().p(options.p()).training(is_training()).inplace(options.inplace()));
}
void FeatureAlphaDropoutImpl::pretty_print(std::ostream& stream) const { print(stream, "FeatureAlphaDropout", options); }

}  // namespace xgrad::nn
