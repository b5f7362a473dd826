#include "autograd/ops/binary.h"

#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/power.h"
#include "autograd/ops/two_operands.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// How much the gradient of log(e^v + e^w) gives to v, for `scale` (v - w): half where both are equal, infinite ones
/// included, and nothing where both are -inf.
Tensor share_of_first(const Tensor& v, const Tensor& w, double scale) {
  const Tensor equal = logical_and(eq(v.detach(), w.detach()), isinf(v.detach()));  // whose difference is NaN
  const Tensor none = logical_and(equal, lt(v.detach(), 0));
  return masked_fill(sigmoid(masked_fill(v, equal, 0) * scale - masked_fill(w, equal, 0) * scale), none, 0);
}

Tensor log_of_sum(const char* name, const Tensor& first, const Tensor& second, Binary f, double scale) {
  return binary(
      name, in_floating(first, second), f,
      by(Ternary::logaddexp_gradient, [=](auto& g, auto& v, auto& w) { return g * share_of_first(v, w, scale); }),
      by_swapped(Ternary::logaddexp_gradient, [=](auto& g, auto& v, auto& w) { return g * share_of_first(w, v, scale); }),
      {scale});
}

/// 1 where it is 0, so that one can divide by it.
Tensor unless_zero(const Tensor& x) { return masked_fill(x, eq(x.detach(), 0), 1); }

}  // namespace

Tensor binary_without_slope(const char* name, const Promoted& operands, Binary f) {
  const autograd::profiler::RecordFunction profiled(name);
  return map(name, f, operands.a.detach(), operands.b.detach());
}

Tensor float_power(const Tensor& a, const Tensor& b) { return pow(to(a, kFloat64), to(b, kFloat64)); }
Tensor float_power(const Tensor& a, Scalar b) { return pow(to(a, kFloat64), b.to<double>()); }

Tensor ldexp(const Tensor& a, const Tensor& b) {
  const Tensor exponent = as_floating(b);
  return binary(
      "ldexp", in_floating(a, exponent), Binary::ldexp, by_operations([](auto& g, auto&, auto& x) { return ldexp(g, x); }),
      by(Ternary::ldexp_exponent_gradient, [](auto& g, auto& v, auto& x) { return g * (ldexp(v, x) * std::numbers::ln2); }));
}

Tensor copysign(const Tensor& a, const Tensor& b) {
  return binary("copysign", in_floating(a, b), Binary::copysign, by_operations([](auto& g, auto& x, auto& other) {
                  const Tensor before = sign(x.detach());
                  return g * (before * copysign(before, other.detach()));
                }),
                by_operations([](auto& g, auto&, auto&) { return zeros_like(g); }));
}
Tensor copysign(const Tensor& a, Scalar b) { return copysign(a, floating_beside(a, b)); }

Tensor hypot(const Tensor& a, const Tensor& b) {  // gradients are 0 at the origin
  return binary(
      "hypot", in_floating(a, b), Binary::hypot,
      by(Ternary::hypot_gradient, [](auto& g, auto& v, auto& w) { return g * (v / unless_zero(hypot(v, w))); }),
      by_swapped(Ternary::hypot_gradient, [](auto& g, auto& v, auto& w) { return g * (w / unless_zero(hypot(v, w))); }));
}

Tensor atan2(const Tensor& a, const Tensor& b) {  // gradients are 0 at the origin
  return binary("atan2", in_floating(a, b), Binary::atan2,
                by(Ternary::atan2_first_gradient,
                   [](auto& g, auto& y, auto& x) { return g / unless_zero(square(x) + square(y)) * x; }),
                by(Ternary::atan2_second_gradient,
                   [](auto& g, auto& y, auto& x) { return g / unless_zero(square(x) + square(y)) * -y; }));
}

Tensor heaviside(const Tensor& x, const Tensor& at_zero) {
  check<TypeError>(x.dtype() == at_zero.dtype(), "heaviside: dtypes {} and {} differ", x.dtype(), at_zero.dtype());
  return binary_without_slope("heaviside", {x, at_zero}, Binary::heaviside);
}

Tensor nextafter(const Tensor& a, const Tensor& b) {
  check<TypeError>(a.dtype() == b.dtype() && compute_dtype(a.dtype()) == a.dtype() && a.is_floating_point(),
                   "nextafter: expected two float32 or two float64 tensors, got {} and {}", a.dtype(), b.dtype());
  return binary_without_slope("nextafter", {a, b}, Binary::nextafter);
}

Tensor logaddexp(const Tensor& a, const Tensor& b) { return log_of_sum("logaddexp", a, b, Binary::logaddexp, 1); }
Tensor logaddexp2(const Tensor& a, const Tensor& b) {
  return log_of_sum("logaddexp2", a, b, Binary::logaddexp2, std::numbers::ln2);
}

Tensor xlogy(const Tensor& a, const Tensor& b) {
  return binary("xlogy", in_floating(a, b), Binary::xlogy, by_operations([](auto& g, auto& v, auto& w) {
                  return xlogy(masked_fill(g, logical_and(eq(v.detach(), 0), le(w.detach(), 0)), 0), w);
                }),
                by_operations([](auto& g, auto& v, auto& w) { return g * v / w; }));
}
Tensor xlogy(const Tensor& a, Scalar b) { return xlogy(a, floating_beside(a, b)); }
Tensor xlogy(Scalar a, const Tensor& b) { return xlogy(floating_beside(b, a), b); }

Tensor special_xlog1py(const Tensor& a, const Tensor& b) {
  return binary("special_xlog1py", in_floating(a, b), Binary::xlog1py, by_operations([](auto& g, auto& v, auto& w) {
                  return special_xlog1py(masked_fill(g, logical_and(eq(v.detach(), 0), le(w.detach(), -1)), 0), w);
                }),
                by_operations([](auto& g, auto& v, auto& w) { return g * v / (w + 1); }));
}
Tensor special_xlog1py(const Tensor& a, Scalar b) { return special_xlog1py(a, floating_beside(a, b)); }
Tensor special_xlog1py(Scalar a, const Tensor& b) { return special_xlog1py(floating_beside(b, a), b); }

}  // namespace xgrad
