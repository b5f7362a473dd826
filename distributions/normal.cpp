#include "distributions/normal.h"

#include <cmath>
#include <numbers>

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/normal_functions.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/random.h"
#include "autograd/ops/view.h"

namespace xgrad::distributions {

namespace {

const double log_sqrt_two_pi = 0.5 * std::log(2 * std::numbers::pi);

}  // namespace

Normal::Normal(const Parameter& loc, const Parameter& scale) : DistributionOf("Normal") {
  TensorList parameters = detail::broadcast_parameters("Normal", {loc, scale});
  detail::require("Normal", "loc", parameters[0], constraints::real());
  detail::require("Normal", "scale", parameters[1], constraints::positive());
  loc_ = parameters[0];
  scale_ = parameters[1];
  set_shapes(loc_.sizes());
}

Normal Normal::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return Normal(loc_.expand(shape), scale_.expand(shape));
}

Tensor Normal::rsample(IntArrayRef sample_shape) const {
  return loc_ + randn(extended_shape(sample_shape), dtype()) * scale_;
}

Tensor Normal::log_prob(const Tensor& value) const {
  return -0.5 * square((checked_value(value) - loc_) / scale_) - log(scale_) - log_sqrt_two_pi;
}

Tensor Normal::entropy() const { return log(scale_) + (0.5 + log_sqrt_two_pi); }

Tensor Normal::cdf(const Tensor& value) const {
  return 0.5 * (1 + erf((checked_value(value) - loc_) / (scale_ * std::numbers::sqrt2)));
}

Tensor Normal::icdf(const Tensor& probability) const {
  return loc_ + scale_ * special_ndtri(probability);  // keeps the digits of small probabilities, which 2 p - 1 would lose
}

Tensor Normal::variance() const { return square(scale_); }
Tensor Normal::stddev() const { return scale_; }

LogNormal::LogNormal(const Parameter& loc, const Parameter& scale) : DistributionOf("LogNormal"), base_(loc, scale) {
  set_shapes(base_.batch_shape());
}

LogNormal LogNormal::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return LogNormal(loc().expand(shape), scale().expand(shape));
}

Tensor LogNormal::rsample(IntArrayRef sample_shape) const { return exp(base_.rsample(sample_shape)); }

Tensor LogNormal::log_prob(const Tensor& value) const {
  const Tensor logarithm = log(checked_value(value));
  return base_.log_prob(logarithm) - logarithm;
}

Tensor LogNormal::entropy() const { return base_.entropy() + loc(); }
Tensor LogNormal::cdf(const Tensor& value) const { return base_.cdf(log(checked_value(value))); }
Tensor LogNormal::icdf(const Tensor& probability) const { return exp(base_.icdf(probability)); }
Tensor LogNormal::mean() const { return exp(loc() + 0.5 * square(scale())); }
Tensor LogNormal::mode() const { return exp(loc() - square(scale())); }

Tensor LogNormal::variance() const {
  const Tensor variance = square(scale());
  return expm1(variance) * exp(2 * loc() + variance);
}

}  // namespace xgrad::distributions
