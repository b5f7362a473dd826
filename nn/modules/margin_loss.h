/// Margin losses as modules. Formulas, shapes and errors: autograd/ops/margin_loss.h.
#pragma once

#include <functional>

#include "autograd/base/arg.h"
#include "autograd/ops/loss.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of HingeEmbeddingLoss.
struct HingeEmbeddingLossOptions {
  /// What is asked for between right and wrong.
  XGRAD_ARG(double, margin) = 1;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// x where the target is 1, max(0, margin - x) where it is -1. https://pytorch.org/docs/1.13/generated/torch.nn.HingeEmbeddingLoss.html
class HingeEmbeddingLossImpl : public Cloneable<HingeEmbeddingLossImpl> {
 public:
  /// From its options.
  explicit HingeEmbeddingLossImpl(const HingeEmbeddingLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  HingeEmbeddingLossOptions options;
};
XGRAD_MODULE(HingeEmbeddingLoss);

/// Options of MarginRankingLoss.
struct MarginRankingLossOptions {
  /// What is asked for between right and wrong.
  XGRAD_ARG(double, margin) = 0;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// max(0, margin - t (x1 - x2)) https://pytorch.org/docs/1.13/generated/torch.nn.MarginRankingLoss.html
class MarginRankingLossImpl : public Cloneable<MarginRankingLossImpl> {
 public:
  /// From its options.
  explicit MarginRankingLossImpl(const MarginRankingLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input1, const Tensor& input2, const Tensor& target) const;
  /// The options that it was made with.
  MarginRankingLossOptions options;
};
XGRAD_MODULE(MarginRankingLoss);

/// Options of CosineEmbeddingLoss.
struct CosineEmbeddingLossOptions {
  /// What is asked for between right and wrong.
  XGRAD_ARG(double, margin) = 0;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// 1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1. https://pytorch.org/docs/1.13/generated/torch.nn.CosineEmbeddingLoss.html
class CosineEmbeddingLossImpl : public Cloneable<CosineEmbeddingLossImpl> {
 public:
  /// From its options.
  explicit CosineEmbeddingLossImpl(const CosineEmbeddingLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input1, const Tensor& input2, const Tensor& target) const;
  /// The options that it was made with.
  CosineEmbeddingLossOptions options;
};
XGRAD_MODULE(CosineEmbeddingLoss);

/// Options of MultiMarginLoss.
struct MultiMarginLossOptions {
  /// 1 or 2.
  XGRAD_ARG(std::int64_t, p) = 1;
  /// What is asked for between right and wrong.
  XGRAD_ARG(double, margin) = 1;
  /// A weight for each class.
  XGRAD_ARG(Tensor, weight);
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// max(0, margin - x[target] + x[i])^p over the other classes i. https://pytorch.org/docs/1.13/generated/torch.nn.MultiMarginLoss.html
class MultiMarginLossImpl : public Cloneable<MultiMarginLossImpl> {
 public:
  /// From its options.
  explicit MultiMarginLossImpl(const MultiMarginLossOptions& options_ = {});
  void reset() override;
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  MultiMarginLossOptions options;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(MultiMarginLoss);

/// Options of MultiLabelMarginLoss.
struct MultiLabelMarginLossOptions {
  /// With the other options at their defaults.
  MultiLabelMarginLossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction);
};

/// max(0, 1 - x[target] + x[i]) over targets and other classes i. https://pytorch.org/docs/1.13/generated/torch.nn.MultiLabelMarginLoss.html
class MultiLabelMarginLossImpl : public Cloneable<MultiLabelMarginLossImpl> {
 public:
  /// From its options.
  explicit MultiLabelMarginLossImpl(const MultiLabelMarginLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  MultiLabelMarginLossOptions options;
};
XGRAD_MODULE(MultiLabelMarginLoss);

/// Options of MultiLabelSoftMarginLoss.
struct MultiLabelSoftMarginLossOptions {
  /// A weight for each class.
  XGRAD_ARG(Tensor, weight);
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// binary_cross_entropy_with_logits, averaged over classes. https://pytorch.org/docs/1.13/generated/torch.nn.MultiLabelSoftMarginLoss.html
class MultiLabelSoftMarginLossImpl : public Cloneable<MultiLabelSoftMarginLossImpl> {
 public:
  /// From its options.
  explicit MultiLabelSoftMarginLossImpl(const MultiLabelSoftMarginLossOptions& options_ = {});
  void reset() override;
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  MultiLabelSoftMarginLossOptions options;
  Tensor weight;  ///< a weight for each class, or undefined
};
XGRAD_MODULE(MultiLabelSoftMarginLoss);

/// Options of SoftMarginLoss.
struct SoftMarginLossOptions {
  /// With the other options at their defaults.
  SoftMarginLossOptions(Reduction reduction = kMean) : reduction_(reduction) {}  // NOLINT(google-explicit-constructor)
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction);
};

/// log(1 + e^(-t x)) https://pytorch.org/docs/1.13/generated/torch.nn.SoftMarginLoss.html
class SoftMarginLossImpl : public Cloneable<SoftMarginLossImpl> {
 public:
  /// From its options.
  explicit SoftMarginLossImpl(const SoftMarginLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& input, const Tensor& target) const;
  /// The options that it was made with.
  SoftMarginLossOptions options;
};
XGRAD_MODULE(SoftMarginLoss);

/// Options of TripletMarginLoss.
struct TripletMarginLossOptions {
  /// What is asked for between right and wrong.
  XGRAD_ARG(double, margin) = 1;
  /// The norm of the distance.
  XGRAD_ARG(double, p) = 2;
  /// Added to the differences.
  XGRAD_ARG(double, eps) = 1e-6;
  /// Whether the distance of positive and negative counts where it is smaller.
  XGRAD_ARG(bool, swap) = false;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// max(0, d(anchor, positive) - d(anchor, negative) + margin) https://pytorch.org/docs/1.13/generated/torch.nn.TripletMarginLoss.html
class TripletMarginLossImpl : public Cloneable<TripletMarginLossImpl> {
 public:
  /// From its options.
  explicit TripletMarginLossImpl(const TripletMarginLossOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const;
  /// The options that it was made with.
  TripletMarginLossOptions options;
};
XGRAD_MODULE(TripletMarginLoss);

/// A distance between two batches of vectors.
using DistanceFunction = std::function<Tensor(const Tensor&, const Tensor&)>;

/// Options of TripletMarginWithDistanceLoss.
struct TripletMarginWithDistanceLossOptions {
  /// The distance; pairwise_distance where left out.
  XGRAD_ARG(DistanceFunction, distance_function);
  /// What is asked for between right and wrong.
  XGRAD_ARG(double, margin) = 1;
  /// Whether the distance of positive and negative counts where it is smaller.
  XGRAD_ARG(bool, swap) = false;
  /// What becomes of the losses of the single elements: kNone, kMean or kSum.
  XGRAD_ARG(Reduction, reduction) = kMean;
};

/// TripletMarginLoss with a distance of one's own. https://pytorch.org/docs/1.13/generated/torch.nn.TripletMarginWithDistanceLoss.html
class TripletMarginWithDistanceLossImpl : public Cloneable<TripletMarginWithDistanceLossImpl> {
 public:
  /// From its options.
  explicit TripletMarginWithDistanceLossImpl(const TripletMarginWithDistanceLossOptions& options_ = {})
      : options(options_) {}
  void reset() override {}
  /// The loss, reduced as the options say.
  Tensor forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const;
  /// The options that it was made with.
  TripletMarginWithDistanceLossOptions options;
};
XGRAD_MODULE(TripletMarginWithDistanceLoss);

}  // namespace xgrad::nn
