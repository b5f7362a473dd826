/// The losses as functions, with libtorch's options. Formulas, shapes and errors: autograd/ops/loss.h, regression_loss.h,
/// margin_loss.h, ctc_loss.h and distance.h.
#pragma once

#include "autograd/ops/ctc_loss.h"
#include "autograd/ops/distance.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/margin_loss.h"
#include "autograd/ops/regression_loss.h"
#include "autograd/tensor/tensor.h"
#include "nn/modules/distance.h"
#include "nn/modules/loss.h"
#include "nn/modules/margin_loss.h"
#include "nn/modules/regression_loss.h"

namespace xgrad::nn::functional {

using CrossEntropyFuncOptions = CrossEntropyLossOptions;
using NLLLossFuncOptions = NLLLossOptions;
using BinaryCrossEntropyFuncOptions = BCELossOptions;
using BinaryCrossEntropyWithLogitsFuncOptions = BCEWithLogitsLossOptions;
using KLDivFuncOptions = KLDivLossOptions;
using PoissonNLLLossFuncOptions = PoissonNLLLossOptions;
using CTCLossFuncOptions = CTCLossOptions;
using MSELossFuncOptions = MSELossOptions;
using L1LossFuncOptions = L1LossOptions;
using SmoothL1LossFuncOptions = SmoothL1LossOptions;
using HuberLossFuncOptions = HuberLossOptions;
using HingeEmbeddingLossFuncOptions = HingeEmbeddingLossOptions;
using MarginRankingLossFuncOptions = MarginRankingLossOptions;
using CosineEmbeddingLossFuncOptions = CosineEmbeddingLossOptions;
using MultiMarginLossFuncOptions = MultiMarginLossOptions;
using MultiLabelMarginLossFuncOptions = MultiLabelMarginLossOptions;
using MultiLabelSoftMarginLossFuncOptions = MultiLabelSoftMarginLossOptions;
using SoftMarginLossFuncOptions = SoftMarginLossOptions;
using TripletMarginLossFuncOptions = TripletMarginLossOptions;
using TripletMarginWithDistanceLossFuncOptions = TripletMarginWithDistanceLossOptions;
using CosineSimilarityFuncOptions = CosineSimilarityOptions;
using PairwiseDistanceFuncOptions = PairwiseDistanceOptions;

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
inline Tensor poisson_nll_loss(const Tensor& input, const Tensor& target, const PoissonNLLLossFuncOptions& options = {}) {
  return xgrad::poisson_nll_loss(input, target, options.log_input(), options.full(), options.eps(), options.reduction());
}
inline Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                       const Tensor& target_lengths, const CTCLossFuncOptions& options = {}) {
  return xgrad::ctc_loss(log_probs, targets, input_lengths, target_lengths, options.blank(), options.reduction(),
                         options.zero_infinity());
}
inline Tensor mse_loss(const Tensor& input, const Tensor& target, const MSELossFuncOptions& options = {}) {
  return xgrad::mse_loss(input, target, options.reduction());
}
inline Tensor l1_loss(const Tensor& input, const Tensor& target, const L1LossFuncOptions& options = {}) {
  return xgrad::l1_loss(input, target, options.reduction());
}
inline Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, const SmoothL1LossFuncOptions& options = {}) {
  return xgrad::smooth_l1_loss(input, target, options.reduction(), options.beta());
}
/// The same, with another beta than that of the options.
inline Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, const SmoothL1LossFuncOptions& options,
                             double beta) {
  return xgrad::smooth_l1_loss(input, target, options.reduction(), beta);
}
inline Tensor huber_loss(const Tensor& input, const Tensor& target, const HuberLossFuncOptions& options = {}) {
  return xgrad::huber_loss(input, target, options.reduction(), options.delta());
}
inline Tensor hinge_embedding_loss(const Tensor& input, const Tensor& target,
                                   const HingeEmbeddingLossFuncOptions& options = {}) {
  return xgrad::hinge_embedding_loss(input, target, options.margin(), options.reduction());
}
inline Tensor margin_ranking_loss(const Tensor& input1, const Tensor& input2, const Tensor& target,
                                  const MarginRankingLossFuncOptions& options = {}) {
  return xgrad::margin_ranking_loss(input1, input2, target, options.margin(), options.reduction());
}
inline Tensor cosine_embedding_loss(const Tensor& input1, const Tensor& input2, const Tensor& target,
                                    const CosineEmbeddingLossFuncOptions& options = {}) {
  return xgrad::cosine_embedding_loss(input1, input2, target, options.margin(), options.reduction());
}
inline Tensor multi_margin_loss(const Tensor& input, const Tensor& target, const MultiMarginLossFuncOptions& options = {}) {
  return xgrad::multi_margin_loss(input, target, options.p(), options.margin(), options.weight(), options.reduction());
}
inline Tensor multilabel_margin_loss(const Tensor& input, const Tensor& target,
                                     const MultiLabelMarginLossFuncOptions& options = {}) {
  return xgrad::multilabel_margin_loss(input, target, options.reduction());
}
inline Tensor multilabel_soft_margin_loss(const Tensor& input, const Tensor& target,
                                          const MultiLabelSoftMarginLossFuncOptions& options = {}) {
  return xgrad::multilabel_soft_margin_loss(input, target, options.weight(), options.reduction());
}
inline Tensor soft_margin_loss(const Tensor& input, const Tensor& target, const SoftMarginLossFuncOptions& options = {}) {
  return xgrad::soft_margin_loss(input, target, options.reduction());
}
inline Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                  const TripletMarginLossFuncOptions& options = {}) {
  return xgrad::triplet_margin_loss(anchor, positive, negative, options.margin(), options.p(), options.eps(), options.swap(),
                                    options.reduction());
}
inline Tensor cosine_similarity(const Tensor& x1, const Tensor& x2, const CosineSimilarityFuncOptions& options = {}) {
  return xgrad::cosine_similarity(x1, x2, options.dim(), options.eps());
}
inline Tensor pairwise_distance(const Tensor& x1, const Tensor& x2, const PairwiseDistanceFuncOptions& options = {}) {
  return xgrad::pairwise_distance(x1, x2, options.p(), options.eps(), options.keepdim());
}
/// kl_div; kBatchMean divides the sum by the first dimension's size.
Tensor kl_div(const Tensor& input, const Tensor& target, const KLDivFuncOptions& options = {});
/// triplet_margin_loss with the options' distance, or pairwise_distance.
Tensor triplet_margin_with_distance_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                         const TripletMarginWithDistanceLossFuncOptions& options = {});

}  // namespace xgrad::nn::functional
