#include "nn/functional/convolution.h"

#include <variant>

#include "autograd/ops/convolution.h"
#include "nn/choices.h"

namespace xgrad::nn::functional {

Tensor conv1d(const Tensor& x, const Tensor& weight, const Conv1dFuncOptions& options) {
  if (const auto* padding = std::get_if<ExpandingArray<1>>(&options.padding())) {
    return xgrad::conv1d(x, weight, options.bias(), options.stride(), *padding, options.dilation(), options.groups());
  }
  return xgrad::conv1d(x, weight, options.bias(), options.stride(),
                       std::holds_alternative<kSameType>(options.padding()) ? "same" : "valid", options.dilation(),
                       options.groups());
}

Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const ConvTranspose1dFuncOptions& options) {
  return xgrad::conv_transpose1d(x, weight, options.bias(), options.stride(), options.padding(), options.output_padding(),
                                 options.groups(), options.dilation());
}

}  // namespace xgrad::nn::functional
