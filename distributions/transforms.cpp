#include "distributions/transforms.h"

#include <algorithm>
#include <cstddef>
#include <numbers>
#include <string>
#include <typeinfo>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/diagonal.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pad.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/products.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/trigonometry.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "distributions/distribution.h"

namespace xgrad::distributions {

namespace {

Tensor plus_one() { return ones({}); }

/// A number beside x, in its dtype.
Tensor beside(const Tensor& x, const Tensor& number) {
  return number.dim() == 0 && x.is_floating_point() ? number.to(x.dtype()) : number;
}

/// A number in double precision, so that it is rounded once, to the dtype of what it meets.
Tensor as_tensor(const Parameter& parameter) {
  return parameter.is_number() ? full({}, parameter.number(), kFloat64) : parameter.tensor();
}

/// Whether two arguments are the same numbers, in the dtype of the coarser one.
bool same_numbers(const Tensor& a, const Tensor& b) {
  if (!is_expandable_to(a.sizes(), b.sizes()) && !is_expandable_to(b.sizes(), a.sizes())) return false;
  const Dtype coarser = element_size(a.dtype()) < element_size(b.dtype()) ? a.dtype() : b.dtype();
  return all(eq(a.detach().to(coarser), b.detach().to(coarser))).item<bool>();
}

/// log(n - k) for k = 0 ... n - 1: with it, zeros become equal probabilities.
Tensor log_of_rest(std::int64_t n, Dtype dtype) { return log(arange(n, 0, -1, dtype)); }

}  // namespace

Tensor Transform::log_abs_det_jacobian(const Tensor& /*x*/, const Tensor& /*y*/) const { refuse("log_abs_det_jacobian"); }
Tensor Transform::sign() const { refuse("sign"); }
Constraint Transform::domain() const { return constraints::independent(constraints::real(), domain_event_dim()); }
bool FixedTransform::equals(const Transform& other) const { return typeid(*this) == typeid(other); }

void Transform::refuse(const char* what) const { throw Error(std::string(name()) + ": it has no " + what); }

Tensor ExpTransform::forward(const Tensor& x) const { return exp(x); }
Tensor ExpTransform::inverse(const Tensor& y) const { return log(y); }
Tensor ExpTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& /*y*/) const { return x; }
Tensor ExpTransform::sign() const { return plus_one(); }

AffineTransform::AffineTransform(const Parameter& loc, const Parameter& scale, std::int64_t event_dim)
    : loc_(as_tensor(loc)), scale_(as_tensor(scale)), event_dim_(event_dim) {
  check<ValueError>(loc_.defined() && scale_.defined(), "AffineTransform: an argument is an undefined tensor");
  check<TypeError>(loc_.is_floating_point() && scale_.is_floating_point(),
                   "AffineTransform: expected floating-point tensors, got {} and {}", loc_.dtype(), scale_.dtype());
  check<ValueError>(event_dim >= 0, "AffineTransform: event_dim must not be negative, got {}", event_dim);
  check<ValueError>(!any(eq(scale_.detach(), 0)).item<bool>(), "AffineTransform: a scale is 0");
}

Tensor AffineTransform::forward(const Tensor& x) const { return beside(x, loc_) + beside(x, scale_) * x; }
Tensor AffineTransform::inverse(const Tensor& y) const { return (y - beside(y, loc_)) / beside(y, scale_); }

Tensor AffineTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& /*y*/) const {
  const DimVector shape = broadcast_shapes("AffineTransform", x.sizes(), scale_.sizes());
  return detail::sum_rightmost(log(abs(beside(x, scale_))).expand(shape), event_dim_);
}

Tensor AffineTransform::sign() const { return xgrad::sign(scale_); }

DimVector AffineTransform::forward_shape(IntArrayRef shape) const {
  return broadcast_shapes("AffineTransform", shape, broadcast_shapes("AffineTransform", loc_.sizes(), scale_.sizes()));
}

Constraint AffineTransform::codomain() const { return constraints::independent(constraints::real(), event_dim_); }

bool AffineTransform::equals(const Transform& other) const {
  const auto* same = dynamic_cast<const AffineTransform*>(&other);
  return same != nullptr && event_dim_ == same->event_dim_ && same_numbers(loc_, same->loc_) &&
         same_numbers(scale_, same->scale_);
}

