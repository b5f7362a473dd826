/// The normal distribution of vectors.
#pragma once

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// Which one of the matrices of a MultivariateNormal is given: as in `MultivariateNormal(loc, {.scale_tril = L})`.
struct Covariance {
  Tensor covariance_matrix = {};  ///< symmetric and positive definite
  Tensor precision_matrix = {};   ///< its inverse
  Tensor scale_tril = {};         ///< its lower triangular factor L, with a positive diagonal: L L^T
  Tensor diagonal = {};           ///< the standard deviations of independent elements
};

/// loc + L z for vectors z of independent standard normal numbers.
/// https://pytorch.org/docs/1.13/distributions.html#multivariatenormal
class MultivariateNormal final : public DistributionOf<MultivariateNormal> {
 public:
  /// `loc` ends in the elements' dimension, and the matrix in two of its size, or `diagonal` in one. Throws ValueError
  /// unless exactly one is given.
  MultivariateNormal(const Tensor& loc, const Covariance& covariance);
  const Tensor& loc() const { return loc_; }                 ///< the mean
  const Tensor& scale_tril() const { return scale_tril_; }   ///< L
  Tensor covariance_matrix() const;                          ///< L L^T
  Tensor precision_matrix() const;                           ///< its inverse
  MultivariateNormal expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return loc_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor mean() const override { return loc_; }
  Tensor mode() const override { return loc_; }
  Tensor variance() const override;
  Constraint support() const override { return constraints::real_vector(); }

 private:
  Tensor loc_;
  Tensor scale_tril_;
};

}  // namespace xgrad::distributions
