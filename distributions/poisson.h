/// The Poisson distribution.
#pragma once

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// rate^k exp(-rate) / k!. https://pytorch.org/docs/1.13/distributions.html#poisson
class Poisson final : public DistributionOf<Poisson> {
 public:
  /// `rate` is not negative.
  explicit Poisson(const Parameter& rate);
  const Tensor& rate() const { return rate_; }    ///< the mean
  Poisson expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return rate_.dtype(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor mean() const override { return rate_; }
  Tensor mode() const override;
  Tensor variance() const override { return rate_; }
  Constraint support() const override { return constraints::nonnegative_integer(); }

 private:
  Tensor rate_;
};

}  // namespace xgrad::distributions
