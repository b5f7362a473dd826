/// Mixtures.
#pragma once

#include <cstdint>
#include <utility>

#include "autograd/tensor/tensor.h"
#include "distributions/categorical.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// A draw of one of several distributions of the same kind: the last dimension of the components' batch, chosen among by a
/// Categorical. https://pytorch.org/docs/1.13/distributions.html#mixturesamefamily
class MixtureSameFamily final : public DistributionOf<MixtureSameFamily> {
 public:
  /// Throws ShapeError where the mixture's batch and categories do not fit the components' batch.
  MixtureSameFamily(Categorical mixture, DistributionPtr components);
  /// Of components that it keeps a copy of.
  template <std::derived_from<Distribution> D>
  MixtureSameFamily(Categorical mixture, D components)
      : MixtureSameFamily(std::move(mixture), share(std::move(components))) {}
  const Categorical& mixture_distribution() const { return mixture_; }  ///< which component
  const DistributionPtr& component_distribution() const { return components_; }
  MixtureSameFamily expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return components_->dtype(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  /// Where the values of the components have no dimensions.
  Tensor cdf(const Tensor& value) const override;
  Tensor mean() const override;
  Tensor variance() const override;
  Constraint support() const override;

 private:
  /// `value` with a dimension for the components.
  Tensor beside_components(const Tensor& value) const;
  /// The mixture's probabilities with as many dimensions of size 1 as values have.
  Tensor weights() const;
  std::int64_t component_dim() const { return -1 - static_cast<std::int64_t>(event_shape().size()); }

  Categorical mixture_;
  DistributionPtr components_;
};

}  // namespace xgrad::distributions
