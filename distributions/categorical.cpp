#include "distributions/categorical.h"

#include <cmath>
#include <limits>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/special.h"
#include "autograd/ops/statistics.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"
#include "distributions/bernoulli.h"

namespace xgrad::distributions {

namespace {

DimVector without_last(IntArrayRef sizes) { return {sizes.begin(), sizes.end() - 1}; }

}  // namespace

Categorical::Categorical(const Tensor& probs) : Categorical(ProbsOrLogits{.probs = probs}) {}

Categorical::Categorical(const ProbsOrLogits& parameters) : DistributionOf("Categorical") {
  const Tensor& given = detail::require_one("Categorical", parameters);
  check<ShapeError>(given.dim() > 0 && given.size(-1) > 0, "Categorical: expected a dimension of categories, got {}",
                    given.sizes());
  if (parameters.probs.defined()) {
    detail::require("Categorical", "probs", given, constraints::nonnegative());
    const Tensor total = sum(given, -1, true);
    check<ValueError>(!detail::validates_args() || all(logical_and(gt(total, 0), isfinite(total))).item<bool>(),
                      "Categorical: the sum of probs must be positive and finite");
    given_.probs = given / total;
  } else {
    detail::require("Categorical", "logits", given, constraints::independent(constraints::real(), 1));
    given_.logits = given - logsumexp(given, -1, true);
  }
  set_shapes(without_last(given.sizes()));
}

Tensor Categorical::probs() const { return given_.probs.defined() ? given_.probs : softmax(given_.logits, -1); }
Tensor Categorical::logits() const {
  return given_.logits.defined() ? given_.logits : log(detail::clamp_probs(given_.probs));
}
std::int64_t Categorical::categories() const { return parameter().size(-1); }

Categorical Categorical::expand(IntArrayRef batch_shape) const {
  const DimVector shape = detail::joined(expanded_shape(batch_shape), {categories()});
  Categorical expanded = *this;  // already normalised
  Tensor& parameter = given_.probs.defined() ? expanded.given_.probs : expanded.given_.logits;
  parameter = parameter.expand(shape);
  expanded.set_shapes(batch_shape);
  return expanded;
}

Tensor Categorical::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  const std::int64_t samples = number_of_elements(sample_shape);
  const DimVector shape = extended_shape(sample_shape);
  if (number_of_elements(shape) == 0) return empty(shape, kInt64);
  return multinomial(probs().reshape({-1, categories()}), samples, true).t().reshape(shape);
}

Tensor Categorical::log_prob(const Tensor& value) const {
  checked_value(value);
  const Tensor index = value.to(kInt64);
  const DimVector shape = broadcast_shapes("Categorical", index.sizes(), batch_shape());
  const Tensor scores = logits().expand(detail::joined(shape, {categories()}));
  return squeeze(gather(scores, -1, unsqueeze(index.expand(shape), -1)), -1);
}

Tensor Categorical::entropy() const {
  // Categories of probability 0 add nothing.
  return -sum(clamp(logits(), -xgrad::detail::float_limits(dtype()).largest) * probs(), -1);
}

Tensor Categorical::mean() const {
  return full(batch_shape(), std::numeric_limits<double>::quiet_NaN(), parameter().dtype());
}

Tensor Categorical::mode() const { return argmax(parameter().detach(), -1); }
Tensor Categorical::variance() const { return mean(); }

Constraint Categorical::support() const {
  return constraints::integer_interval(full({}, static_cast<double>(categories() - 1), kFloat64));
}

Tensor Categorical::enumerate_support(bool expand) const {
  DimVector shape(batch_shape().size() + 1, 1);
  shape[0] = categories();
  const Tensor values = arange(categories()).view(shape);
  return expand ? values.expand(detail::joined({categories()}, batch_shape())) : values;
}

OneHotCategorical::OneHotCategorical(const Tensor& probs) : OneHotCategorical(Categorical(probs)) {}

