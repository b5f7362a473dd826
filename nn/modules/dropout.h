/// Dropout as modules.
#pragma once

#include "autograd/base/arg.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of Dropout, AlphaDropout and FeatureAlphaDropout.
struct DropoutOptions {
  /// With the other options at their defaults.
  DropoutOptions(double p = 0.5) : p_(p) {}  // NOLINT(google-explicit-constructor): Dropout(0.5)
  /// The probability with which an element is dropped.
  XGRAD_ARG(double, p);
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};
/// Options of AlphaDropout.
using AlphaDropoutOptions = DropoutOptions;
/// Options of FeatureAlphaDropout.
using FeatureAlphaDropoutOptions = DropoutOptions;

/// While training, elements are 0 with probability p, and the others divided by 1 - p. Throws ValueError unless 0 <= p <= 1.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Dropout.html
struct DropoutImpl : Cloneable<DropoutImpl> {
  /// From its options.
  explicit DropoutImpl(const DropoutOptions& options_ = {});
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  DropoutOptions options;
};
XGRAD_MODULE(Dropout);

/// Dropout for nets with SELU, whose mean and variance it keeps; see xgrad::alpha_dropout.
/// https://pytorch.org/docs/1.13/generated/torch.nn.AlphaDropout.html
struct AlphaDropoutImpl : Cloneable<AlphaDropoutImpl> {
  /// From its options.
  explicit AlphaDropoutImpl(const AlphaDropoutOptions& options_ = {});
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  AlphaDropoutOptions options;
};
XGRAD_MODULE(AlphaDropout);

/// AlphaDropout of whole features x[i][j]; see xgrad::feature_alpha_dropout.
/// https://pytorch.org/docs/1.13/generated/torch.nn.FeatureAlphaDropout.html
struct FeatureAlphaDropoutImpl : Cloneable<FeatureAlphaDropoutImpl> {
  /// From its options.
  explicit FeatureAlphaDropoutImpl(const FeatureAlphaDropoutOptions& options_ = {});
  void reset() override {}
  /// A tensor of x's shape.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
  /// The options that it was made with.
  FeatureAlphaDropoutOptions options;
};
XGRAD_MODULE(FeatureAlphaDropout);

}  // namespace xgrad::nn
