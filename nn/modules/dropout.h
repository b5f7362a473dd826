/// Dropout as modules.
#pragma once

#include <string>

#include "autograd/base/arg.h"
#include "nn/layer.h"

namespace xgrad::nn {

/// Options of Dropout, AlphaDropout and FeatureAlphaDropout.
struct DropoutOptions {
  DropoutOptions(double p = 0.5) : p_(p) {}  // NOLINT(google-explicit-constructor): Dropout(0.5)
  DropoutOptions(IsBool auto p) = delete;
  XGRAD_ARG(double, p);  ///< the probability with which an element is dropped
  XGRAD_ARG(bool, inplace) = false;
  XGRAD_FIELDS(shown(p), shown(inplace));
  void validate(const std::string& module) const;
};
using AlphaDropoutOptions = DropoutOptions;
using FeatureAlphaDropoutOptions = DropoutOptions;

/// While training, elements are 0 with probability p, and the others divided by 1 - p. Throws ValueError unless 0 <= p <= 1.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Dropout.html
struct DropoutImpl : Layer<DropoutImpl, DropoutOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(Dropout);

/// Dropout for nets with SELU, whose mean and variance it keeps; see xgrad::alpha_dropout.
/// https://pytorch.org/docs/1.13/generated/torch.nn.AlphaDropout.html
struct AlphaDropoutImpl : Layer<AlphaDropoutImpl, AlphaDropoutOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(AlphaDropout);

/// AlphaDropout of whole features x[i][j]; see xgrad::feature_alpha_dropout.
/// https://pytorch.org/docs/1.13/generated/torch.nn.FeatureAlphaDropout.html
struct FeatureAlphaDropoutImpl : Layer<FeatureAlphaDropoutImpl, FeatureAlphaDropoutOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(FeatureAlphaDropout);

}  // namespace xgrad::nn
