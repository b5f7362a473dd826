/// Normal and log-normal distributions.
#pragma once

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// exp(-(x - loc)^2 / (2 scale^2)) / (scale sqrt(2 pi)). https://pytorch.org/docs/1.13/distributions.html#normal
class Normal final : public DistributionOf<Normal> {
 public:
  /// `scale`, the standard deviation, is positive.
  Normal(const Parameter& loc, const Parameter& scale);
  const Tensor& loc() const { return loc_; }      ///< the mean
  const Tensor& scale() const { return scale_; }  ///< the standard deviation
  Normal expand(IntArrayRef batch_shape) const;   ///< See Distribution::expanded().

  Dtype dtype() const override { return loc_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor cdf(const Tensor& value) const override;
  Tensor icdf(const Tensor& probability) const override;
  Tensor mean() const override { return loc_; }
  Tensor mode() const override { return loc_; }
  Tensor variance() const override;
  Tensor stddev() const override;
  Constraint support() const override { return constraints::real(); }

 private:
  Tensor loc_;
  Tensor scale_;
};

/// exp of a normal variable. https://pytorch.org/docs/1.13/distributions.html#lognormal
class LogNormal final : public DistributionOf<LogNormal> {
 public:
  /// Mean and standard deviation of the logarithm; `scale` is positive.
  LogNormal(const Parameter& loc, const Parameter& scale);
  const Normal& base() const { return base_; }           ///< of the logarithm
  const Tensor& loc() const { return base_.loc(); }      ///< the logarithm's mean
  const Tensor& scale() const { return base_.scale(); }  ///< the logarithm's standard deviation
  LogNormal expand(IntArrayRef batch_shape) const;       ///< See Distribution::expanded().

  Dtype dtype() const override { return base_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor cdf(const Tensor& value) const override;
  Tensor icdf(const Tensor& probability) const override;
  Tensor mean() const override;
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::positive(); }

 private:
  Normal base_;
};

}  // namespace xgrad::distributions
