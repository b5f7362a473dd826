/// Activations and dropout as functions, with libtorch's options. Formulas, shapes and errors: autograd/ops/pointwise.h,
/// activation.h, softmax.h and loss.h.
#pragma once

#include <cstdint>
#include <optional>

#include "autograd/base/arg.h"
#include "autograd/ops/activation.h"
#include "autograd/ops/feature_alpha_dropout.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/softmax.h"
#include "autograd/tensor/tensor.h"
#include "nn/modules/activation.h"
#include "nn/modules/dropout.h"
#include "nn/modules/softmax.h"

namespace xgrad::nn::functional {

using xgrad::logsigmoid;
using xgrad::mish;
using xgrad::prelu;
using xgrad::silu;
using xgrad::softsign;
using xgrad::tanhshrink;

using ReLUFuncOptions = ReLUOptions;
Tensor relu(const Tensor& x, const ReLUFuncOptions& options = {});
using ReLU6FuncOptions = ReLU6Options;
Tensor relu6(const Tensor& x, const ReLU6FuncOptions& options = {});
using LeakyReLUFuncOptions = LeakyReLUOptions;
Tensor leaky_relu(const Tensor& x, const LeakyReLUFuncOptions& options = {});
using ELUFuncOptions = ELUOptions;
Tensor elu(const Tensor& x, const ELUFuncOptions& options = {});
using SELUFuncOptions = SELUOptions;
Tensor selu(const Tensor& x, const SELUFuncOptions& options = {});
using CELUFuncOptions = CELUOptions;
Tensor celu(const Tensor& x, const CELUFuncOptions& options = {});
using HardtanhFuncOptions = HardtanhOptions;
Tensor hardtanh(const Tensor& x, const HardtanhFuncOptions& options = {});
using ThresholdFuncOptions = ThresholdOptions;
Tensor threshold(const Tensor& x, const ThresholdFuncOptions& options);
using GELUFuncOptions = GELUOptions;
Tensor gelu(const Tensor& x, const GELUFuncOptions& options = {});
using SoftplusFuncOptions = SoftplusOptions;
Tensor softplus(const Tensor& x, const SoftplusFuncOptions& options = {});
using HardshrinkFuncOptions = HardshrinkOptions;
Tensor hardshrink(const Tensor& x, const HardshrinkFuncOptions& options = {});
using SoftshrinkFuncOptions = SoftshrinkOptions;
Tensor softshrink(const Tensor& x, const SoftshrinkFuncOptions& options = {});
using GLUFuncOptions = GLUOptions;
Tensor glu(const Tensor& x, const GLUFuncOptions& options = {});
struct SoftmaxFuncOptions {
  SoftmaxFuncOptions(std::int64_t dim) : dim_(dim) {}                         // NOLINT(google-explicit-constructor)
  SoftmaxFuncOptions(const SoftmaxOptions& options) : dim_(options.dim()) {}  // NOLINT(google-explicit-constructor)
  SoftmaxFuncOptions(IsBool auto dim) = delete;
  /// The dimension that adds up to 1.
  XGRAD_ARG(std::int64_t, dim);
  /// To which x is converted first.
  XGRAD_ARG(std::optional<Dtype>, dtype) = std::nullopt;
};
Tensor softmax(const Tensor& x, const SoftmaxFuncOptions& options);
using SoftminFuncOptions = SoftmaxFuncOptions;
Tensor softmin(const Tensor& x, const SoftminFuncOptions& options);
using LogSoftmaxFuncOptions = SoftmaxFuncOptions;
Tensor log_softmax(const Tensor& x, const LogSoftmaxFuncOptions& options);

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
Tensor alpha_dropout(const Tensor& x, const AlphaDropoutFuncOptions& options = {});
using FeatureAlphaDropoutFuncOptions = AlphaDropoutFuncOptions;
Tensor feature_alpha_dropout(const Tensor& x, const FeatureAlphaDropoutFuncOptions& options = {});

}  // namespace xgrad::nn::functional
