#include "distributions/transformed_distribution.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/tensor/grad_mode.h"
#include "distributions/independent.h"

namespace xgrad::distributions {

TransformedDistribution::TransformedDistribution(DistributionPtr base, std::vector<TransformPtr> transforms)
    : TransformedDistribution(std::move(base), std::make_shared<ComposeTransform>(std::move(transforms))) {}

TransformedDistribution::TransformedDistribution(DistributionPtr base, TransformPtr transform)
    : DistributionOf("TransformedDistribution"), base_(std::move(base)), transform_(std::move(transform)) {
  check<ValueError>(base_ != nullptr && transform_ != nullptr, "TransformedDistribution: the {} is null",
                    base_ == nullptr ? "distribution" : "transform");
  const DimVector shape = detail::joined(base_->batch_shape(), base_->event_shape());
  const std::int64_t needed = transform_->domain_event_dim();
  check<ShapeError>(static_cast<std::int64_t>(shape.size()) >= needed,
                    "TransformedDistribution: {} needs {} dimensions, the distribution has shape {}", transform_->name(),
                    needed, shape);
  // What the transform takes together is one event.
  const DimVector out = transform_->forward_shape(shape);
  const DimVector in = transform_->inverse_shape(out);
  const auto base_events = static_cast<std::int64_t>(base_->event_shape().size());
  const auto batch_dims = in.size() - static_cast<std::size_t>(base_events);
  if (IntArrayRef(in) != IntArrayRef(shape)) base_ = base_->expanded(IntArrayRef(in.data(), batch_dims));
  if (needed > base_events) base_ = std::make_shared<Independent>(base_, needed - base_events);
  const std::int64_t events =
      transform_->codomain_event_dim() + std::max<std::int64_t>(base_events - transform_->domain_event_dim(), 0);
  const std::size_t cut = out.size() - static_cast<std::size_t>(events);
  set_shapes(IntArrayRef(out.data(), cut), IntArrayRef(out.data() + cut, out.size() - cut));
}

TransformedDistribution TransformedDistribution::expand(IntArrayRef batch_shape) const {
  expanded_shape(batch_shape);
  return TransformedDistribution(base_->expanded(batch_shape), transform_);
}

Tensor TransformedDistribution::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  return transform_->forward(base_->sample(sample_shape));
}

Tensor TransformedDistribution::rsample(IntArrayRef sample_shape) const {
  return transform_->forward(base_->rsample(sample_shape));
}

Tensor TransformedDistribution::log_prob(const Tensor& value) const {
  const Tensor y = checked_value(value);
  const Tensor x = transform_->inverse(y);
  const auto events = static_cast<std::int64_t>(event_shape().size());
  const Tensor stretch =
      detail::sum_rightmost(transform_->log_abs_det_jacobian(x, y), events - transform_->codomain_event_dim());
  return base_->log_prob(x) - stretch;
}

Tensor TransformedDistribution::cdf(const Tensor& value) const {
  const Tensor below = base_->cdf(transform_->inverse(checked_value(value)));
  return where(gt(transform_->sign(), 0), below, 1 - below);
}

Tensor TransformedDistribution::icdf(const Tensor& probability) const {
  return transform_->forward(base_->icdf(where(gt(transform_->sign(), 0), probability, 1 - probability)));
}

Constraint TransformedDistribution::support() const {
  const Constraint codomain = transform_->codomain();
  return constraints::independent(codomain, static_cast<std::int64_t>(event_shape().size()) - codomain.event_dim);
}

}  // namespace xgrad::distributions