Tensor SigmoidTransform::forward(const Tensor& x) const { return detail::away_from_ends(sigmoid(x)); }
Tensor SigmoidTransform::inverse(const Tensor& y) const {
  const Tensor inside = detail::away_from_ends(y);
  return log(inside) - log1p(-inside);
}
Tensor SigmoidTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& /*y*/) const {
  return -softplus(-x) - softplus(x);
}
Tensor SigmoidTransform::sign() const { return plus_one(); }

Tensor TanhTransform::forward(const Tensor& x) const { return tanh(x); }
Tensor TanhTransform::inverse(const Tensor& y) const { return atanh(y); }
Tensor TanhTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& /*y*/) const {
  // log(1 - tanh(x)^2), without cancellation
  return 2 * (std::numbers::ln2 - x - softplus(-2 * x));
}
Tensor TanhTransform::sign() const { return plus_one(); }
Constraint TanhTransform::codomain() const { return constraints::interval(full({}, -1.0), full({}, 1.0)); }

Tensor SoftplusTransform::forward(const Tensor& x) const { return softplus(x); }
Tensor SoftplusTransform::inverse(const Tensor& y) const { return log(-expm1(-y)) + y; }
Tensor SoftplusTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& /*y*/) const { return -softplus(-x); }
Tensor SoftplusTransform::sign() const { return plus_one(); }

PowerTransform::PowerTransform(const Parameter& exponent) : exponent_(as_tensor(exponent)) {
  check<ValueError>(exponent_.defined(), "PowerTransform: the exponent is an undefined tensor");
  check<TypeError>(exponent_.is_floating_point(), "PowerTransform: expected a floating-point exponent, got {}",
                   exponent_.dtype());
  check<ValueError>(!any(eq(exponent_.detach(), 0)).item<bool>(), "PowerTransform: an exponent is 0");
}

Tensor PowerTransform::forward(const Tensor& x) const { return pow(x, beside(x, exponent_)); }
Tensor PowerTransform::inverse(const Tensor& y) const { return pow(y, beside(y, 1 / exponent_)); }
Tensor PowerTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& y) const {
  return log(abs(beside(x, exponent_) * y / x));
}
Tensor PowerTransform::sign() const { return xgrad::sign(exponent_); }
DimVector PowerTransform::forward_shape(IntArrayRef shape) const {
  return broadcast_shapes("PowerTransform", shape, exponent_.sizes());
}
bool PowerTransform::equals(const Transform& other) const {
  const auto* same = dynamic_cast<const PowerTransform*>(&other);
  return same != nullptr && same_numbers(exponent_, same->exponent_);
}

Tensor AbsTransform::forward(const Tensor& x) const { return abs(x); }

Tensor SoftmaxTransform::forward(const Tensor& x) const { return softmax(x, -1); }
Tensor SoftmaxTransform::inverse(const Tensor& y) const { return log(y); }

Tensor StickBreakingTransform::forward(const Tensor& x) const {
  const Tensor part = detail::away_from_ends(sigmoid(x - log_of_rest(x.size(-1), x.dtype())));
  const Tensor left = cumprod(1 - part, -1);
  return pad(part, {0, 1}, PadMode::Constant, 1) * pad(left, {1, 0}, PadMode::Constant, 1);
}

Tensor StickBreakingTransform::inverse(const Tensor& y) const {
  const std::int64_t n = y.size(-1) - 1;
  const Tensor part = narrow(y, -1, 0, n);
  const Tensor left = clamp(1 - cumsum(part, -1), xgrad::detail::float_limits(y.dtype()).smallest_normal);
  return log(part) - log(left) + log_of_rest(n, y.dtype());
}

Tensor StickBreakingTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& y) const {
  const std::int64_t n = x.size(-1);
  const Tensor shifted = x - log_of_rest(n, x.dtype());
  return sum(-shifted + logsigmoid(shifted) + log(narrow(y, -1, 0, n)), -1);
}

DimVector StickBreakingTransform::forward_shape(IntArrayRef shape) const {
  check<ShapeError>(!shape.empty(), "{}: expected vectors, got {}", name(), shape);
  DimVector result = to_dims(shape);
  ++result.back();
  return result;
}

DimVector StickBreakingTransform::inverse_shape(IntArrayRef shape) const {
  check<ShapeError>(!shape.empty() && shape.back() > 0, "{}: expected vectors, got {}", name(), shape);
  DimVector result = to_dims(shape);
  --result.back();
  return result;
}

