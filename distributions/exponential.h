/// Distributions with exponential tails: exponential and Laplace.
#pragma once

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// rate exp(-rate x) for x >= 0. https://pytorch.org/docs/1.13/distributions.html#exponential
class Exponential final : public DistributionOf<Exponential> {
 public:
  /// `rate` is positive.
  explicit Exponential(const Parameter& rate);
  const Tensor& rate() const { return rate_; }        ///< 1 / mean
  Exponential expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return rate_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor cdf(const Tensor& value) const override;
  Tensor icdf(const Tensor& probability) const override;
  Tensor mean() const override;
  Tensor mode() const override;
  Tensor variance() const override;
  Tensor stddev() const override;
  Constraint support() const override { return constraints::nonnegative(); }

 private:
  Tensor rate_;
};

/// exp(-|x - loc| / scale) / (2 scale). https://pytorch.org/docs/1.13/distributions.html#laplace
class Laplace final : public DistributionOf<Laplace> {
 public:
  /// `scale` is positive.
  Laplace(const Parameter& loc, const Parameter& scale);
  const Tensor& loc() const { return loc_; }      ///< the mean
  const Tensor& scale() const { return scale_; }  ///< the mean distance from it
  Laplace expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

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

}  // namespace xgrad::distributions
