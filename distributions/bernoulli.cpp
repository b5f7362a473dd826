#include "distributions/bernoulli.h"

#include <cstdint>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/count_sampling.h"
#include "autograd/ops/joining.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/random.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/special.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::distributions {

namespace {

const Tensor& tensor_of(const ProbsOrLogits& given) { return given.probs.defined() ? given.probs : given.logits; }

/// The same with the probabilities or logits of another shape.
ProbsOrLogits expand_to(const ProbsOrLogits& given, const DimVector& shape) {
  if (given.probs.defined()) return {.probs = given.probs.expand(shape)};
  return {.logits = given.logits.expand(shape)};
}

Tensor probs_of(const ProbsOrLogits& given) { return given.probs.defined() ? given.probs : sigmoid(given.logits); }

Tensor logits_of(const ProbsOrLogits& given) {
  return given.logits.defined() ? given.logits : detail::logits_of(given.probs);
}

ProbsOrLogits checked(const char* distribution, const ProbsOrLogits& parameters) {
  const Tensor& given = detail::require_one(distribution, parameters);
  if (parameters.probs.defined()) {
    detail::require(distribution, "probs", given, constraints::unit_interval());
  } else {
    detail::require(distribution, "logits", given, constraints::real());
  }
  return parameters;
}

ProbsOrLogits checked(const char* distribution, const Parameter& probs) {
  return checked(distribution, ProbsOrLogits{.probs = detail::broadcast_parameters(distribution, {probs})[0]});
}

/// The entropy of one chance.
Tensor entropy_of(const ProbsOrLogits& given) {
  return binary_cross_entropy_with_logits(logits_of(given), probs_of(given), {}, {}, Reduction::None);
}

}  // namespace

Bernoulli::Bernoulli(const Parameter& probs) : DistributionOf("Bernoulli"), given_(checked("Bernoulli", probs)) {
  set_shapes(tensor_of(given_).sizes());
}

Bernoulli::Bernoulli(const ProbsOrLogits& parameters)
    : DistributionOf("Bernoulli"), given_(checked("Bernoulli", parameters)) {
  set_shapes(tensor_of(given_).sizes());
}

Tensor Bernoulli::probs() const { return probs_of(given_); }
Tensor Bernoulli::logits() const { return logits_of(given_); }
Bernoulli Bernoulli::expand(IntArrayRef batch_shape) const {
  return Bernoulli(expand_to(given_, expanded_shape(batch_shape)));
}
Dtype Bernoulli::dtype() const { return tensor_of(given_).dtype(); }

Tensor Bernoulli::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  return bernoulli(probs().expand(extended_shape(sample_shape)));
}

Tensor Bernoulli::log_prob(const Tensor& value) const {
  const TensorList operands = broadcast_tensors({logits(), checked_value(value)});
  return -binary_cross_entropy_with_logits(operands[0], operands[1], {}, {}, Reduction::None);
}

Tensor Bernoulli::entropy() const { return entropy_of(given_); }

Tensor Bernoulli::mode() const {
  const Tensor p = probs().detach();
  return masked_fill(gt(p, 0.5).to(dtype()), eq(p, 0.5), std::numeric_limits<double>::quiet_NaN());
}

Tensor Bernoulli::variance() const {
  const Tensor p = probs();
  return p * (1 - p);
}

Tensor Bernoulli::enumerate_support(bool expand) const {
  DimVector shape(batch_shape().size() + 1, 1);
  shape[0] = 2;
  const Tensor values = arange(2, dtype()).view(shape);
  return expand ? values.expand(detail::joined({2}, batch_shape())) : values;
}

Binomial::Binomial(const Parameter& total_count, const Parameter& probs)
    : Binomial(total_count, ProbsOrLogits{.probs = detail::broadcast_parameters("Binomial", {probs})[0]}) {}

Binomial::Binomial(const Parameter& total_count, const ProbsOrLogits& parameters)
    : DistributionOf("Binomial"), given_(checked("Binomial", parameters)) {
  const bool by_probs = given_.probs.defined();
  const bool is_integer = total_count.tensor().defined() && !total_count.tensor().is_floating_point();
  const Parameter counts = is_integer ? Parameter(total_count.tensor().to(tensor_of(given_).dtype())) : total_count;
  const TensorList operands = detail::broadcast_parameters("Binomial", {counts, tensor_of(given_)});
  detail::require("Binomial", "total_count", operands[0], constraints::nonnegative_integer());
  total_count_ = operands[0];
  given_ = by_probs ? ProbsOrLogits{.probs = operands[1]} : ProbsOrLogits{.logits = operands[1]};
  set_shapes(total_count_.sizes());
}