OneHotCategorical::OneHotCategorical(const ProbsOrLogits& parameters) : OneHotCategorical(Categorical(parameters)) {}

OneHotCategorical::OneHotCategorical(Categorical categorical)
    : DistributionOf("OneHotCategorical"), categorical_(std::move(categorical)) {
  set_shapes(categorical_.batch_shape(), {categorical_.categories()});
}

OneHotCategorical OneHotCategorical::expand(IntArrayRef batch_shape) const {
  return OneHotCategorical(categorical_.expand(batch_shape));
}

Tensor OneHotCategorical::sample(IntArrayRef sample_shape) const {
  return one_hot(categorical_.sample(sample_shape), categorical_.categories()).to(dtype());
}

Tensor OneHotCategorical::log_prob(const Tensor& value) const {
  return categorical_.log_prob(argmax(checked_value(value).detach(), -1));
}

Tensor OneHotCategorical::mode() const { return one_hot(categorical_.mode(), categorical_.categories()).to(dtype()); }

Tensor OneHotCategorical::variance() const {
  const Tensor p = probs();
  return p * (1 - p);
}

Tensor OneHotCategorical::enumerate_support(bool expand) const {
  const std::int64_t n = categorical_.categories();
  DimVector shape(batch_shape().size() + 2, 1);
  shape[0] = n;
  shape.back() = n;
  const Tensor values = eye(n, dtype()).view(shape);
  return expand ? values.expand(detail::joined({n}, detail::joined(batch_shape(), {n}))) : values;
}

Multinomial::Multinomial(std::int64_t total_count, const Tensor& probs) : Multinomial(total_count, Categorical(probs)) {}

Multinomial::Multinomial(std::int64_t total_count, const ProbsOrLogits& parameters)
    : Multinomial(total_count, Categorical(parameters)) {}

Multinomial::Multinomial(std::int64_t total_count, Categorical categorical)
    : DistributionOf("Multinomial"), total_count_(total_count), categorical_(std::move(categorical)) {
  check<ValueError>(total_count >= 0, "Multinomial: total_count must not be negative, got {}", total_count);
  set_shapes(categorical_.batch_shape(), {categorical_.categories()});
}

Multinomial Multinomial::expand(IntArrayRef batch_shape) const {
  return Multinomial(total_count_, categorical_.expand(batch_shape));
}

Tensor Multinomial::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  const Tensor drawn = movedim(categorical_.sample(detail::joined({total_count_}, sample_shape)), 0, -1);
  const Tensor counts = zeros(extended_shape(sample_shape), kInt64);  // float32 does not hold all of them
  return scatter_add(counts, -1, drawn, ones({}, kInt64).expand(drawn.sizes())).to(dtype());
}

Tensor Multinomial::log_prob(const Tensor& value) const {
  const Tensor counts = checked_value(value);
  // 0 times a logit of -inf is 0.
  const Tensor scores = logits();
  const Tensor is_impossible = logical_and(eq(counts.detach(), 0), isneginf(scores.detach()));
  const Tensor products = counts * masked_fill(scores.expand(is_impossible.sizes()), is_impossible, 0);
  return lgamma(sum(counts, -1) + 1) - sum(lgamma(counts + 1), -1) + sum(products, -1);
}

Tensor Multinomial::entropy() const {
  // n H(category) - log n! + the sum over categories of E[log x_k!], where x_k is binomial.
  const auto n = static_cast<double>(total_count_);
  const Binomial one(n, probs());
  const Tensor counts = one.enumerate_support(false);
  const Tensor expected = sum(sum(exp(one.log_prob(counts)) * lgamma(counts + 1), 0), -1);
  return n * categorical_.entropy() - std::lgamma(n + 1) + expected;
}

Tensor Multinomial::mean() const { return static_cast<double>(total_count_) * probs(); }

Tensor Multinomial::variance() const {
  const Tensor p = probs();
  return static_cast<double>(total_count_) * p * (1 - p);
}

}  // namespace xgrad::distributions
