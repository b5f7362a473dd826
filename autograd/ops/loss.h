/// Losses and dropout.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// What becomes of the losses of the single elements.
enum class Reduction { None, Mean, Sum };
inline constexpr Reduction kNone = Reduction::None;  ///< each as it is
inline constexpr Reduction kMean = Reduction::Mean;  ///< their mean
inline constexpr Reduction kSum = Reduction::Sum;    ///< their sum

/// (input - target)^2. Throws ShapeError where the shapes differ.
Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction = kMean);
/// |input - target|
Tensor l1_loss(const Tensor& input, const Tensor& target, Reduction reduction = kMean);
/// -w (t log(x) + (1 - t) log(1 - x)), with logarithms limited to -100. Throws ValueError for an input outside [0, 1].
/// https://pytorch.org/docs/1.13/generated/torch.nn.BCELoss.html
Tensor binary_cross_entropy(const Tensor& input, const Tensor& target, const Tensor& weight = {},
                            Reduction reduction = kMean);
/// The same of sigmoid(input), without overflow; `pos_weight` scales the loss of positives.
/// https://pytorch.org/docs/1.13/generated/torch.nn.BCEWithLogitsLoss.html
Tensor binary_cross_entropy_with_logits(const Tensor& input, const Tensor& target, const Tensor& weight = {},
                                        const Tensor& pos_weight = {}, Reduction reduction = kMean);
/// -w[target] input[target] for log-probabilities (N, C), (C) or (N, C, ...) and int64 targets (N), () or (N, ...); the mean
/// is over the weights. Throws IndexError for a target that is neither in [0, C) nor `ignore_index`.
/// https://pytorch.org/docs/1.13/generated/torch.nn.NLLLoss.html
Tensor nll_loss(const Tensor& input, const Tensor& target, const Tensor& weight = {}, std::int64_t ignore_index = -100,
                Reduction reduction = kMean);
/// The same, with libtorch's order of arguments.
inline Tensor nll_loss(const Tensor& input, const Tensor& target, const Tensor& weight, Reduction reduction,
                       std::int64_t ignore_index = -100) {
  return nll_loss(input, target, weight, ignore_index, reduction);
}
/// nll_loss of log_softmax(input) over the classes; targets may also be probabilities of input's shape. With smoothing s,
/// each target is (1 - s) of itself and s / C of every class.
/// https://pytorch.org/docs/1.13/generated/torch.nn.CrossEntropyLoss.html
Tensor cross_entropy(const Tensor& input, const Tensor& target, const Tensor& weight = {}, std::int64_t ignore_index = -100,
                     Reduction reduction = kMean, double label_smoothing = 0);
/// cross_entropy, with libtorch's name and order of arguments.
inline Tensor cross_entropy_loss(const Tensor& input, const Tensor& target, const Tensor& weight = {},
                                 Reduction reduction = kMean, std::int64_t ignore_index = -100, double label_smoothing = 0) {
  return cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing);
}

/// While training: elements are 0 with probability p, and the others divided by 1 - p. Throws ValueError outside [0, 1].
/// Srivastava et al., 2014.
Tensor dropout(const Tensor& x, OnlyReal p, OnlyBool train);
/// A bool first and a number after it are the wrong way round.

}  // namespace xgrad
