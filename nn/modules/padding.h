/// Padding in time, as layers: (..., time) becomes (..., before + time + behind). Negative numbers cut steps off where the
/// padding is constant. Throw as xgrad::pad. https://pytorch.org/docs/1.13/nn.html#padding-layers
#pragma once

#include "autograd/base/arg.h"
#include "nn/cloneable.h"
#include "nn/expanding_array.h"

namespace xgrad::nn {

/// Options of ReflectionPad1d.
struct ReflectionPad1dOptions {
  /// The only option.
  ReflectionPad1dOptions(ExpandingArray<2> padding) : padding_(padding) {}  // NOLINT(google-explicit-constructor)
  /// Steps before and behind; one number is for both.
  XGRAD_ARG(ExpandingArray<2>, padding);
};
/// Options of ReplicationPad1d.
using ReplicationPad1dOptions = ReflectionPad1dOptions;
/// Options of ZeroPad1d.
using ZeroPad1dOptions = ReflectionPad1dOptions;
/// Options of ConstantPad1d.
struct ConstantPad1dOptions {
  /// Both options.
  ConstantPad1dOptions(ExpandingArray<2> padding, double value) : padding_(padding), value_(value) {}
  /// Steps before and behind; one number is for both.
  XGRAD_ARG(ExpandingArray<2>, padding);
  /// What they hold.
  XGRAD_ARG(double, value);
};

/// A layer with a padding and no parameters; the base of the others.
template <class Derived, class Options>
struct Pad1dImpl : Cloneable<Derived> {
  /// From its options.
  explicit Pad1dImpl(const Options& options_) : options(options_) {}
  void reset() override {}
  /// The options that it was made with.
  Options options;
};

/// The input mirrored at its first and last step, which are not repeated.
struct ReflectionPad1dImpl : Pad1dImpl<ReflectionPad1dImpl, ReflectionPad1dOptions> {
  /// From a padding.
  ReflectionPad1dImpl(ExpandingArray<2> padding) : Pad1dImpl(padding) {}  // NOLINT(google-explicit-constructor)
  using Pad1dImpl::Pad1dImpl;
  /// The padded tensor.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
};
XGRAD_MODULE(ReflectionPad1d);

/// The first and last step again.
struct ReplicationPad1dImpl : Pad1dImpl<ReplicationPad1dImpl, ReplicationPad1dOptions> {
  /// From a padding.
  ReplicationPad1dImpl(ExpandingArray<2> padding) : Pad1dImpl(padding) {}  // NOLINT(google-explicit-constructor)
  using Pad1dImpl::Pad1dImpl;
  /// The padded tensor.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
};
XGRAD_MODULE(ReplicationPad1d);

/// Zeros. PyTorch has it since 2.1.
struct ZeroPad1dImpl : Pad1dImpl<ZeroPad1dImpl, ZeroPad1dOptions> {
  /// From a padding.
  ZeroPad1dImpl(ExpandingArray<2> padding) : Pad1dImpl(padding) {}  // NOLINT(google-explicit-constructor)
  using Pad1dImpl::Pad1dImpl;
  /// The padded tensor.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
};
XGRAD_MODULE(ZeroPad1d);

/// One value.
struct ConstantPad1dImpl : Pad1dImpl<ConstantPad1dImpl, ConstantPad1dOptions> {
  /// From a padding and what it holds.
  ConstantPad1dImpl(ExpandingArray<2> padding, double value) : Pad1dImpl(ConstantPad1dOptions(padding, value)) {}
  using Pad1dImpl::Pad1dImpl;
  /// The padded tensor.
  Tensor forward(const Tensor& x) const;
  void pretty_print(std::ostream& stream) const override;
};
XGRAD_MODULE(ConstantPad1d);

}  // namespace xgrad::nn
