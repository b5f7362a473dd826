/// Margin losses as modules. Formulas, shapes and errors: autograd/ops/margin_loss.h.
#pragma once

#include <cstdint>
#include <functional>

#include "autograd/base/arg.h"
#include "autograd/base/fields.h"
#include "autograd/ops/loss.h"
#include "autograd/tensor/tensor.h"
#include "nn/layer.h"
#include "nn/module.h"

namespace xgrad::nn {

struct HingeEmbeddingLossOptions {
  XGRAD_ARG(double, margin) = 1;  ///< what is asked for between right and wrong
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(shown(margin), kept(reduction));
};

/// x where the target is 1, max(0, margin - x) where it is -1.
/// https://pytorch.org/docs/1.13/generated/torch.nn.HingeEmbeddingLoss.html
struct HingeEmbeddingLossImpl : Layer<HingeEmbeddingLossImpl, HingeEmbeddingLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(HingeEmbeddingLoss);

struct MarginRankingLossOptions {
  XGRAD_ARG(double, margin) = 0;  ///< what is asked for between right and wrong
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(kept(margin), kept(reduction));
};

/// max(0, margin - t (x1 - x2)) https://pytorch.org/docs/1.13/generated/torch.nn.MarginRankingLoss.html
struct MarginRankingLossImpl : Layer<MarginRankingLossImpl, MarginRankingLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input1, const Tensor& input2, const Tensor& target) const;
};
XGRAD_MODULE(MarginRankingLoss);

struct CosineEmbeddingLossOptions {
  XGRAD_ARG(double, margin) = 0;  ///< what is asked for between right and wrong
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(shown(margin), kept(reduction));
};

/// 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1.
/// https://pytorch.org/docs/1.13/generated/torch.nn.CosineEmbeddingLoss.html
struct CosineEmbeddingLossImpl : Layer<CosineEmbeddingLossImpl, CosineEmbeddingLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input1, const Tensor& input2, const Tensor& target) const;
};
XGRAD_MODULE(CosineEmbeddingLoss);

struct MultiMarginLossOptions {
  XGRAD_ARG(std::int64_t, p) = 1;  ///< 1 or 2
  XGRAD_ARG(double, margin) = 1;   ///< what is asked for between right and wrong
  XGRAD_ARG(Tensor, weight);       ///< a weight for each class
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(shown(p), shown(margin), shown(weight), shown(reduction));
};

/// max(0, margin - x[target] + x[i])^p over the other classes i.
/// https://pytorch.org/docs/1.13/generated/torch.nn.MultiMarginLoss.html
struct MultiMarginLossImpl : Layer<MultiMarginLossImpl, MultiMarginLossOptions> {
  explicit MultiMarginLossImpl(const MultiMarginLossOptions& options_ = {});
  void reset() override;
  Tensor forward(const Tensor& input, const Tensor& target) const;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(MultiMarginLoss);

struct MultiLabelMarginLossOptions {
  MultiLabelMarginLossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(Reduction, reduction);
  XGRAD_FIELDS(kept(reduction));
};

/// max(0, 1 - x[target] + x[i]) over targets and other classes i.
/// https://pytorch.org/docs/1.13/generated/torch.nn.MultiLabelMarginLoss.html
struct MultiLabelMarginLossImpl : Layer<MultiLabelMarginLossImpl, MultiLabelMarginLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(MultiLabelMarginLoss);

struct MultiLabelSoftMarginLossOptions {
  XGRAD_ARG(Tensor, weight);  ///< a weight for each class
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(kept(weight), kept(reduction));
};

/// binary_cross_entropy_with_logits, averaged over classes.
/// https://pytorch.org/docs/1.13/generated/torch.nn.MultiLabelSoftMarginLoss.html
struct MultiLabelSoftMarginLossImpl : Layer<MultiLabelSoftMarginLossImpl, MultiLabelSoftMarginLossOptions> {
  explicit MultiLabelSoftMarginLossImpl(const MultiLabelSoftMarginLossOptions& options_ = {});
  void reset() override;
  Tensor forward(const Tensor& input, const Tensor& target) const;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(MultiLabelSoftMarginLoss);

struct SoftMarginLossOptions {
  SoftMarginLossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(Reduction, reduction);
  XGRAD_FIELDS(kept(reduction));
};

/// log(1 + e^(-t x)) https://pytorch.org/docs/1.13/generated/torch.nn.SoftMarginLoss.html
struct SoftMarginLossImpl : Layer<SoftMarginLossImpl, SoftMarginLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& input, const Tensor& target) const;
};
XGRAD_MODULE(SoftMarginLoss);

struct TripletMarginLossOptions {
  XGRAD_ARG(double, margin) = 1;  ///< what is asked for between right and wrong
  XGRAD_ARG(double, p) = 2;       ///< the norm of the distance
  XGRAD_ARG(double, eps) = 1e-6;  ///< added to the differences
  /// Whether the distance of positive and negative counts where it is smaller.
  XGRAD_ARG(bool, swap) = false;
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(shown(margin), shown(p), shown(eps), shown(swap), kept(reduction));
};

/// max(0, d(anchor, positive) - d(anchor, negative) + margin)
/// https://pytorch.org/docs/1.13/generated/torch.nn.TripletMarginLoss.html
struct TripletMarginLossImpl : Layer<TripletMarginLossImpl, TripletMarginLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const;
};
XGRAD_MODULE(TripletMarginLoss);

/// A distance between two batches of vectors.
using DistanceFunction = std::function<Tensor(const Tensor&, const Tensor&)>;

struct TripletMarginWithDistanceLossOptions {
  XGRAD_ARG(DistanceFunction, distance_function);  ///< the distance; pairwise_distance where left out
  XGRAD_ARG(double, margin) = 1;                   ///< what is asked for between right and wrong
  /// Whether the distance of positive and negative counts where it is smaller.
  XGRAD_ARG(bool, swap) = false;
  XGRAD_ARG(Reduction, reduction) = kMean;
  XGRAD_FIELDS(shown(margin), shown(swap), kept(reduction));
};

/// TripletMarginLoss with a distance of one's own.
/// https://pytorch.org/docs/1.13/generated/torch.nn.TripletMarginWithDistanceLoss.html
struct TripletMarginWithDistanceLossImpl : Layer<TripletMarginWithDistanceLossImpl, TripletMarginWithDistanceLossOptions> {
  using Layer::Layer;
  Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const;
};
XGRAD_MODULE(TripletMarginWithDistanceLoss);

}  // namespace xgrad::nn
