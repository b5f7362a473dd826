/// Distributions of chances that come true with a probability: Bernoulli, binomial, geometric. Probabilities may be 0 and 1;
/// logits are log(p / (1 - p)).
#pragma once

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// 1 with probability p, else 0. https://pytorch.org/docs/1.13/distributions.html#bernoulli
class Bernoulli final : public DistributionOf<Bernoulli> {
 public:
  /// `probs` lie in [0, 1].
  explicit Bernoulli(const Parameter& probs);
  /// `Bernoulli({.logits = scores})`. Throws ValueError unless exactly one is given.
  explicit Bernoulli(const ProbsOrLogits& parameters);
  Tensor probs() const;                             ///< of 1
  Tensor logits() const;                            ///< their log-odds
  Bernoulli expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override;
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor mean() const override { return probs(); }
  /// NaN where both are as likely.
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::boolean(); }
  Tensor enumerate_support(bool expand = true) const override;

 private:
  ProbsOrLogits given_;
};

/// How many of `total_count` independent chances come true. https://pytorch.org/docs/1.13/distributions.html#binomial
class Binomial final : public DistributionOf<Binomial> {
 public:
  /// `total_count`: whole numbers, not negative.
  Binomial(const Parameter& total_count, const Parameter& probs);
  /// `Binomial(10, {.logits = scores})`. Throws ValueError unless exactly one is given.
  Binomial(const Parameter& total_count, const ProbsOrLogits& parameters);
  const Tensor& total_count() const { return total_count_; }  ///< how many chances
  Tensor probs() const;                                       ///< of one chance
  Tensor logits() const;                                      ///< its log-odds
  Binomial expand(IntArrayRef batch_shape) const;             ///< See Distribution::expanded().

  Dtype dtype() const override { return total_count_.dtype(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  /// By the sum over all counts. Throws Error for different total counts.
  Tensor entropy() const override;
  Tensor mean() const override;
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::integer_interval(total_count_.detach()); }
  /// Throws Error for different total counts.
  Tensor enumerate_support(bool expand = true) const override;

 private:
  Tensor total_count_;
  ProbsOrLogits given_;
};

namespace detail {
/// k log(1 - p) of k failures: 0 for none, also where p is 1.
Tensor log_of_failures(const Tensor& failures, const Tensor& probs);
}  // namespace detail

/// How many chances fail before the first that comes true: p (1 - p)^k.
/// https://pytorch.org/docs/1.13/distributions.html#geometric
class Geometric final : public DistributionOf<Geometric> {
 public:
  /// `probs` lie in (0, 1].
  explicit Geometric(const Parameter& probs);
  /// `Geometric({.logits = scores})`. Throws ValueError unless exactly one is given.
  explicit Geometric(const ProbsOrLogits& parameters);
  Tensor probs() const;                             ///< of one chance
  Tensor logits() const;                            ///< its log-odds
  Geometric expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override;
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor mean() const override;
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::nonnegative_integer(); }

 private:
  ProbsOrLogits given_;
};

}  // namespace xgrad::distributions
