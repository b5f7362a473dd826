/// The functions behind the modules, under libtorch's names. Formulas, shapes and errors: autograd/ops/.
#pragma once

#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/softmax.h"
#include "nn/modules/loss.h"

namespace xgrad::nn::functional {

using CrossEntropyFuncOptions = CrossEntropyLossOptions;
using NLLLossFuncOptions = NLLLossOptions;
using BinaryCrossEntropyFuncOptions = BCELossOptions;
using BinaryCrossEntropyWithLogitsFuncOptions = BCEWithLogitsLossOptions;
using MSELossFuncOptions = MSELossOptions;
using L1LossFuncOptions = L1LossOptions;

struct DropoutFuncOptions {
  XGRAD_ARG(double, p) = 0.5;
  XGRAD_ARG(bool, training) = true;
};

using xgrad::elu;
using xgrad::embedding;
using xgrad::gelu;
using xgrad::hardtanh;
using xgrad::leaky_relu;
using xgrad::linear;
using xgrad::log_softmax;
using xgrad::logsigmoid;
using xgrad::one_hot;
using xgrad::relu;
using xgrad::silu;
using xgrad::softmax;
using xgrad::softplus;

inline Tensor dropout(const Tensor& x, const DropoutFuncOptions& options = {}) {
  return xgrad::dropout(x, options.p(), options.training());
}
inline Tensor cross_entropy(const Tensor& input, const Tensor& target, const CrossEntropyFuncOptions& options = {}) {
  return xgrad::cross_entropy(input, target, options.weight(), options.ignore_index(), options.reduction(),
                              options.label_smoothing());
}
inline Tensor nll_loss(const Tensor& input, const Tensor& target, const NLLLossFuncOptions& options = {}) {
  return xgrad::nll_loss(input, target, options.weight(), options.ignore_index(), options.reduction());
}
inline Tensor binary_cross_entropy(const Tensor& input, const Tensor& target,
                                   const BinaryCrossEntropyFuncOptions& options = {}) {
  return xgrad::binary_cross_entropy(input, target, options.weight(), options.reduction());
}
inline Tensor binary_cross_entropy_with_logits(const Tensor& input, const Tensor& target,
                                               const BinaryCrossEntropyWithLogitsFuncOptions& options = {}) {
  return xgrad::binary_cross_entropy_with_logits(input, target, options.weight(), options.pos_weight(), options.reduction());
}
inline Tensor mse_loss(const Tensor& input, const Tensor& target, const MSELossFuncOptions& options = {}) {
  return xgrad::mse_loss(input, target, options.reduction());
}
inline Tensor l1_loss(const Tensor& input, const Tensor& target, const L1LossFuncOptions& options = {}) {
  return xgrad::l1_loss(input, target, options.reduction());
}

}  // namespace xgrad::nn::functional
