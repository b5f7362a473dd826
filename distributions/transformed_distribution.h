/// Distributions of transformed variables.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"
#include "distributions/transforms.h"

namespace xgrad::distributions {

/// The distribution of f(x) for x of another one: log p(y) = log p(x) - log |dy / dx|.
/// https://pytorch.org/docs/1.13/distributions.html#transformeddistribution
class TransformedDistribution final : public DistributionOf<TransformedDistribution> {
 public:
  /// Throws ValueError for a null distribution or transform, ShapeError where a transform takes more dimensions than there
  /// are.
  TransformedDistribution(DistributionPtr base, TransformPtr transform);
  /// Several transforms, the first one first.
  TransformedDistribution(DistributionPtr base, std::vector<TransformPtr> transforms);
  /// Of a distribution and a transform that it keeps copies of.
  template <std::derived_from<Distribution> D, std::derived_from<Transform> T>
  TransformedDistribution(D base, T transform)
      : TransformedDistribution(share(std::move(base)), TransformPtr(std::make_shared<T>(std::move(transform)))) {}
  /// Of a distribution that it keeps a copy of.
  template <std::derived_from<Distribution> D>
  TransformedDistribution(D base, std::vector<TransformPtr> transforms)
      : TransformedDistribution(share(std::move(base)), std::move(transforms)) {}
  const DistributionPtr& base() const { return base_; }           ///< the distribution of x
  const TransformPtr& transform() const { return transform_; }    ///< f
  TransformedDistribution expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return base_->dtype(); }
  bool has_rsample() const override { return base_->has_rsample(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  /// Where the transform has a sign.
  Tensor cdf(const Tensor& value) const override;
  Tensor icdf(const Tensor& probability) const override;
  Constraint support() const override;

 private:
  DistributionPtr base_;
  TransformPtr transform_;
};

}  // namespace xgrad::distributions