Tensor LowerCholeskyTransform::forward(const Tensor& x) const {
  return tril(x, -1) + diag_embed(exp(diagonal(x, 0, -2, -1)));
}
Tensor LowerCholeskyTransform::inverse(const Tensor& y) const {
  return tril(y, -1) + diag_embed(log(diagonal(y, 0, -2, -1)));
}

ComposeTransform::ComposeTransform(std::vector<TransformPtr> parts) : parts_(std::move(parts)) {
  for (const TransformPtr& part : parts_) check<ValueError>(part != nullptr, "ComposeTransform: a transform is null");
}

Tensor ComposeTransform::forward(const Tensor& x) const {
  Tensor value = x;
  for (const TransformPtr& part : parts_) value = part->forward(value);
  return value;
}

Tensor ComposeTransform::inverse(const Tensor& y) const {
  Tensor value = y;
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) value = (*part)->inverse(value);
  return value;
}

Tensor ComposeTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& y) const {
  if (parts_.empty()) return zeros_like(x);
  Tensor total;
  Tensor before = x;
  std::int64_t event_dim = domain_event_dim();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Transform& part = *parts_[i];
    const Tensor after = i + 1 == parts_.size() ? y : part.forward(before);
    const Tensor own = detail::sum_rightmost(part.log_abs_det_jacobian(before, after), event_dim - part.domain_event_dim());
    total = total.defined() ? total + own : own;
    event_dim += part.codomain_event_dim() - part.domain_event_dim();
    before = after;
  }
  return total;
}

std::int64_t ComposeTransform::domain_event_dim() const {
  std::int64_t event_dim = 0;
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
    event_dim += (*part)->domain_event_dim() - (*part)->codomain_event_dim();
    event_dim = std::max(event_dim, (*part)->domain_event_dim());
  }
  return event_dim;
}

std::int64_t ComposeTransform::codomain_event_dim() const {
  std::int64_t event_dim = 0;
  for (const TransformPtr& part : parts_) {
    event_dim += part->codomain_event_dim() - part->domain_event_dim();
    event_dim = std::max(event_dim, part->codomain_event_dim());
  }
  return event_dim;
}

bool ComposeTransform::bijective() const {
  for (const TransformPtr& part : parts_) {
    if (!part->bijective()) return false;
  }
  return true;
}

Tensor ComposeTransform::sign() const {
  Tensor product = plus_one();
  for (const TransformPtr& part : parts_) product = product * part->sign();
  return product;
}

DimVector ComposeTransform::forward_shape(IntArrayRef shape) const {
  DimVector result = to_dims(shape);
  for (const TransformPtr& part : parts_) result = part->forward_shape(result);
  return result;
}

DimVector ComposeTransform::inverse_shape(IntArrayRef shape) const {
  DimVector result = to_dims(shape);
  for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) result = (*part)->inverse_shape(result);
  return result;
}

Constraint ComposeTransform::domain() const {
  if (parts_.empty()) return constraints::real();
  const Constraint first = parts_.front()->domain();
  return constraints::independent(first, domain_event_dim() - first.event_dim);
}

Constraint ComposeTransform::codomain() const {
  if (parts_.empty()) return constraints::real();
  const Constraint last = parts_.back()->codomain();
  return constraints::independent(last, codomain_event_dim() - last.event_dim);
}

bool ComposeTransform::equals(const Transform& other) const {
  const auto* same = dynamic_cast<const ComposeTransform*>(&other);
  if (same == nullptr || same->parts_.size() != parts_.size()) return false;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i]->equals(*same->parts_[i])) return false;
  }
  return true;
}

InverseTransform::InverseTransform(TransformPtr transform, std::optional<Constraint> codomain)
    : transform_(std::move(transform)) {
  check<ValueError>(transform_ != nullptr, "InverseTransform: the transform is null");
  codomain_ = codomain ? *std::move(codomain) : transform_->domain();
  const std::int64_t missing = transform_->domain_event_dim() - codomain_.event_dim;
  if (missing > 0) codomain_ = constraints::independent(codomain_, missing);
}

Tensor InverseTransform::log_abs_det_jacobian(const Tensor& x, const Tensor& y) const {
  return -transform_->log_abs_det_jacobian(y, x);
}

bool InverseTransform::equals(const Transform& other) const {
  const auto* same = dynamic_cast<const InverseTransform*>(&other);
  return same != nullptr && transform_->equals(*same->transform_);
}

}  // namespace xgrad::distributions
