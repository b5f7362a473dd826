#include "distributions/mixture_same_family.h"

#include <cstddef>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::distributions {

MixtureSameFamily::MixtureSameFamily(Categorical mixture, DistributionPtr components)
    : DistributionOf("MixtureSameFamily"), mixture_(std::move(mixture)), components_(std::move(components)) {
  check<ValueError>(components_ != nullptr, "MixtureSameFamily: the components are null");
  const IntArrayRef batch = components_->batch_shape();
  check<ShapeError>(!batch.empty() && batch.back() == mixture_.categories(),
                    "MixtureSameFamily: expected components of batch shape [..., {}], got {}", mixture_.categories(), batch);
  const IntArrayRef own(batch.data(), batch.size() - 1);
  check<ShapeError>(is_expandable_to(mixture_.batch_shape(), own),
                    "MixtureSameFamily: the mixture's batch shape {} does not fit the components' {}",
                    mixture_.batch_shape(), batch);
  set_shapes(own, components_->event_shape());
}

MixtureSameFamily MixtureSameFamily::expand(IntArrayRef batch_shape) const {
  expanded_shape(batch_shape);
  return MixtureSameFamily(mixture_.expand(batch_shape),
                           components_->expanded(detail::joined(batch_shape, {mixture_.categories()})));
}

Tensor MixtureSameFamily::beside_components(const Tensor& value) const { return unsqueeze(value, component_dim()); }

Tensor MixtureSameFamily::weights() const {
  Tensor probs = mixture_.probs();
  for (std::size_t i = 0; i < event_shape().size(); ++i) probs = unsqueeze(probs, -1);
  return probs;
}

Tensor MixtureSameFamily::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  Tensor index = mixture_.expand(batch_shape()).sample(sample_shape);
  const Tensor drawn = components_->sample(sample_shape);
  for (std::size_t i = 0; i <= event_shape().size(); ++i) index = unsqueeze(index, -1);
  DimVector shape = to_dims(drawn.sizes());
  shape[static_cast<std::size_t>(drawn.dim() + component_dim())] = 1;
  return squeeze(gather(drawn, component_dim(), index.expand(shape)), component_dim());
}

Tensor MixtureSameFamily::log_prob(const Tensor& value) const {
  return logsumexp(components_->log_prob(beside_components(checked_value(value))) + mixture_.logits(), -1);
}

Tensor MixtureSameFamily::cdf(const Tensor& value) const {
  return sum(components_->cdf(beside_components(checked_value(value))) * mixture_.probs(), -1);
}

Tensor MixtureSameFamily::mean() const { return sum(weights() * components_->mean(), component_dim()); }

Tensor MixtureSameFamily::variance() const {
  const Tensor within = sum(weights() * components_->variance(), component_dim());
  const Tensor between = sum(weights() * square(components_->mean() - unsqueeze(mean(), component_dim())), component_dim());
  return within + between;
}

Constraint MixtureSameFamily::support() const {
  const Constraint inner = components_->support();
  return {inner.description, inner.event_dim,
          [inner, dim = component_dim()](const Tensor& value) { return all(inner.check(unsqueeze(value, dim)), -1); }};
}

}  // namespace xgrad::distributions
