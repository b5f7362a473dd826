#include "distributions/exponential.h"

#include <numbers>

#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::distributions {

Exponential::Exponential(const Parameter& rate) : DistributionOf("Exponential") {
  rate_ = detail::broadcast_parameters("Exponential", {rate})[0];
  detail::require("Exponential", "rate", rate_, constraints::positive());
  set_shapes(rate_.sizes());
}

Exponential Exponential::expand(IntArrayRef batch_shape) const {
  return Exponential(rate_.expand(expanded_shape(batch_shape)));
}

Tensor Exponential::rsample(IntArrayRef sample_shape) const {
  return empty(extended_shape(sample_shape), dtype()).exponential_() / rate_;
}

Tensor Exponential::log_prob(const Tensor& value) const { return log(rate_) - rate_ * checked_value(value); }
Tensor Exponential::entropy() const { return 1 - log(rate_); }
Tensor Exponential::cdf(const Tensor& value) const { return -expm1(-rate_ * checked_value(value)); }
Tensor Exponential::icdf(const Tensor& probability) const { return -log1p(-probability) / rate_; }
Tensor Exponential::mean() const { return reciprocal(rate_); }
Tensor Exponential::mode() const { return zeros_like(rate_); }
Tensor Exponential::variance() const { return reciprocal(square(rate_)); }
Tensor Exponential::stddev() const { return reciprocal(rate_); }

Laplace::Laplace(const Parameter& loc, const Parameter& scale) : DistributionOf("Laplace") {
  TensorList parameters = detail::broadcast_parameters("Laplace", {loc, scale});
  detail::require("Laplace", "loc", parameters[0], constraints::real());
  detail::require("Laplace", "scale", parameters[1], constraints::positive());
  loc_ = parameters[0];
  scale_ = parameters[1];
  set_shapes(loc_.sizes());
}

Laplace Laplace::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return Laplace(loc_.expand(shape), scale_.expand(shape));
}

Tensor Laplace::rsample(IntArrayRef sample_shape) const {
  // Above -1, whose logarithm below is not finite.
  const Tensor u =
      empty(extended_shape(sample_shape), dtype()).uniform_(xgrad::detail::float_limits(dtype()).epsilon - 1, 1);
  return loc_ - scale_ * (sign(u) * log1p(-abs(u)));
}

Tensor Laplace::log_prob(const Tensor& value) const { return -log(2 * scale_) - abs(checked_value(value) - loc_) / scale_; }

Tensor Laplace::entropy() const { return 1 + log(2 * scale_); }

Tensor Laplace::cdf(const Tensor& value) const {
  const Tensor distance = checked_value(value) - loc_;
  return 0.5 - 0.5 * sign(distance) * expm1(-abs(distance) / scale_);
}

Tensor Laplace::icdf(const Tensor& probability) const {
  const Tensor from_middle = probability - 0.5;
  return loc_ - scale_ * sign(from_middle) * log1p(-2 * abs(from_middle));
}

Tensor Laplace::variance() const { return 2 * square(scale_); }
Tensor Laplace::stddev() const { return std::numbers::sqrt2 * scale_; }

}  // namespace xgrad::distributions
