/// The gamma distribution and what is made of gamma variables: beta, Dirichlet, Student's t. Their samples' gradients are
/// implicit: how far a sample moves when an argument does and its probability stays.
/// Figurnov, Mohamed, Mnih: "Implicit Reparameterization Gradients", https://arxiv.org/abs/1805.08498
#pragma once

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// rate^c x^(c - 1) exp(-rate x) / Gamma(c), c the concentration. https://pytorch.org/docs/1.13/distributions.html#gamma
class Gamma final : public DistributionOf<Gamma> {
 public:
  /// Both are positive.
  Gamma(const Parameter& concentration, const Parameter& rate);
  const Tensor& concentration() const { return concentration_; }  ///< the shape of the density
  const Tensor& rate() const { return rate_; }                    ///< 1 / scale
  Gamma expand(IntArrayRef batch_shape) const;                    ///< See Distribution::expanded().

  Dtype dtype() const override { return rate_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor cdf(const Tensor& value) const override;
  Tensor mean() const override;
  Tensor mode() const override;
  Tensor variance() const override;
  Tensor stddev() const override;
  Constraint support() const override { return constraints::nonnegative(); }

 private:
  Tensor concentration_;
  Tensor rate_;
};

/// The product of p_k^(c_k - 1), times Gamma(sum c) / product Gamma(c_k), over probabilities p that add up to 1: the last
/// dimension of the concentration c. https://pytorch.org/docs/1.13/distributions.html#dirichlet
class Dirichlet final : public DistributionOf<Dirichlet> {
 public:
  /// Positive: batch_shape + (categories). Throws ShapeError without dimensions.
  explicit Dirichlet(const Tensor& concentration);
  const Tensor& concentration() const { return concentration_; }  ///< how often each category counts
  Dirichlet expand(IntArrayRef batch_shape) const;                ///< See Distribution::expanded().

  Dtype dtype() const override { return concentration_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor mean() const override;
  /// Where every concentration is above 1 its formula, else the largest category.
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::simplex(); }

 private:
  Tensor concentration_;
};

/// x^(a - 1) (1 - x)^(b - 1) Gamma(a + b) / (Gamma(a) Gamma(b)), a and b the concentrations 1 and 0.
/// https://pytorch.org/docs/1.13/distributions.html#beta
class Beta final : public DistributionOf<Beta> {
 public:
  /// Both are positive.
  Beta(const Parameter& concentration1, const Parameter& concentration0);
  Tensor concentration1() const;               ///< that of 1
  Tensor concentration0() const;               ///< that of 0
  Beta expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return dirichlet_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor mean() const override;
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::unit_interval(); }

 private:
  Dirichlet dirichlet_;
};

/// loc + scale t, t of Student's distribution with `df` degrees of freedom.
/// https://pytorch.org/docs/1.13/distributions.html#studentt
class StudentT final : public DistributionOf<StudentT> {
 public:
  /// `df` and `scale` are positive.
  explicit StudentT(const Parameter& df, const Parameter& loc = 0, const Parameter& scale = 1);
  const Tensor& df() const { return df_; }         ///< degrees of freedom
  const Tensor& loc() const { return loc_; }       ///< the middle
  const Tensor& scale() const { return scale_; }   ///< its factor
  StudentT expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return df_.dtype(); }
  bool has_rsample() const override { return true; }
  Tensor rsample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  /// NaN up to one degree of freedom.
  Tensor mean() const override;
  Tensor mode() const override { return loc_; }
  /// Infinite up to two degrees of freedom, NaN up to one.
  Tensor variance() const override;
  Constraint support() const override { return constraints::real(); }

 private:
  Tensor df_;
  Tensor loc_;
  Tensor scale_;
};

}  // namespace xgrad::distributions
