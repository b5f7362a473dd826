/// Distributions over categories: of their indices, as vectors with a 1, and how often each comes in several draws. The last
/// dimension of the probabilities or logits is that of the categories.
#pragma once

#include <cstdint>

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

/// Index k with probability p_k. Samples and values are int64; `log_prob` takes other whole numbers, too.
/// https://pytorch.org/docs/1.13/distributions.html#categorical
class Categorical final : public DistributionOf<Categorical> {
 public:
  /// Of weights: not negative, divided by their sum. Throws ShapeError without dimensions.
  explicit Categorical(const Tensor& probs);
  /// `Categorical({.logits = scores})`: any scores, as before a softmax. Throws ValueError unless exactly one is given.
  explicit Categorical(const ProbsOrLogits& parameters);
  Tensor probs() const;   ///< add up to 1
  Tensor logits() const;  ///< log(probs())
  std::int64_t categories() const;
  Categorical expand(IntArrayRef batch_shape) const;  ///< See Distribution::expanded().

  Dtype dtype() const override { return parameter().dtype(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  /// NaN: indices have none.
  Tensor mean() const override;
  Tensor mode() const override;
  /// NaN: indices have none.
  Tensor variance() const override;
  Constraint support() const override;
  Tensor enumerate_support(bool expand = true) const override;

 private:
  const Tensor& parameter() const { return given_.probs.defined() ? given_.probs : given_.logits; }
  ProbsOrLogits given_;  // normalised
};

/// The same categories as vectors with a 1 in one place. https://pytorch.org/docs/1.13/distributions.html#onehotcategorical
class OneHotCategorical final : public DistributionOf<OneHotCategorical> {
 public:
  /// As Categorical's.
  explicit OneHotCategorical(const Tensor& probs);
  explicit OneHotCategorical(const ProbsOrLogits& parameters);
  const Categorical& categorical() const { return categorical_; }  ///< the distribution of the place of the 1
  Tensor probs() const { return categorical_.probs(); }            ///< add up to 1
  Tensor logits() const { return categorical_.logits(); }          ///< log(probs())
  OneHotCategorical expand(IntArrayRef batch_shape) const;         ///< See Distribution::expanded().

  Dtype dtype() const override { return categorical_.dtype(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override { return categorical_.entropy(); }
  Tensor mean() const override { return probs(); }
  Tensor mode() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::one_hot(); }
  Tensor enumerate_support(bool expand = true) const override;

 private:
  explicit OneHotCategorical(Categorical categorical);
  Categorical categorical_;
};

/// How often each category comes in `total_count` draws. https://pytorch.org/docs/1.13/distributions.html#multinomial
class Multinomial final : public DistributionOf<Multinomial> {
 public:
  /// `total_count` is not negative; the rest as Categorical's.
  Multinomial(std::int64_t total_count, const Tensor& probs);
  Multinomial(std::int64_t total_count, const ProbsOrLogits& parameters);
  std::int64_t total_count() const { return total_count_; }        ///< how many draws
  const Categorical& categorical() const { return categorical_; }  ///< of one draw
  Tensor probs() const { return categorical_.probs(); }            ///< add up to 1
  Tensor logits() const { return categorical_.logits(); }          ///< log(probs())
  Multinomial expand(IntArrayRef batch_shape) const;               ///< See Distribution::expanded().

  Dtype dtype() const override { return categorical_.dtype(); }
  Tensor sample(IntArrayRef sample_shape = {}) const override;
  Tensor log_prob(const Tensor& value) const override;
  Tensor entropy() const override;
  Tensor mean() const override;
  Tensor variance() const override;
  Constraint support() const override { return constraints::counts(total_count_); }

 private:
  Multinomial(std::int64_t total_count, Categorical categorical);
  std::int64_t total_count_;
  Categorical categorical_;
};

}  // namespace xgrad::distributions
