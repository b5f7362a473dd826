/// The uniform distribution.
#pragma once

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// 1 / (high - low) on [low, high). https://pytorch.org/docs/1.13/distributions.html#uniform
class Uniform final : public DistributionOf<Uniform> {
 public:
  /// low < high
  Uniform(const Parameter& low, const Parameter& high);
  const Tensor& low() const { return low_; }      ///< where it begins
  const Tensor& high() const { return high_; }    ///< where it ends
  Uniform expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return low_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  /// -inf at `high`.
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor cdf(const Tensor& value) const override;
  Tensor icdf(const Tensor& probability) const override;
  Tensor mean() const override;
  /// NaN: all values are as likely.
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::interval(low_.detach(), high_.detach()); }

 private:
  Tensor low_;
  Tensor high_;
};

}  // namespace xgrad::distributions
