#include "autograd/ops/special.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/special_functions.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/trigonometry.h"
#include "autograd/ops/unary.h"

namespace xgrad {

namespace {

constexpr double pi = std::numbers::pi;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The function for all arguments: negative q, which is no integer, is brought above 0 by its recurrence.
double zeta_of(double s, double q) {
  if (!(s >= 1) || q != q) return not_a_number;
  if (s == 1) return infinity;
  if (q <= 0 && q == std::floor(q)) return infinity;
  if (q < 0 && s != std::floor(s)) return not_a_number;
  double below = 0;
  for (; q < 0; ++q) below += std::pow(q, -s);
  return below + kernels::zeta(s, q);
}

}  // namespace

double detail::digamma_of(double x) { return kernels::digamma(x); }

Tensor exp2(const Tensor& x) {
  return unary("exp2", as_floating(x), Unary::exp2,
               of_result(Binary::mul_scaled, [](auto& g, auto& y) { return g * y * std::numbers::ln2; }),
               {std::numbers::ln2});
}

Tensor erfc(const Tensor& x) {
  return unary("erfc", as_floating(x), Unary::erfc, of_input(Binary::erfc_gradient, [](auto& g, auto& v) {
                 return g * exp(-square(v)) * (-2 * std::numbers::inv_sqrtpi);
               }));
}

Tensor erfinv(const Tensor& x) {
  return unary("erfinv", as_floating(x), Unary::erfinv, of_result(Binary::erfinv_gradient, [](auto& g, auto& y) {
                 return g * exp(square(y)) * (0.5 / std::numbers::inv_sqrtpi);
               }));
}

Tensor lgamma(const Tensor& x) {
  return unary("lgamma", as_floating(x), Unary::lgamma,
               of_input(Binary::lgamma_gradient, [](auto& g, auto& v) { return g * digamma(v); }));
}

Tensor digamma(const Tensor& x) {
  return unary("digamma", as_floating(x), Unary::digamma,
               of_input(Binary::digamma_gradient, [](auto& g, auto& v) { return g * polygamma(1, v); }));
}

Tensor polygamma(std::int64_t n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("polygamma");
  check<ValueError>(n >= 0, "polygamma: the order of the derivative must not be negative, got {}", n);
  if (n == 0) return digamma(x);
  Tensor y = n == 1 ? map(Unary::trigamma, as_floating(x))
                    : map_scalars("polygamma", x, [n](auto v) { return kernels::polygamma(n, static_cast<double>(v)); });
  return record("Polygamma", std::move(y), {x},
                [x = SavedTensor(x), n](const Tensor& grad) { return grad * polygamma(n + 1, x.unpack()); });
}

Tensor logit(const Tensor& x, std::optional<double> eps) {
  if (eps) return logit(clamp(x, *eps, 1 - *eps));
  return unary("logit", as_floating(x), Unary::logit, of_input(Binary::logit_gradient, [](auto& g, auto& v) {
                 const Tensor outside = logical_or(lt(v.detach(), 0), gt(v.detach(), 1));
                 return masked_fill(g / (v * (1 - v)), outside, std::numeric_limits<double>::quiet_NaN());
               }));
}

namespace {

/// The n-th derivative of sinc, whose own is the next one.
Tensor sinc_derivative(std::int64_t n, const Tensor& x) {
  Tensor y = map_scalars("sinc", x, [n](auto v) {
    return std::pow(pi, static_cast<double>(n)) * kernels::sine_quotient(n, pi * static_cast<double>(v));
  });
  return record("Sinc", std::move(y), {x},
                [x = SavedTensor(x), n](const Tensor& grad) { return grad * sinc_derivative(n + 1, x.unpack()); });
}

}  // namespace

Tensor sinc(const Tensor& x) {
  return unary("sinc", as_floating(x), Unary::sinc,
               of_input(Binary::sinc_gradient, [](auto& g, auto& v) { return g * sinc_derivative(1, v); }));
}

Tensor special_entr(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("special_entr");
  Tensor y = map(Unary::entr, as_floating(x));
  return record("Entr", std::move(y), {x},
                [x = SavedTensor(x)](const Tensor& grad) { return grad * (-log(x.unpack()) - 1); });
}

Tensor special_zeta(const Tensor& first, const Tensor& second) {
  const autograd::profiler::RecordFunction profiled("special_zeta");
  const Promoted operands(first, second);
  check<TypeError>(operands.a.is_floating_point(), "special_zeta: expected floating-point tensors, got {} and {}",
                   first.dtype(), second.dtype());
  Tensor y = map_each("special_zeta", operands.a, operands.b,
                      [](auto s, auto q) { return zeta_of(static_cast<double>(s), static_cast<double>(q)); });
  return record("Zeta", std::move(y), {operands.a, operands.b},
                [s = SavedTensor(operands.a), q = SavedTensor(operands.b)](const Tensor& grad, const Node& node) {
                  check<GraphError>(!node.needs_gradient(0), "special_zeta: it has no gradient with respect to s");
                  const Tensor order = s.unpack();
                  const Tensor at = q.unpack();
                  return std::array<Tensor, 2>{Tensor(), sum_to(-grad * order * special_zeta(order + 1, at), at.sizes())};
                });
}

std::tuple<Tensor, Tensor> frexp(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("frexp");
  check<TypeError>(x.is_floating_point(), "frexp: expected a floating-point tensor, got {}", x.dtype());
  Tensor mantissa = map(Unary::mantissa, x);
  const Tensor exponents = map(Unary::exponent, x.detach());
  mantissa = record("Frexp", mantissa, {x},
                    [exponents = SavedTensor(exponents)](const Tensor& grad) { return grad * exp2(-exponents.unpack()); });
  return {mantissa, to(exponents, kInt32)};
}

Tensor& Tensor::polygamma_(std::int64_t n) const {
  return change_in_place("polygamma_", *this, [n](const Tensor& x) { return xgrad::polygamma(n, x); });
}

}  // namespace xgrad
