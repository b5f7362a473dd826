#include "distributions/uniform.h"

#include <limits>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/random.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::distributions {

Uniform::Uniform(const Parameter& low, const Parameter& high) : DistributionOf("Uniform") {
  TensorList parameters = detail::broadcast_parameters("Uniform", {low, high});
  check<ValueError>(!detail::validates_args() || all(lt(parameters[0], parameters[1])).item<bool>(),
                    "Uniform: low must be below high");
  low_ = parameters[0];
  high_ = parameters[1];
  set_shapes(low_.sizes());
}

Uniform Uniform::expand(IntArrayRef batch_shape) const {
  const DimVector shape = expanded_shape(batch_shape);
  return Uniform(low_.expand(shape), high_.expand(shape));
}

Tensor Uniform::rsample(IntArrayRef sample_shape) const {
  return low_ + rand(extended_shape(sample_shape), dtype()) * (high_ - low_);
}

Tensor Uniform::log_prob(const Tensor& value) const {
  const Tensor x = checked_value(value);
  const Tensor is_inside = logical_and(ge(x, low_), lt(x, high_));
  return log(is_inside.to(dtype())) - log(high_ - low_);
}

Tensor Uniform::entropy() const { return log(high_ - low_); }
Tensor Uniform::cdf(const Tensor& value) const { return clamp((checked_value(value) - low_) / (high_ - low_), 0, 1); }
Tensor Uniform::icdf(const Tensor& probability) const { return probability * (high_ - low_) + low_; }
Tensor Uniform::mean() const { return (low_ + high_) / 2; }
Tensor Uniform::mode() const { return full_like(high_.detach(), std::numeric_limits<double>::quiet_NaN()); }
Tensor Uniform::variance() const { return square(high_ - low_) / 12; }

}  // namespace xgrad::distributions
