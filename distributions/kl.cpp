#include "distributions/kl.h"

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <numbers>
#include <optional>
#include <shared_mutex>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/special.h"
#include "autograd/ops/triangular.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "distributions/bernoulli.h"
#include "distributions/categorical.h"
#include "distributions/exponential.h"
#include "distributions/gamma.h"
#include "distributions/independent.h"
#include "distributions/multivariate_normal.h"
#include "distributions/normal.h"
#include "distributions/poisson.h"
#include "distributions/transformed_distribution.h"
#include "distributions/transforms.h"
#include "distributions/uniform.h"

namespace xgrad::distributions {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Tensor infinite(const Distribution& p, const Distribution& q) {
  return full(broadcast_shapes("kl_divergence", p.batch_shape(), q.batch_shape()), infinity, p.dtype());
}

// E[log x] and E[log(1 - x)] of what lies above 0 and below 1.

Tensor mean_log(const Beta& p) { return digamma(p.concentration1()) - digamma(p.concentration1() + p.concentration0()); }
Tensor mean_log(const Exponential& p) { return -std::numbers::egamma - log(p.rate()); }

/// The mean of log x between two numbers that are not negative.
Tensor mean_log_between(const Tensor& low, const Tensor& high) {
  return (xlogy(high, high) - xlogy(low, low)) / (high - low) - 1;
}
Tensor mean_log(const Uniform& p) { return mean_log_between(clamp(p.low(), 0), clamp(p.high(), 0)); }

Tensor mean_log_rest(const Uniform& p) {
  return mean_log_between(1 - clamp(p.high(), std::nullopt, 1), 1 - clamp(p.low(), std::nullopt, 1));
}

// Cross entropies -E_p[log q(x)], which need no more than a few moments of p.

Tensor cross_entropy(const Distribution& p, const Normal& q) {
  // Divided by the scale before they are squared, so that neither can overflow nor vanish.
  const Tensor distance = (p.mean() - q.loc()) / q.scale();
  return log(q.scale()) + 0.5 * (square(p.stddev() / q.scale()) + square(distance) + std::log(2 * std::numbers::pi));
}

Tensor cross_entropy(const Distribution& p, const Exponential& q) { return q.rate() * p.mean() - log(q.rate()); }

template <class P>
Tensor cross_entropy(const P& p, const Gamma& q) {
  return lgamma(q.concentration()) - q.concentration() * log(q.rate()) - (q.concentration() - 1) * mean_log(p) +
         q.rate() * p.mean();
}

template <class P>
Tensor cross_entropy(const P& p, const Beta& q) {
  const Tensor a = q.concentration1();
  const Tensor b = q.concentration0();
  return lgamma(a) + lgamma(b) - lgamma(a + b) - (a - 1) * mean_log(p) - (b - 1) * mean_log_rest(p);
}

/// -E|x - loc| of a normal variable: https://en.wikipedia.org/wiki/Folded_normal_distribution
Tensor cross_entropy(const Normal& p, const Laplace& q) {
  const Tensor distance = (p.loc() - q.loc()) / p.scale();
  const Tensor mean_distance = p.scale() * (std::sqrt(2 / std::numbers::pi) * exp(-0.5 * square(distance)) +
                                            distance * erf(distance * (std::numbers::sqrt2 / 2)));
  return log(2 * q.scale()) + mean_distance / q.scale();
}

Tensor cross_entropy(const Bernoulli& p, const Poisson& q) { return q.rate() - p.probs() * log(q.rate()); }

Tensor cross_entropy(const Geometric& p, const Geometric& q) {
  return -(detail::log_of_failures(p.mean(), q.probs()) + log(q.probs()));
}

/// From the cross entropy.
template <class P, class Q>
Tensor by_entropies(const P& p, const Q& q) {
  return cross_entropy(p, q) - p.entropy();
}

// Of one family: by differences, which are small where the two are alike.

/// r - 1 - log(r)
Tensor excess(const Tensor& ratio) { return ratio - 1 - log(ratio); }

Tensor normal_to_normal(const Normal& p, const Normal& q) {
  const Tensor ratio = p.scale() / q.scale();
  // r^2 - 1 - log(r^2), which does not overflow before r^2 does
  return 0.5 * ((ratio - 1) * (ratio + 1) + square((p.loc() - q.loc()) / q.scale())) - log(ratio);
}

Tensor exponential_to_exponential(const Exponential& p, const Exponential& q) { return excess(q.rate() / p.rate()); }

Tensor laplace_to_laplace(const Laplace& p, const Laplace& q) {
  const Tensor ratio = p.scale() / q.scale();
  const Tensor distance = abs(p.loc() - q.loc());
  return excess(ratio) + ratio * expm1(-distance / p.scale()) + distance / q.scale();
}

Tensor gamma_to_gamma(const Gamma& p, const Gamma& q) {
  const Tensor difference = p.concentration() - q.concentration();
  return q.concentration() * log(p.rate() / q.rate()) + (lgamma(q.concentration()) - lgamma(p.concentration())) +
         difference * digamma(p.concentration()) + (q.rate() - p.rate()) * (p.concentration() / p.rate());
}

Tensor beta_to_beta(const Beta& p, const Beta& q) {
  const Tensor p_sum = p.concentration1() + p.concentration0();
  const Tensor q_sum = q.concentration1() + q.concentration0();
  const Tensor normalizers = (lgamma(q.concentration1()) - lgamma(p.concentration1())) +
                             (lgamma(q.concentration0()) - lgamma(p.concentration0())) - (lgamma(q_sum) - lgamma(p_sum));
  return normalizers + (p.concentration1() - q.concentration1()) * digamma(p.concentration1()) +
         (p.concentration0() - q.concentration0()) * digamma(p.concentration0()) + (q_sum - p_sum) * digamma(p_sum);
}

/// The same, infinite where p has values outside [low, high].
Tensor within(const Tensor& divergence, const Tensor& is_outside) {
  return where(is_outside.expand(divergence.sizes()), infinity, divergence);
}

Tensor uniform_to_positive(const Uniform& p, const Tensor& divergence) {
  return within(divergence, lt(p.low().detach(), 0));
}

Tensor uniform_to_uniform(const Uniform& p, const Uniform& q) {
  const Tensor is_outside = logical_or(lt(p.low().detach(), q.low().detach()), gt(p.high().detach(), q.high().detach()));
  return within(log((q.high() - q.low()) / (p.high() - p.low())), is_outside);
}

Tensor uniform_to_beta(const Uniform& p, const Beta& q) {
  return within(by_entropies(p, q), logical_or(lt(p.low().detach(), 0), gt(p.high().detach(), 1)));
}

Tensor beta_to_uniform(const Beta& p, const Uniform& q) {
  return within(log(q.high() - q.low()) - p.entropy(), logical_or(gt(q.low().detach(), 0), lt(q.high().detach(), 1)));
}

// Discrete distributions.

/// p log(p / q): nothing where p is 0, infinite where only q is.
Tensor weighted_difference(const Tensor& p, const Tensor& difference, const Tensor& q) {
  const Tensor is_never = eq(p.detach(), 0);
  const Tensor product = p * masked_fill(difference, is_never.expand(difference.sizes()), 0);
  return within(product, logical_and(eq(q.detach(), 0), logical_not(is_never)));
}

/// Of two chances, each a Bernoulli or a Binomial.
template <class Chance>
Tensor chance_to_chance(const Chance& p, const Chance& q) {
  const Tensor a = p.logits();
  const Tensor b = q.logits();
  return weighted_difference(p.probs(), softplus(-b) - softplus(-a), q.probs()) +
         weighted_difference(1 - p.probs(), softplus(b) - softplus(a), 1 - q.probs());
}

Tensor binomial_to_binomial(const Binomial& p, const Binomial& q) {
  const Tensor is_more = gt(p.total_count().detach(), q.total_count().detach());
  check<Error>(all(ge(p.total_count().detach(), q.total_count().detach())).item<bool>(),
               "kl_divergence: it has no formula for binomial distributions of fewer against more chances");
  const Tensor of_one = chance_to_chance(p, q);
  // Without a chance there is nothing to tell them apart by.
  const Tensor product = p.total_count() * masked_fill(of_one, eq(p.total_count().detach(), 0).expand(of_one.sizes()), 0);
  return within(product, is_more);
}

Tensor categorical_to_categorical(const Categorical& p, const Categorical& q) {
  check<ShapeError>(p.categories() == q.categories(), "kl_divergence: Categorical of {} and of {} categories",
                    p.categories(), q.categories());
  return sum(weighted_difference(p.probs(), p.logits() - q.logits(), q.probs()), -1);
}

Tensor poisson_to_poisson(const Poisson& p, const Poisson& q) {
  return xlogy(p.rate(), p.rate()) - xlogy(p.rate(), q.rate()) - (p.rate() - q.rate());
}

// Vectors.

Tensor dirichlet_to_dirichlet(const Dirichlet& p, const Dirichlet& q) {
  const Tensor& a = p.concentration();
  const Tensor& b = q.concentration();
  check<ShapeError>(p.event_shape() == q.event_shape(), "kl_divergence: Dirichlet of event shapes {} and {}",
                    p.event_shape(), q.event_shape());
  const Tensor total = sum(a, -1, true);
  const Tensor expected = (a - b) * (digamma(a) - digamma(total));
  return lgamma(squeeze(total, -1)) - lgamma(sum(b, -1)) - sum(lgamma(a) - lgamma(b), -1) + sum(expected, -1);
}

Tensor normals(const MultivariateNormal& p, const MultivariateNormal& q) {
  check<ShapeError>(p.event_shape() == q.event_shape(), "kl_divergence: MultivariateNormal of event shapes {} and {}",
                    p.event_shape(), q.event_shape());
  const auto log_determinant = [](const MultivariateNormal& d) { return sum(log(diagonal(d.scale_tril(), 0, -2, -1)), -1); };
  const auto n = static_cast<double>(p.event_shape()[0]);
  const Tensor ratio = linalg_solve_triangular(q.scale_tril(), p.scale_tril(), false);
  const Tensor distance = linalg_solve_triangular(q.scale_tril(), unsqueeze(q.loc() - p.loc(), -1), false);
  return log_determinant(q) - log_determinant(p) +
         0.5 * (sum(square(ratio), {-2, -1}) + sum(square(distance), {-2, -1}) - n);
}

// Distributions of distributions.

Tensor independent_to_independent(const Independent& p, const Independent& q) {
  check<Error>(p.reinterpreted_batch_ndims() == q.reinterpreted_batch_ndims(),
               "kl_divergence: it has no formula for Independent of {} and of {} dimensions", p.reinterpreted_batch_ndims(),
               q.reinterpreted_batch_ndims());
  return detail::sum_rightmost(kl_divergence(*p.base(), *q.base()), p.reinterpreted_batch_ndims());
}

Tensor transformed_to_transformed(const TransformedDistribution& p, const TransformedDistribution& q) {
  check<Error>(p.transform()->equals(*q.transform()) && p.event_shape() == q.event_shape(),
               "kl_divergence: it has no formula for TransformedDistribution with different transforms");
  return kl_divergence(*p.base(), *q.base());
}

class Divergences {
 public:
  Divergences() {
    set<Normal, Normal>(normal_to_normal);
    set<Beta, Normal>(by_entropies<Beta, Normal>);
    set<Exponential, Normal>(by_entropies<Exponential, Normal>);
    set<Gamma, Normal>(by_entropies<Gamma, Normal>);
    set<Laplace, Normal>(by_entropies<Laplace, Normal>);
    set<Uniform, Normal>(by_entropies<Uniform, Normal>);
    set<Beta, Exponential>(by_entropies<Beta, Exponential>);
    set<Exponential, Exponential>(exponential_to_exponential);
    set<Gamma, Exponential>(by_entropies<Gamma, Exponential>);
    set<Uniform, Exponential>(
        [](const Uniform& p, const Exponential& q) { return uniform_to_positive(p, by_entropies(p, q)); });
    set<Beta, Gamma>(by_entropies<Beta, Gamma>);
    set<Exponential, Gamma>(by_entropies<Exponential, Gamma>);
    set<Gamma, Gamma>(gamma_to_gamma);
    set<Uniform, Gamma>([](const Uniform& p, const Gamma& q) { return uniform_to_positive(p, by_entropies(p, q)); });
    set<Beta, Beta>(beta_to_beta);
    set<Uniform, Beta>(uniform_to_beta);
    set<Uniform, Uniform>(uniform_to_uniform);
    set<Beta, Uniform>(beta_to_uniform);
    set<Normal, Laplace>(by_entropies<Normal, Laplace>);
    set<Laplace, Laplace>(laplace_to_laplace);
    set<LogNormal, LogNormal>([](const LogNormal& p, const LogNormal& q) { return normal_to_normal(p.base(), q.base()); });
    set<Bernoulli, Bernoulli>(chance_to_chance<Bernoulli>);
    set<Bernoulli, Poisson>(by_entropies<Bernoulli, Poisson>);
    set<Binomial, Binomial>(binomial_to_binomial);
    set<Categorical, Categorical>(categorical_to_categorical);
    set<OneHotCategorical, OneHotCategorical>([](const OneHotCategorical& p, const OneHotCategorical& q) {
      return categorical_to_categorical(p.categorical(), q.categorical());
    });
    set<Geometric, Geometric>(by_entropies<Geometric, Geometric>);
    set<Poisson, Poisson>(poisson_to_poisson);
    set<Dirichlet, Dirichlet>(dirichlet_to_dirichlet);
    set<MultivariateNormal, MultivariateNormal>(normals);
    set<Independent, Independent>(independent_to_independent);
    set<TransformedDistribution, TransformedDistribution>(transformed_to_transformed);
    set_infinite<Exponential, Beta, Uniform>();
    set_infinite<Gamma, Beta, Uniform>();
    set_infinite<Laplace, Beta, Exponential, Gamma, Uniform>();
    set_infinite<Normal, Beta, Exponential, Gamma, Uniform>();
    set_infinite<Poisson, Bernoulli, Binomial>();
  }

