#include "distributions/distribution.h"

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/joining.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/type_promotion.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::distributions {

namespace {

std::atomic<bool> validates = true;

}  // namespace

void set_default_validate_args(bool validate) { validates = validate; }

Tensor Distribution::sample(IntArrayRef sample_shape) const {
  const NoGradGuard no_grad;
  return rsample(sample_shape);
}

Tensor Distribution::rsample(IntArrayRef /*sample_shape*/) const { refuse("samples with gradients (rsample)"); }
Tensor Distribution::entropy() const { refuse("formula for its entropy"); }
Tensor Distribution::perplexity() const { return exp(entropy()); }
Tensor Distribution::cdf(const Tensor& /*value*/) const { refuse("formula for its cdf"); }
Tensor Distribution::icdf(const Tensor& /*probability*/) const { refuse("formula for its icdf"); }
Tensor Distribution::mean() const { refuse("formula for its mean"); }
Tensor Distribution::mode() const { refuse("formula for its mode"); }
Tensor Distribution::variance() const { refuse("formula for its variance"); }
Tensor Distribution::stddev() const { return sqrt(variance()); }
Tensor Distribution::enumerate_support(bool /*expand*/) const { refuse("finite support"); }

DimVector Distribution::extended_shape(IntArrayRef sample_shape) const {
  return detail::joined(detail::joined(sample_shape, batch_shape_), event_shape_);
}

DimVector Distribution::expanded_shape(IntArrayRef batch_shape) const {
  check<ShapeError>(is_expandable_to(batch_shape_, batch_shape), "{}: expected a batch shape that {} expands to, got {}",
                    name_, batch_shape_, batch_shape);
  return detail::joined(batch_shape, event_shape_);
}

Tensor Distribution::checked_value(const Tensor& value) const {
  check<ShapeError>(value.defined(), "{}: the value is undefined", name_);
  if (detail::validates_args()) {
    const auto events = static_cast<std::int64_t>(event_shape_.size());
    check<ShapeError>(value.dim() >= events, "{}: expected a value of event shape {}, got {}", name_, event_shape_,
                      value.sizes());
    const DimVector full = detail::joined(batch_shape_, event_shape_);
    for (std::int64_t i = 1; i <= events; ++i) {
      check<ShapeError>(value.size(-i) == event_shape_[event_shape_.size() - static_cast<std::size_t>(i)],
                        "{}: expected a value of event shape {}, got {}", name_, event_shape_, value.sizes());
    }
    broadcast_shapes(name_, full, value.sizes());
    detail::require(name_, "the value", value.detach(), support());
  }
  return to(value, dtype());
}

void Distribution::refuse(const char* what) const { throw Error(std::string(name_) + ": it has no " + what); }

namespace detail {

bool validates_args() { return validates; }

TensorList broadcast_parameters(const char* distribution, std::initializer_list<Parameter> parameters) {
  std::optional<Dtype> dtype;
  for (const Parameter& parameter : parameters) {
    if (parameter.is_number()) continue;
    check<ValueError>(parameter.tensor().defined(), "{}: an argument is an undefined tensor", distribution);
    check<TypeError>(parameter.tensor().is_floating_point(), "{}: expected floating-point arguments, got {}", distribution,
                     parameter.tensor().dtype());
    dtype = dtype ? promote_types(*dtype, parameter.tensor().dtype()) : Dtype(parameter.tensor().dtype());
  }
  TensorList tensors;
  DimVector shape;
  for (const Parameter& parameter : parameters) {
    if (!parameter.is_number()) {
      tensors.push_back(dtype ? to(parameter.tensor(), *dtype) : parameter.tensor());
      shape = broadcast_shapes(distribution, shape, parameter.tensor().sizes());
    } else {
      tensors.push_back(dtype ? full({}, parameter.number(), *dtype) : full({}, parameter.number()));
    }
  }
  for (Tensor& tensor : tensors) tensor = tensor.sizes() == IntArrayRef(shape) ? tensor : expand(tensor, shape);
  return tensors;
}

void require(const char* distribution, const char* parameter, const Tensor& value, const Constraint& constraint) {
  if (!validates_args() || value.numel() == 0) return;
  const NoGradGuard no_grad;
  const Tensor is_inside = constraint.check(value);
  if (all(is_inside).item<bool>()) return;
  if (constraint.event_dim == 0) {
    const Tensor expanded = value.expand(is_inside.sizes());
    check<ValueError>(false, "{}: {} must be {}, got {}", distribution, parameter, constraint.description,
                      masked_select(expanded, logical_not(is_inside))[0].item<double>());
  }
  check<ValueError>(false, "{}: {} must be {}; in shape {}, a value is not", distribution, parameter, constraint.description,
                    value.sizes());
}

const Tensor& require_one(const char* distribution, const ProbsOrLogits& parameters) {
  check<ValueError>(parameters.probs.defined() != parameters.logits.defined(), "{}: expected either probs or logits, got {}",
                    distribution, parameters.probs.defined() ? "both" : "neither");
  const Tensor& given = parameters.probs.defined() ? parameters.probs : parameters.logits;
  check<TypeError>(given.is_floating_point(), "{}: expected floating-point {}, got {}", distribution,
                   parameters.probs.defined() ? "probs" : "logits", given.dtype());
  return given;
}

DimVector joined(IntArrayRef a, IntArrayRef b) {
  DimVector both = to_dims(a);
  for (const std::int64_t size : b) both.push_back(size);
  return both;
}

Tensor sum_rightmost(const Tensor& x, std::int64_t dims) {
  if (dims == 0) return x;
  DimVector last;
  for (std::int64_t i = 1; i <= dims; ++i) last.push_back(-i);
  return sum(x, last);
}

Tensor away_from_ends(const Tensor& probs) {
  const xgrad::detail::FloatLimits limits = xgrad::detail::float_limits(probs.dtype());
  return clamp(probs, limits.smallest_normal, 1 - limits.epsilon);
}

Tensor clamp_probs(const Tensor& probs) {
  const double epsilon = xgrad::detail::float_limits(probs.dtype()).epsilon;
  return clamp(probs, epsilon, 1 - epsilon);
}

Tensor logits_of(const Tensor& probs) {
  const Tensor p = clamp_probs(probs);
  return log(p) - log1p(-p);
}

}  // namespace detail

}  // namespace xgrad::distributions
