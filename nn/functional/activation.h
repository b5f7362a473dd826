/// Activations and dropout as functions, with libtorch's options. Formulas, shapes and errors: autograd/ops/pointwise.h,
/// activation.h, softmax.h and loss.h.
#pragma once

#include "autograd/ops/activation.h"
#include "autograd/ops/feature_alpha_dropout.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/softmax.h"
#include "nn/modules/activation.h"
#include "nn/modules/dropout.h"

namespace xgrad::nn::functional {

using xgrad::logsigmoid;
using xgrad::mish;
using xgrad::prelu;
using xgrad::silu;
using xgrad::softsign;
using xgrad::tanhshrink;

/// See ReLUOptions.
using ReLUFuncOptions = ReLUOptions;
/// xgrad::relu with these options.
Tensor relu(const Tensor& x, const ReLUFuncOptions& options = {});
/// See ReLU6Options.
using ReLU6FuncOptions = ReLU6Options;
/// xgrad::relu6 with these options.
Tensor relu6(const Tensor& x, const ReLU6FuncOptions& options = {});
/// See LeakyReLUOptions.
using LeakyReLUFuncOptions = LeakyReLUOptions;
/// xgrad::leaky_relu with these options.
Tensor leaky_relu(const Tensor& x, const LeakyReLUFuncOptions& options = {});
/// See ELUOptions.
using ELUFuncOptions = ELUOptions;
/// xgrad::elu with these options.
Tensor elu(const Tensor& x, const ELUFuncOptions& options = {});
/// See SELUOptions.
using SELUFuncOptions = SELUOptions;
/// xgrad::selu with these options.
Tensor selu(const Tensor& x, const SELUFuncOptions& options = {});
/// See CELUOptions.
using CELUFuncOptions = CELUOptions;
/// xgrad::celu with these options.
Tensor celu(const Tensor& x, const CELUFuncOptions& options = {});
/// See HardtanhOptions.
using HardtanhFuncOptions = HardtanhOptions;
/// xgrad::hardtanh with these options.
Tensor hardtanh(const Tensor& x, const HardtanhFuncOptions& options = {});
/// See ThresholdOptions.
using ThresholdFuncOptions = ThresholdOptions;
/// xgrad::threshold with these options.
Tensor threshold(const Tensor& x, const ThresholdFuncOptions& options);
/// See GELUOptions.
using GELUFuncOptions = GELUOptions;
/// xgrad::gelu with these options.
Tensor gelu(const Tensor& x, const GELUFuncOptions& options = {});
/// See SoftplusOptions.
using SoftplusFuncOptions = SoftplusOptions;
/// xgrad::softplus with these options.
Tensor softplus(const Tensor& x, const SoftplusFuncOptions& options = {});
/// See HardshrinkOptions.
using HardshrinkFuncOptions = HardshrinkOptions;
/// xgrad::hardshrink with these options.
Tensor hardshrink(const Tensor& x, const HardshrinkFuncOptions& options = {});
/// See SoftshrinkOptions.
using SoftshrinkFuncOptions = SoftshrinkOptions;
/// xgrad::softshrink with these options.
Tensor softshrink(const Tensor& x, const SoftshrinkFuncOptions& options = {});
/// See GLUOptions.
using GLUFuncOptions = GLUOptions;
/// xgrad::glu with these options.
Tensor glu(const Tensor& x, const GLUFuncOptions& options = {});
/// See SoftmaxOptions.
using SoftmaxFuncOptions = SoftmaxOptions;
/// xgrad::softmax with these options.
Tensor softmax(const Tensor& x, const SoftmaxFuncOptions& options);
/// See SoftminOptions.
using SoftminFuncOptions = SoftminOptions;
/// xgrad::softmin with these options.
Tensor softmin(const Tensor& x, const SoftminFuncOptions& options);
/// See LogSoftmaxOptions.
using LogSoftmaxFuncOptions = LogSoftmaxOptions;
/// xgrad::log_softmax with these options.
Tensor log_softmax(const Tensor& x, const LogSoftmaxFuncOptions& options);

/// Options of rrelu.
struct RReLUFuncOptions {
  /// The least slope.
  XGRAD_ARG(double, lower) = 1.0 / 8;
  /// The largest slope.
  XGRAD_ARG(double, upper) = 1.0 / 3;
  /// Whether slopes are drawn at random.
  XGRAD_ARG(bool, training) = false;
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};
/// xgrad::rrelu with these options.
Tensor rrelu(const Tensor& x, const RReLUFuncOptions& options = {});

/// Options of dropout and alpha_dropout.
struct DropoutFuncOptions {
  /// The probability with which an element is dropped.
  XGRAD_ARG(double, p) = 0.5;
  /// Whether any is.
  XGRAD_ARG(bool, training) = true;
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};
/// xgrad::dropout with these options.
Tensor dropout(const Tensor& x, const DropoutFuncOptions& options = {});
/// Options of alpha_dropout, which by default drops nothing.
struct AlphaDropoutFuncOptions {
  /// The probability with which an element is dropped.
  XGRAD_ARG(double, p) = 0.5;
  /// Whether any is.
  XGRAD_ARG(bool, training) = false;
  /// Whether the input is changed in place, and returned.
  XGRAD_ARG(bool, inplace) = false;
};
/// xgrad::alpha_dropout with these options.
Tensor alpha_dropout(const Tensor& x, const AlphaDropoutFuncOptions& options = {});
/// See AlphaDropoutFuncOptions.
using FeatureAlphaDropoutFuncOptions = AlphaDropoutFuncOptions;
/// xgrad::feature_alpha_dropout with these options.
Tensor feature_alpha_dropout(const Tensor& x, const FeatureAlphaDropoutFuncOptions& options = {});

}  // namespace xgrad::nn::functional
