/// CosineSimilarity and PairwiseDistance. Formulas, shapes and errors: autograd/ops/distance.h.
#pragma once

#include "autograd/base/arg.h"
#include "nn/cloneable.h"

namespace xgrad::nn {

/// Options of CosineSimilarity.
struct CosineSimilarityOptions {
  /// The dimension along which vectors lie.
  XGRAD_ARG(std::int64_t, dim) = 1;
  /// The least length of a vector.
  XGRAD_ARG(double, eps) = 1e-8;
};

/// The cosine of the angle of vectors. https://pytorch.org/docs/1.13/generated/torch.nn.CosineSimilarity.html
class CosineSimilarityImpl : public Cloneable<CosineSimilarityImpl> {
 public:
  /// From its options.
  explicit CosineSimilarityImpl(const CosineSimilarityOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// One number for each pair of vectors.
  Tensor forward(const Tensor& x1, const Tensor& x2) const;
  /// The options that it was made with.
  CosineSimilarityOptions options;
};
XGRAD_MODULE(CosineSimilarity);

/// Options of PairwiseDistance.
struct PairwiseDistanceOptions {
  /// The norm.
  XGRAD_ARG(double, p) = 2;
  /// Added to the differences.
  XGRAD_ARG(double, eps) = 1e-6;
  /// Whether the last dimension stays, with size 1.
  XGRAD_ARG(bool, keepdim) = false;
};

/// The p-norm of x1 - x2 + eps. https://pytorch.org/docs/1.13/generated/torch.nn.PairwiseDistance.html
class PairwiseDistanceImpl : public Cloneable<PairwiseDistanceImpl> {
 public:
  /// From its options.
  explicit PairwiseDistanceImpl(const PairwiseDistanceOptions& options_ = {}) : options(options_) {}
  void reset() override {}
  /// One number for each pair of vectors.
  Tensor forward(const Tensor& x1, const Tensor& x2) const;
  /// The options that it was made with.
  PairwiseDistanceOptions options;
};
XGRAD_MODULE(PairwiseDistance);

}  // namespace xgrad::nn
