/// Losses that ask for a margin between what is right and what is wrong. Inputs are floating-point (TypeError); shapes that
/// do not fit throw ShapeError. https://pytorch.org/docs/1.13/nn.functional.html#loss-functions
#pragma once

#include <functional>

#include "autograd/ops/loss.h"

namespace xgrad {

/// x where the target is 1, max(0, margin - x) where it is -1.
Tensor hinge_embedding_loss(const Tensor& input, const Tensor& target, double margin = 1, Reduction reduction = kMean);
/// max(0, margin - t (x1 - x2)): t = 1 asks for x1 to be larger, t = -1 for x2. They broadcast, but have as
/// many dimensions. Throws ShapeError where they do not.
Tensor margin_ranking_loss(const Tensor& input1, const Tensor& input2, const Tensor& target, double margin = 0,
                           Reduction reduction = kMean);
/// 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1, for inputs (N, D) and targets (N), or
/// (D) and ().
Tensor cosine_embedding_loss(const Tensor& input1, const Tensor& input2, const Tensor& target, double margin = 0,
                             Reduction reduction = kMean);
/// sum over classes i other than the target y of max(0, margin - x[y] + x[i])^p, divided by the number of classes, times
/// weight[y]: inputs (N, C) and int64 targets (N), or (C) and (). p is 1 or 2 (ValueError). Throws IndexError for a target
/// out of range.
Tensor multi_margin_loss(const Tensor& input, const Tensor& target, std::int64_t p = 1, double margin = 1,
                         const Tensor& weight = {}, Reduction reduction = kMean);
/// sum over targets y and classes i that are none of max(0, 1 - x[y] + x[i]), divided by the number of classes: inputs (N,
/// C) or (C), int64 targets of the same shape, each row up to its first -1. Throws IndexError for a target out of range.
Tensor multilabel_margin_loss(const Tensor& input, const Tensor& target, Reduction reduction = kMean);
/// The mean over the last dimension, the classes, of -(t log(sigmoid(x)) + (1 - t) log(sigmoid(-x))), each times its class's
/// weight. Targets have the input's shape.
Tensor multilabel_soft_margin_loss(const Tensor& input, const Tensor& target, const Tensor& weight = {},
                                   Reduction reduction = kMean);
/// log(1 + e^(-t x)) for targets 1 and -1 of the input's shape
Tensor soft_margin_loss(const Tensor& input, const Tensor& target, Reduction reduction = kMean);
/// max(0, d(anchor, positive) - d(anchor, negative) + margin) with d = pairwise_distance of norm p; with `swap` the distance
/// of positive and negative takes the place of that of anchor and negative where it is smaller.
Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative, double margin = 1,
                           OnlyReal p = 2, double eps = 1e-6, OnlyBool swap = false, Reduction reduction = kMean);
/// The same with a distance of one's own.
Tensor triplet_margin_with_distance_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                         const std::function<Tensor(const Tensor&, const Tensor&)>& distance,
                                         double margin = 1, OnlyBool swap = false, Reduction reduction = kMean);

}  // namespace xgrad
