/// What all distributions have in common. https://pytorch.org/docs/1.13/distributions.html
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <utility>

#include "autograd/tensor/tensor.h"
#include "distributions/constraints.h"
#include "distributions/parameter.h"

namespace xgrad::distributions {

class Distribution;
/// A distribution of any kind, shared.
using DistributionPtr = std::shared_ptr<const Distribution>;

/// Whether distributions check their arguments and the values whose probability is asked for; they do from the start.
void set_default_validate_args(bool validate);

/// Probabilities or logits: exactly one of them, as in `Categorical({.logits = scores})`.
struct ProbsOrLogits {
  Tensor probs = {};   ///< probabilities
  Tensor logits = {};  ///< their logarithms up to a constant; for Bernoulli and its kin log(p / (1 - p))
};

/// A family of independent distributions of `batch_shape`, each over values of `event_shape`. A distribution never changes;
/// gradients flow into the tensors that it was made from. All of them throw ValueError for arguments outside their sets,
/// ShapeError for arguments that do not broadcast, TypeError for integer tensors; log_prob and cdf ValueError for values
/// outside the support. What a family has no formula for throws Error.
class Distribution {
 public:
  virtual ~Distribution() = default;

  IntArrayRef batch_shape() const { return batch_shape_; }  ///< the shape of the family
  IntArrayRef event_shape() const { return event_shape_; }  ///< the shape of one value
  const char* name() const { return name_; }                ///< of its class
  virtual Dtype dtype() const = 0;                          ///< of samples and probabilities

  /// Draws outside the graph: sample_shape + batch_shape + event_shape.
  virtual Tensor sample(IntArrayRef sample_shape = {}) const;
  /// Draws through which gradients flow into the arguments.
  virtual Tensor rsample(IntArrayRef sample_shape = {}) const;
  virtual bool has_rsample() const { return false; }
  /// log of the density or probability of values, which broadcast with batch_shape + event_shape.
  virtual Tensor log_prob(const Tensor& value) const = 0;
  /// -E[log p(x)], in nats.
  virtual Tensor entropy() const;
  /// exp(entropy())
  Tensor perplexity() const;
  /// P(x <= value)
  virtual Tensor cdf(const Tensor& value) const;
  /// The value whose cdf() is given.
  virtual Tensor icdf(const Tensor& probability) const;
  virtual Tensor mean() const;      ///< the expected value
  virtual Tensor mode() const;      ///< the most likely value
  virtual Tensor variance() const;  ///< of each element
  virtual Tensor stddev() const;    ///< the root of the variance
  /// The values that samples may have.
  virtual Constraint support() const = 0;
  /// All values of a discrete distribution: (values) + batch_shape + event_shape, or ones in place of the batch's sizes
  /// unless `expand`.
  virtual Tensor enumerate_support(bool expand = true) const;
  /// The same distribution with a batch shape that this one's broadcasts to. Each class has its own `expand`, too.
  virtual DistributionPtr expanded(IntArrayRef batch_shape) const = 0;

 protected:
  explicit Distribution(const char* name) : name_(name) {}
  void set_shapes(IntArrayRef batch_shape, IntArrayRef event_shape = {}) {
    batch_shape_ = to_dims(batch_shape);
    event_shape_ = to_dims(event_shape);
  }

  /// sample_shape + batch_shape + event_shape
  DimVector extended_shape(IntArrayRef sample_shape) const;
  /// batch_shape + event_shape of another batch shape. Throws ShapeError unless this one's broadcasts to it.
  DimVector expanded_shape(IntArrayRef batch_shape) const;
  /// The value in this distribution's dtype. Throws as log_prob does.
  Tensor checked_value(const Tensor& value) const;
  /// Throws Error: there is no `what`.
  [[noreturn]] void refuse(const char* what) const;

 private:
  const char* name_;
  DimVector batch_shape_;
  DimVector event_shape_;
};

/// Distributions that `expand` copies: what they share.
template <class Derived>
class DistributionOf : public Distribution {
 public:
  DistributionPtr expanded(IntArrayRef batch_shape) const override {
    return std::make_shared<Derived>(static_cast<const Derived&>(*this).expand(batch_shape));
  }

 protected:
  using Distribution::Distribution;
};

/// A shared copy of a distribution.
template <std::derived_from<Distribution> D>
DistributionPtr share(D distribution) {
  return std::make_shared<D>(std::move(distribution));
}

namespace detail {

bool validates_args();
/// The parameters as tensors of one dtype and shape. Throws TypeError, ShapeError.
TensorList broadcast_parameters(const char* distribution, std::initializer_list<Parameter> parameters);
/// Throws ValueError where a value lies outside the set.
void require(const char* distribution, const char* parameter, const Tensor& value, const Constraint& constraint);
/// The one of the two that is defined, checked: probabilities of one event, or logits.
const Tensor& require_one(const char* distribution, const ProbsOrLogits& parameters);
/// Two shapes, one behind the other.
DimVector joined(IntArrayRef a, IntArrayRef b);
/// The sum over the last dimensions.
Tensor sum_rightmost(const Tensor& x, std::int64_t dims);
/// Probabilities between the smallest normal number and the largest below 1: as much as is needed for finite logits.
Tensor away_from_ends(const Tensor& probs);
/// Probabilities between epsilon and 1 - epsilon, as PyTorch limits those that it is given.
Tensor clamp_probs(const Tensor& probs);
/// log(p / (1 - p)) of clamped probabilities.
Tensor logits_of(const Tensor& probs);

}  // namespace detail

}  // namespace xgrad::distributions
