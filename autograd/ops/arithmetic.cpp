#include "autograd/ops/arithmetic.h"

#include <array>
#include <cstdint>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/elementwise.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/two_operands.h"
#include "autograd/ops/unary.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

Dtype division_type(Dtype dtype) { return is_floating_point(dtype) ? dtype : default_dtype(); }

bool is_one(Scalar alpha) { return alpha.to<double>() == 1; }

/// The floating-point or integer alpha that `add` takes for a dtype.
void check_alpha(const char* operation, Dtype dtype, Scalar alpha) {
  check<TypeError>(is_floating_point(dtype) || !alpha.is_floating_point(),
                   "{}: a floating-point alpha does not go with tensors of {}", operation, dtype);
}

/// b * alpha, for an operation on tensors of a dtype.
Scalar times(Scalar b, Scalar alpha, const char* operation, Dtype dtype) {
  check_alpha(operation, dtype, alpha);
  if (is_one(alpha)) return b;
  if (b.is_floating_point() || alpha.is_floating_point()) return b.to<double>() * alpha.to<double>();
  // As the elements' arithmetic, it wraps around.
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(b.to<std::int64_t>()) *
                                   static_cast<std::uint64_t>(alpha.to<std::int64_t>()));
}

/// compute(a) beside a number, in a dtype, and its gradient(arriving).
template <class Compute, class Gradient>
Tensor beside_number(const char* name, const Tensor& a, Dtype dtype, const Compute& compute, Gradient gradient) {
  const autograd::profiler::RecordFunction profiled(name);
  const MaybeOwned operand = in_dtype(a, dtype);
  const Tensor& x = operand;
  return record(name, compute(x), {x}, std::move(gradient));
}

}  // namespace

Tensor add(const Tensor& a, const Tensor& b, Scalar alpha) {
  const Promoted operands(a, b);
  check_alpha("add", operands.a.dtype(), alpha);
  return binary("add", operands, is_one(alpha) ? Binary::add : Binary::add_scaled, passed_on(),
                by_arriving([alpha](auto& grad) { return is_one(alpha) ? grad : mul(grad, alpha); }), {alpha});
}

Tensor add(const Tensor& a, Scalar b, Scalar alpha) {
  const auto compute = [&](auto& x) { return map(Binary::add, x, times(b, alpha, "add", x.dtype())); };
  return beside_number("add", a, result_type(a, b), compute, [](const Tensor& g) { return g; });
}

Tensor sub(const Tensor& a, const Tensor& b, Scalar alpha) {
  check<TypeError>(a.dtype() != kBool && b.dtype() != kBool, "sub: bool tensors are not subtracted; use logical operations");
  if (!is_one(alpha))
    return add(a, b, alpha.is_floating_point() ? Scalar(-alpha.to<double>()) : Scalar(-alpha.to<std::int64_t>()));
  return binary("sub", Promoted(a, b), Binary::sub, passed_on(), by_arriving([](auto& grad) { return neg(grad); }));
}

Tensor sub(const Tensor& a, Scalar b, Scalar alpha) {
  const Dtype dtype = result_type(a, b);
  check<TypeError>(dtype != kBool, "sub: bool tensors are not subtracted; use logical operations");
  const auto compute = [&](auto& x) { return map(Binary::sub, x, times(b, alpha, "sub", dtype)); };
  return beside_number("sub", a, dtype, compute, [](const Tensor& g) { return g; });
}

Tensor rsub(const Tensor& a, Scalar b) {
  const auto compute = [&](auto& x) { return map(Binary::sub, b, x); };
  return beside_number("rsub", a, result_type(a, b), compute, [](const Tensor& g) { return neg(g); });
}

Tensor mul(const Tensor& a, const Tensor& b) {
  return binary("mul", Promoted(a, b), Binary::mul, by_second(Binary::mul, [](auto& g, auto& w) { return g * w; }),
                by_first(Binary::mul, [](auto& g, auto& v) { return g * v; }));
}

Tensor mul(const Tensor& a, Scalar b) {
  const auto compute = [&](auto& x) { return map(Binary::mul, x, b); };
  return beside_number("mul", a, result_type(a, b), compute, [b](const Tensor& g) { return g * b; });
}

