#include "autograd/ops/pad.h"

#include "nn/functional/layers.h"

namespace xgrad::nn::functional {

Tensor pad(const Tensor& x, const PadFuncOptions& options) {
  // The modes in the order of PadFuncMode.
  constexpr PadMode modes[] = {PadMode::Constant, PadMode::Reflect, PadMode::Replicate, PadMode::Circular};
  return xgrad::pad(x, options.pad(), modes[options.mode().index()], options.value());
}

Tensor gumbel_softmax(const Tensor& logits, const GumbelSoftmaxFuncOptions& options) {
  return xgrad::gumbel_softmax(logits, options.tau(), options.hard(), options.dim());
}

}  // namespace xgrad::nn::functional