  void set(std::type_index p, std::type_index q, Divergence divergence) {
    const std::unique_lock lock(mutex_);
    table_[{p, q}] = std::move(divergence);
  }

  Divergence find(const Distribution& p, const Distribution& q) const {
    const std::shared_lock lock(mutex_);
    const auto found = table_.find({typeid(p), typeid(q)});
    check<Error>(found != table_.end(), "kl_divergence: there is no formula for {} and {}", p.name(), q.name());
    return found->second;
  }

 private:
  template <class P, class Q, class Function>
  void set(const Function& function) {
    set(typeid(P), typeid(Q), [function](const Distribution& p, const Distribution& q) {
      return function(static_cast<const P&>(p), static_cast<const Q&>(q));
    });
  }

  template <class P, class... Q>
  void set_infinite() {
    (set<P, Q>([](const Distribution& p, const Distribution& q) { return infinite(p, q); }), ...);
  }

  mutable std::shared_mutex mutex_;
  std::map<std::pair<std::type_index, std::type_index>, Divergence> table_;
};

Divergences& divergences() {
  static Divergences table;
  return table;
}

}  // namespace

namespace detail {

void register_divergence(std::type_index p, std::type_index q, Divergence divergence) {
  divergences().set(p, q, std::move(divergence));
}

}  // namespace detail

Tensor kl_divergence(const Distribution& p, const Distribution& q) { return divergences().find(p, q)(p, q); }

}  // namespace xgrad::distributions
