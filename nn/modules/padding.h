/// Padding in time, as layers: (..., time) becomes (..., before + time + behind). Negative numbers cut steps off where the
/// padding is constant. Throw as xgrad::pad. https://pytorch.org/docs/1.13/nn.html#padding-layers
#pragma once

#include "autograd/base/arg.h"
#include "nn/expanding_array.h"
#include "nn/layer.h"

namespace xgrad::nn {

/// Options of ReflectionPad1d, ReplicationPad1d and ZeroPad1d.
struct ReflectionPad1dOptions {
  ReflectionPad1dOptions(ExpandingArray<2> padding) : padding_(padding) {}  // NOLINT(google-explicit-constructor)
  ReflectionPad1dOptions(std::int64_t padding) : padding_(padding) {}       // NOLINT(google-explicit-constructor)
  ReflectionPad1dOptions(IsBool auto padding) = delete;
  XGRAD_ARG(ExpandingArray<2>, padding);  ///< steps before and behind; one number is for both
  XGRAD_FIELDS(shown(padding));
};
using ReplicationPad1dOptions = ReflectionPad1dOptions;
using ZeroPad1dOptions = ReflectionPad1dOptions;

struct ConstantPad1dOptions {
  ConstantPad1dOptions(ExpandingArray<2> padding, double value) : padding_(padding), value_(value) {}
  XGRAD_ARG(ExpandingArray<2>, padding);  ///< steps before and behind; one number is for both
  XGRAD_ARG(double, value);               ///< what they hold
  XGRAD_FIELDS(shown(padding), shown(value));
};

/// The input mirrored at its first and last step, which are not repeated.
struct ReflectionPad1dImpl : Layer<ReflectionPad1dImpl, ReflectionPad1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ReflectionPad1d);

/// The first and last step again.
struct ReplicationPad1dImpl : Layer<ReplicationPad1dImpl, ReplicationPad1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ReplicationPad1d);

/// Zeros. PyTorch has it since 2.1.
struct ZeroPad1dImpl : Layer<ZeroPad1dImpl, ZeroPad1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ZeroPad1d);

/// One value.
struct ConstantPad1dImpl : Layer<ConstantPad1dImpl, ConstantPad1dOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& x) const;
};
XGRAD_MODULE(ConstantPad1d);

}  // namespace xgrad::nn