Tensor div(const Tensor& a, const Tensor& b) {
  return binary("div", Promoted(a, b, division_type(result_type(a, b))), Binary::div,
                by_second(Binary::div, [](auto& g, auto& w) { return g / w; }),
                by(Ternary::div_second_gradient, [](auto& g, auto& v, auto& w) { return -g * ((v / w) / w); }));
}

Tensor div(const Tensor& a, Scalar b) {
  const auto compute = [&](auto& x) { return map(Binary::div, x, b); };
  return beside_number("div", a, division_type(result_type(a, b)), compute, [b](const Tensor& g) { return g / b; });
}

Tensor rdiv(const Tensor& a, Scalar b) { return mul(reciprocal(to(a, division_type(result_type(a, b)))), b); }

Tensor neg(const Tensor& a) {
  const autograd::profiler::RecordFunction profiled("neg");
  check<TypeError>(a.dtype() != kBool, "neg: a bool tensor has no negative; use logical_not");
  Tensor y = map(Unary::neg, a);
  return record("Neg", std::move(y), {a}, [](const Tensor& grad) { return neg(grad); });
}

Tensor addcmul(const Tensor& a, const Tensor& b, const Tensor& c, Scalar value) {
  const autograd::profiler::RecordFunction profiled("addcmul");
  const Dtype dtype = a.dtype();
  if (b.dtype() != dtype || c.dtype() != dtype || !a.is_floating_point()) return a + (b * c) * value;
  // A factor is saved for the other's gradient: it may be written over where none is asked for.
  return record("addcmul", map("addcmul", Ternary::addcmul, a, b, c, {value}), {a, b, c},
                [a = to_dims(a.sizes()), b = to_dims(b.sizes()), c = to_dims(c.sizes()),
                 first = c.requires_grad() ? SavedTensor(b) : SavedTensor(),
                 second = b.requires_grad() ? SavedTensor(c) : SavedTensor(), value](const Tensor& grad, const Node& node) {
                  const auto product = [&](const Tensor& other) {
                    return GradMode::is_enabled() ? grad * other * value
                                                  : map("addcmul", Binary::mul_scaled, grad, other, {value});
                  };
                  std::array<Tensor, 3> gradients;
                  if (node.needs_gradient(0)) gradients[0] = sum_to(grad, a);
                  if (node.needs_gradient(1)) gradients[1] = sum_to(product(second.unpack()), b);
                  if (node.needs_gradient(2)) gradients[2] = sum_to(product(first.unpack()), c);
                  return gradients;
                });
}
Tensor addcdiv(const Tensor& a, const Tensor& b, const Tensor& c, Scalar value) { return a + (b / c) * value; }

Tensor lerp(const Tensor& a, const Tensor& b, Scalar weight) {
  if (a.dtype() != b.dtype() || !a.is_floating_point()) return a + (b - a) * weight;
  return binary("lerp", {a, b}, Binary::lerp, by_arriving([weight](auto& g) { return g * (1 - weight.to<double>()); }),
                by_arriving([weight](auto& g) { return g * weight; }), {weight});
}
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& weight) {
  const Dtype dtype = a.dtype();
  if (b.dtype() != dtype || weight.dtype() != dtype || !a.is_floating_point()) return a + (b - a) * weight;
  const autograd::profiler::RecordFunction profiled("lerp");
  const bool weighs = a.requires_grad() || b.requires_grad();
  return record("lerp", map("lerp", Ternary::lerp, a, b, weight), {a, b, weight},
                [start = save_for(weight, a), end = save_for(weight, b),
                 share = weighs ? SavedTensor(weight) : SavedTensor(), a = to_dims(a.sizes()), b = to_dims(b.sizes()),
                 weight = to_dims(weight.sizes())](const Tensor& grad, const Node& node) {
                  std::array<Tensor, 3> gradients;
                  if (node.needs_gradient(0)) gradients[0] = sum_to(grad * (1 - share.unpack()), a);
                  if (node.needs_gradient(1)) gradients[1] = sum_to(grad * share.unpack(), b);
                  if (node.needs_gradient(2)) gradients[2] = sum_to(grad * (end.unpack() - start.unpack()), weight);
                  return gradients;
                });
}

