/// Batches of distributions as one distribution.
#pragma once

#include <cstdint>

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// The last dimensions of a distribution's batch as dimensions of its values: log_prob and entropy are summed over them.
/// https://pytorch.org/docs/1.13/distributions.html#independent
class Independent final : public DistributionOf<Independent> {
 public:
  /// Throws ValueError for more dimensions than the batch has.
  Independent(DistributionPtr base, std::int64_t reinterpreted_batch_ndims);
  /// Of a distribution that it keeps a copy of.
  template <std::derived_from<Distribution> D>
  Independent(D base, std::int64_t reinterpreted_batch_ndims)
      : Independent(share(std::move(base)), reinterpreted_batch_ndims) {}
  const DistributionPtr& base() const { return base_; }             ///< the distribution of each element
  std::int64_t reinterpreted_batch_ndims() const { return dims_; }  ///< how many dimensions
  Independent expand(IntArrayRef batch_shape) const;                ///< See Distribution::expanded().

  Dtype dtype() const override { return base_->dtype(); }
  bool has_rsample() const override { return base_->has_rsample(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override { return base_->sample(sample_shape); }
  Tensor rsample(IntArrayRef sample_shape = {}) const override { return base_->rsample(sample_shape); }
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor mean() const override { return base_->mean(); }
  Tensor mode() const override { return base_->mode(); }
  Tensor variance() const override { return base_->variance(); }
  Tensor stddev() const override { return base_->stddev(); }
  Constraint support() const override { return constraints::independent(base_->support(), dims_); }
  /// Throws Error unless reinterpreted_batch_ndims() is 0.
  Tensor enumerate_support(bool expand = true) const override;

 private:
  DistributionPtr base_;
  std::int64_t dims_;
};

}  // namespace xgrad::distributions
