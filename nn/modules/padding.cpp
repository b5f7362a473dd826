#include "nn/modules/padding.h"

#include <ostream>

#include "autograd/ops/pad.h"

namespace xgrad::nn {

Tensor ReflectionPad1dImpl::forward(const Tensor& x) const { return pad(x, options.padding(), PadMode::Reflect); }
void ReflectionPad1dImpl::pretty_print(std::ostream& stream) const {
  stream << "ReflectionPad1d(padding=" << options.padding() << ')';
}

Tensor ReplicationPad1dImpl::forward(const Tensor& x) const { return pad(x, options.padding(), PadMode::Replicate); }
void ReplicationPad1dImpl::pretty_print(std::ostream& stream) const {
  stream << "ReplicationPad1d(padding=" << options.padding() << ')';
}

Tensor ZeroPad1dImpl::forward(const Tensor& x) const { return pad(x, options.padding()); }
void ZeroPad1dImpl::pretty_print(std::ostream& stream) const { stream << "ZeroPad1d(padding=" << options.padding() << ')'; }

Tensor ConstantPad1dImpl::forward(const Tensor& x) const {
  return pad(x, options.padding(), PadMode::Constant, options.value());
}
void ConstantPad1dImpl::pretty_print(std::ostream& stream) const {
  stream << "ConstantPad1d(padding=" << options.padding() << ", value=" << options.value() << ')';
}

}  // namespace xgrad::nn