Tensor Binomial::probs() const { return probs_of(given_); }
Tensor Binomial::logits() const { return logits_of(given_); }

Binomial Binomial::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return Binomial(total_count_.expand(shape), expand_to(given_, shape));
}

Tensor Binomial::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  const DimVector shape = extended_shape(sample_shape);
  return binomial(total_count_.expand(shape), probs().expand(shape));
}

Tensor Binomial::log_prob(const Tensor& value) const {
  const Tensor k = checked_value(value);
  const Tensor scores = logits();
  return lgamma(total_count_ + 1) - lgamma(k + 1) - lgamma(total_count_ - k + 1) + k * scores +
         total_count_ * logsigmoid(-scores);
}

Tensor Binomial::entropy() const {
  const Tensor log_probabilities = log_prob(enumerate_support(false));
  return -sum(exp(log_probabilities) * log_probabilities, 0);
}

Tensor Binomial::mean() const { return total_count_ * probs(); }

Tensor Binomial::mode() const { return minimum(floor((total_count_ + 1) * probs()), total_count_).detach(); }

Tensor Binomial::variance() const {
  const Tensor p = probs();
  return total_count_ * p * (1 - p);
}

Tensor Binomial::enumerate_support(bool expand) const {
  const Tensor counts = total_count_.detach();
  check<Error>(counts.numel() > 0 && all(eq(counts, min(counts))).item<bool>(),
               "Binomial: the values can be listed for one total_count, not for different ones");
  const auto total = static_cast<std::int64_t>(max(counts).item<double>());
  DimVector shape(batch_shape().size() + 1, 1);
  shape[0] = total + 1;
  const Tensor values = arange(total + 1, dtype()).view(shape);
  return expand ? values.expand(detail::joined({total + 1}, batch_shape())) : values;
}

Tensor detail::log_of_failures(const Tensor& failures, const Tensor& probs) {
  const Tensor is_sure = logical_and(eq(failures.detach(), 0), eq(probs.detach(), 1));
  return special_xlog1py(failures, -masked_fill(probs.expand(is_sure.sizes()), is_sure, 0));
}

Geometric::Geometric(const Parameter& probs) : Geometric(checked("Geometric", probs)) {}

Geometric::Geometric(const ProbsOrLogits& parameters)
    : DistributionOf("Geometric"), given_(checked("Geometric", parameters)) {
  if (parameters.probs.defined()) detail::require("Geometric", "probs", given_.probs.detach(), constraints::positive());
  set_shapes(tensor_of(given_).sizes());
}

Tensor Geometric::probs() const { return probs_of(given_); }
Tensor Geometric::logits() const { return logits_of(given_); }
Geometric Geometric::expand(IntArrayRef batch_shape) const {
  return Geometric(expand_to(given_, expanded_shape(batch_shape)));
}
Dtype Geometric::dtype() const { return tensor_of(given_).dtype(); }

Tensor Geometric::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  // Above 0, whose logarithm is not finite.
  const Tensor u =
      empty(extended_shape(sample_shape), dtype()).uniform_(xgrad::detail::float_limits(dtype()).smallest_normal, 1);
  return floor(log(u) / log1p(-probs()));
}

Tensor Geometric::log_prob(const Tensor& value) const {
  const Tensor failures = checked_value(value);
  if (given_.logits.defined()) return -failures * softplus(given_.logits) - softplus(-given_.logits);
  return detail::log_of_failures(failures, given_.probs) + log(given_.probs);
}

Tensor Geometric::entropy() const { return entropy_of(given_) / probs(); }
Tensor Geometric::mean() const { return reciprocal(probs()) - 1; }
Tensor Geometric::mode() const { return zeros_like(probs()); }

Tensor Geometric::variance() const {
  const Tensor p = probs();
  return (reciprocal(p) - 1) / p;
}

}  // namespace xgrad::distributions
