/// Convolutions in time as functions, with libtorch's options. Formulas, shapes and errors: autograd/ops/convolution.h.
#pragma once

#include <cstdint>

#include "autograd/base/arg.h"
#include "autograd/tensor/tensor.h"
#include "nn/expanding_array.h"
#include "nn/modules/convolution.h"

namespace xgrad::nn::functional {

/// Options of conv1d.
struct Conv1dFuncOptions {
  /// How Conv1dPadding is named in libtorch.
  using padding_t = Conv1dPadding;
  /// (out channels), or undefined.
  XGRAD_ARG(Tensor, bias);
  /// Steps from one output to the next.
  XGRAD_ARG(ExpandingArray<1>, stride) = 1;
  /// Steps before the first and behind the last, kValid or kSame.
  XGRAD_ARG(Conv1dPadding, padding) = 0;
  /// Distance between the steps that an output sees.
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;
  /// Groups of channels that do not see one another.
  XGRAD_ARG(std::int64_t, groups) = 1;
};
/// xgrad::conv1d with these options.
Tensor conv1d(const Tensor& x, const Tensor& weight, const Conv1dFuncOptions& options = {});

/// Options of conv_transpose1d.
struct ConvTranspose1dFuncOptions {
  /// (out channels), or undefined.
  XGRAD_ARG(Tensor, bias);
  /// Outputs from one step to the next.
  XGRAD_ARG(ExpandingArray<1>, stride) = 1;
  /// Outputs that are left out at both ends.
  XGRAD_ARG(ExpandingArray<1>, padding) = 0;
  /// Outputs that are added behind.
  XGRAD_ARG(ExpandingArray<1>, output_padding) = 0;
  /// Groups of channels that do not see one another.
  XGRAD_ARG(std::int64_t, groups) = 1;
  /// Distance between the outputs that a step adds to.
  XGRAD_ARG(ExpandingArray<1>, dilation) = 1;
};
/// xgrad::conv_transpose1d with these options.
Tensor conv_transpose1d(const Tensor& x, const Tensor& weight, const ConvTranspose1dFuncOptions& options = {});

}  // namespace xgrad::nn::functional
