#include "nn/modules/padding.h"

#include "autograd/ops/pad.h"

namespace xgrad::nn {

Tensor ReflectionPad1dImpl::forward(const Tensor& x) const { return pad(x, options.padding(), PadMode::Reflect); }

Tensor ReplicationPad1dImpl::forward(const Tensor& x) const { return pad(x, options.padding(), PadMode::Replicate); }

Tensor ZeroPad1dImpl::forward(const Tensor& x) const { return pad(x, options.padding()); }

Tensor ConstantPad1dImpl::forward(const Tensor& x) const {
  return pad(x, options.padding(), PadMode::Constant, options.value());
}

}  // namespace xgrad::nn