namespace {

/// Whether an in-place operation can write its result straight into the target's memory: nothing is recorded, and the
/// operand fits without a conversion of the target. Throws where the target may not be written, or the result not stored.
bool writes_directly(const char* operation, const Tensor& target, const Tensor& operand) {
  require_writable(operation, target);
  const Dtype dtype = result_type(target, operand);
  check<TypeError>(can_cast(dtype, target.dtype()), "{}: a result of {} cannot be stored in a tensor of {}", operation,
                   dtype, target.dtype());
  check<ShapeError>(is_expandable_to(operand.sizes(), target.sizes()), "{}: shape {} does not fit into {}", operation,
                    operand.sizes(), target.sizes());
  return dtype == target.dtype() && !must_record({target.is_view() ? target.base() : target, operand}) &&
         !partly_overlaps(target, operand);
}
bool writes_directly(const char* operation, const Tensor& target, Scalar operand) {
  require_writable(operation, target);
  const Dtype dtype = result_type(target, operand);
  check<TypeError>(dtype == target.dtype(), "{}: a result of {} cannot be stored in a tensor of {}", operation, dtype,
                   target.dtype());
  return !must_record({target.is_view() ? target.base() : target});
}

/// target = f(target, operand), straight into its memory.
Tensor& write_directly(const Tensor& target, Binary f, const Tensor& operand, const Parameters& parameters = {}) {
  map_to(target, f, target, to(operand, target.dtype()), parameters);
  target.impl()->storage->bump_version();
  return itself(target);
}
Tensor& write_directly(const Tensor& target, Binary f, Scalar operand) {
  map_to(target, f, target, operand);
  target.impl()->storage->bump_version();
  return itself(target);
}

}  // namespace

Tensor& Tensor::add_(const Tensor& other, Scalar alpha) const {
  check_alpha("add_", result_type(*this, other), alpha);
  if (writes_directly("add_", *this, other)) {
    return is_one(alpha) ? write_directly(*this, Binary::add, other)
                         : write_directly(*this, Binary::add_scaled, other, {alpha});
  }
  return write_result("add_", *this, xgrad::add(*this, other, alpha));
}

Tensor& Tensor::add_(Scalar other, Scalar alpha) const {
  if (writes_directly("add_", *this, other)) return write_directly(*this, Binary::add, times(other, alpha, "add_", dtype()));
  return write_result("add_", *this, xgrad::add(*this, other, alpha));
}

Tensor& Tensor::sub_(const Tensor& other, Scalar alpha) const {
  if (writes_directly("sub_", *this, other) && is_one(alpha) && other.dtype() != kBool && dtype() != kBool) {
    return write_directly(*this, Binary::sub, other);
  }
  return write_result("sub_", *this, xgrad::sub(*this, other, alpha));
}

Tensor& Tensor::sub_(Scalar other, Scalar alpha) const {
  if (writes_directly("sub_", *this, other) && dtype() != kBool) {
    return write_directly(*this, Binary::sub, times(other, alpha, "sub_", dtype()));
  }
  return write_result("sub_", *this, xgrad::sub(*this, other, alpha));
}

Tensor& Tensor::mul_(const Tensor& other) const {
  if (writes_directly("mul_", *this, other)) return write_directly(*this, Binary::mul, other);
  return write_result("mul_", *this, xgrad::mul(clone(), other));
}

Tensor& Tensor::mul_(Scalar other) const {
  if (writes_directly("mul_", *this, other)) return write_directly(*this, Binary::mul, other);
  return write_result("mul_", *this, xgrad::mul(*this, other));
}

Tensor& Tensor::div_(const Tensor& other) const {
  check<TypeError>(is_floating_point(), "div_: the quotient is a floating-point number, the tensor is of {}", dtype());
  if (writes_directly("div_", *this, other)) return write_directly(*this, Binary::div, other);
  return write_result("div_", *this, xgrad::div(clone(), other));
}

Tensor& Tensor::div_(Scalar other) const {
  check<TypeError>(is_floating_point(), "div_: the quotient is a floating-point number, the tensor is of {}", dtype());
  if (writes_directly("div_", *this, other)) return write_directly(*this, Binary::div, other);
  return write_result("div_", *this, xgrad::div(*this, other));
}

Tensor& Tensor::fill_(Scalar value) const {
  require_writable("fill_", *this);
  detail::copy_values(*this, full({}, value, dtype()));
  mark_written(*this);
  return itself(*this);
}

Tensor& Tensor::fill_(const Tensor& value) const {
  check<ShapeError>(value.dim() == 0, "fill_: expected a value without dimensions, got shape {}", value.sizes());
  return write_in_place("fill_", *this, value);
}

}  // namespace xgrad
