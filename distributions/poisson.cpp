#include "distributions/poisson.h"

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/count_sampling.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/special.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::distributions {

Poisson::Poisson(const Parameter& rate) : DistributionOf("Poisson") {
  rate_ = detail::broadcast_parameters("Poisson", {rate})[0];
  detail::require("Poisson", "rate", rate_, constraints::nonnegative());
  set_shapes(rate_.sizes());
}

Poisson Poisson::expand(IntArrayRef batch_shape) const { return Poisson(rate_.expand(expanded_shape(batch_shape))); }

Tensor Poisson::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  return poisson(rate_.expand(extended_shape(sample_shape)));
}

Tensor Poisson::log_prob(const Tensor& value) const {
  const Tensor k = checked_value(value);
  return xlogy(k, rate_) - rate_ - lgamma(k + 1);
}

Tensor Poisson::mode() const { return floor(rate_).detach(); }

}  // namespace xgrad::distributions
