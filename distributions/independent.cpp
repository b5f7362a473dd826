#include "distributions/independent.h"

#include <cstddef>
#include <utility>

#include "autograd/base/check.h"

namespace xgrad::distributions {

Independent::Independent(DistributionPtr base, std::int64_t reinterpreted_batch_ndims)
    : DistributionOf("Independent"), base_(std::move(base)), dims_(reinterpreted_batch_ndims) {
  check<ValueError>(base_ != nullptr, "Independent: the distribution is null");
  const IntArrayRef batch = base_->batch_shape();
  const auto dims = static_cast<std::int64_t>(batch.size());
  check<ValueError>(dims_ >= 0 && dims_ <= dims, "Independent: expected 0 to {} dimensions of the batch {}, got {}", dims,
                    batch, dims_);
  const std::size_t left = batch.size() - static_cast<std::size_t>(dims_);
  set_shapes(IntArrayRef(batch.data(), left),
             detail::joined(IntArrayRef(batch.data() + left, batch.size() - left), base_->event_shape()));
}

Independent Independent::expand(IntArrayRef batch_shape) const {
  expanded_shape(batch_shape);
  const IntArrayRef event(event_shape().data(), static_cast<std::size_t>(dims_));
  return Independent(base_->expanded(detail::joined(batch_shape, event)), dims_);
}

Tensor Independent::log_prob(const Tensor& value) const { return detail::sum_rightmost(base_->log_prob(value), dims_); }
Tensor Independent::enumerate_support(bool expand) const {
  if (dims_ == 0) return base_->enumerate_support(expand);
  return Distribution::enumerate_support(expand);
}
Tensor Independent::entropy() const { return detail::sum_rightmost(base_->entropy(), dims_); }

}  // namespace xgrad::distributions
