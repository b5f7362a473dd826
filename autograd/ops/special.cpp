#include "autograd/ops/special.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
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

/// A first guess, good to seven digits: M. Giles, "Approximating the erfinv function" (2012), the form in single precision.
double guess_erfinv(double x) {
  constexpr double centre[] = {2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                               -0.00125372503, -0.00417768164, 0.246640727,    1.50140941};
  constexpr double tail[] = {-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
                             -0.0076224613,   0.00943887047,  1.00167406,    2.83297682};
  const double w = -std::log((1 - x) * (1 + x));
  const bool central = w < 5;
  const double t = central ? w - 2.5 : std::sqrt(w) - 3;
  double p = 0;
  for (int i = 0; i < 9; ++i) p = p * t + (central ? centre[i] : tail[i]);
  return p * x;
}

double inverse_erf(double x) {
  const double size = std::abs(x);
  if (!(size <= 1)) return not_a_number;
  if (size == 1) return std::copysign(infinity, x);
  double y = guess_erfinv(size);
  for (int i = 0; i < 2; ++i) {  // Newton's steps; near 1 through erfc, which is exact there
    const double error = size > 0.5 ? (1 - size) - std::erfc(y) : std::erf(y) - size;
    y -= error * (0.5 / std::numbers::inv_sqrtpi) * std::exp(y * y);
  }
  return std::copysign(y, x);
}

/// Hurwitz' zeta function, the sum over k >= 0 of (q + k)^-s for s > 1 and q > 0: twelve terms and Euler and Maclaurin's
/// formula for the rest, with the coefficients B_2j / (2j)!.
double zeta(double s, double q) {
  constexpr double coefficients[] = {1.0 / 12,       -1.0 / 720,     1.0 / 30240,
                                     -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000.0};
  double sum = 0;
  for (int k = 0; k < 12; ++k, ++q) sum += std::pow(q, -s);
  const double term = std::pow(q, -s);
  sum += term * q / (s - 1) + term / 2;
  double factor = s * term / q;
  for (int j = 0; j < 6; ++j) {
    sum += coefficients[j] * factor;
    factor *= (s + 2 * j + 1) * (s + 2 * j + 2) / (q * q);
  }
  return sum;
}

/// The function for all arguments: negative q, which is no integer, is brought above 0 by its recurrence.
double zeta_of(double s, double q) {
  if (!(s >= 1) || q != q) return not_a_number;
  if (s == 1) return infinity;
  if (q <= 0 && q == std::floor(q)) return infinity;
  if (q < 0 && s != std::floor(s)) return not_a_number;
  double below = 0;
  for (; q < 0; ++q) below += std::pow(q, -s);
  return below + zeta(s, q);
}

double polygamma_of(std::int64_t n, double x) {
  const auto order = static_cast<double>(n);
  if (x <= 0) {
    if (x == std::floor(x)) return n % 2 == 1 ? infinity : x == 0 ? -infinity : not_a_number;
    if (n > 1) return not_a_number;
    const double sine = std::sin(pi * (x - std::floor(x)));
    return pi * pi / (sine * sine) - polygamma_of(1, 1 - x);
  }
  return (n % 2 == 1 ? 1 : -1) * std::tgamma(order + 1) * zeta(order + 1, x);
}

/// std::lgamma writes a global sign.
float log_gamma(float x) {
  int sign = 0;
  return ::lgammaf_r(x, &sign);
}
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

}  // namespace

double detail::digamma_of(double x) {
  if (x == 0) return std::copysign(infinity, -x);
  if (x < 0 && x == std::floor(x)) return not_a_number;
  if (x < 0) return digamma_of(1 - x) - pi / std::tan(pi * (x - std::floor(x)));  // reflection
  double below = 0;
  for (; x < 10; ++x) below -= 1 / x;  // recurrence, up to where the asymptotic series is exact
  constexpr double series[] = {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12};
  const double z = 1 / (x * x);
  double power = z;
  double sum = 0;
  for (const double coefficient : series) {
    sum += coefficient * power;
    power *= z;
  }
  return below + std::log(x) - 0.5 / x - sum;
}

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
  const autograd::profiler::RecordFunction profiled("erfinv");
  Tensor y = map_scalars("erfinv", x, [](auto v) { return inverse_erf(static_cast<double>(v)); });
  return record("Erfinv", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) {
    return grad * exp(square(y.unpack())) * (0.5 / std::numbers::inv_sqrtpi);
  });
}

Tensor lgamma(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("lgamma");
  Tensor y = map_scalars("lgamma", x, [](auto v) { return log_gamma(v); });
  return record("Lgamma", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * digamma(x.unpack()); });
}

Tensor digamma(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("digamma");
  Tensor y = map_scalars("digamma", x, [](auto v) { return detail::digamma_of(static_cast<double>(v)); });
  return record("Digamma", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * polygamma(1, x.unpack()); });
}

Tensor polygamma(std::int64_t n, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("polygamma");
  check<ValueError>(n >= 0, "polygamma: the order of the derivative must not be negative, got {}", n);
  if (n == 0) return digamma(x);
  Tensor y = map_scalars("polygamma", x, [n](auto v) { return polygamma_of(n, static_cast<double>(v)); });
  return record("Polygamma", y, {x},
                [x = SavedTensor(x), n](const Tensor& grad) { return grad * polygamma(n + 1, x.unpack()); });
}

Tensor logit(const Tensor& x, std::optional<double> eps) {
  if (eps) return logit(clamp(x, *eps, 1 - *eps));
  const autograd::profiler::RecordFunction profiled("logit");
  Tensor y = map_scalars("logit", x, [](auto v) { return std::log(v / (1 - v)); });
  return record("Logit", y, {x}, [x = SavedTensor(x)](const Tensor& grad) {
    const Tensor v = x.unpack();
    return grad / (v * (1 - v));
  });
}

namespace {

/// The n-th derivative of sin(t) / t: near 0 by its power series, else by sin^(n)(t) = t s_n + n s_(n-1).
double sine_quotient(std::int64_t n, double t) {
  if (std::abs(t) < static_cast<double>(n) + 1) {
    // The sum over 2k >= n of (-1)^k t^(2k - n) / ((2k + 1) (2k - n)!)
    const std::int64_t first = (n + 1) / 2;
    double power = n % 2 == 0 ? 1 : t;  // t^(2k - n) / (2k - n)!
    double sum = 0;
    for (std::int64_t k = first; k < first + 40; ++k) {
      sum += (k % 2 == 0 ? power : -power) / static_cast<double>(2 * k + 1);
      const auto exponent = static_cast<double>(2 * k - n);
      power *= t * t / ((exponent + 1) * (exponent + 2));
    }
    return sum;
  }
  double quotient = std::sin(t) / t;
  for (std::int64_t k = 1; k <= n; ++k) {
    const double derivative =
        k % 2 == 0 ? (k % 4 == 0 ? std::sin(t) : -std::sin(t)) : (k % 4 == 1 ? std::cos(t) : -std::cos(t));
    quotient = (derivative - static_cast<double>(k) * quotient) / t;
  }
  return quotient;
}

/// The n-th derivative of sinc, whose own is the next one.
Tensor sinc_derivative(std::int64_t n, const Tensor& x) {
  Tensor y = map_scalars("sinc", x, [n](auto v) {
    return std::pow(pi, static_cast<double>(n)) * sine_quotient(n, pi * static_cast<double>(v));
  });
  return record("Sinc", y, {x},
                [x = SavedTensor(x), n](const Tensor& grad) { return grad * sinc_derivative(n + 1, x.unpack()); });
}

}  // namespace

Tensor sinc(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("sinc");
  Tensor y = map_scalars("sinc", x, [](auto v) {
    const auto angle = v * static_cast<decltype(v)>(pi);
    return v == 0 ? decltype(v)(1) : std::sin(angle) / angle;
  });
  return record("Sinc", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * sinc_derivative(1, x.unpack()); });
}

Tensor special_entr(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("special_entr");
  Tensor y = map_scalars("special_entr", x, [](auto v) {
    using T = decltype(v);
    if (v == 0) return T(0);
    return v < 0 ? -std::numeric_limits<T>::infinity() : -v * std::log(v);
  });
  return record("Entr", y, {x}, [x = SavedTensor(x)](const Tensor& grad) { return grad * (-log(x.unpack()) - 1); });
}

Tensor special_zeta(const Tensor& first, const Tensor& second) {
  const autograd::profiler::RecordFunction profiled("special_zeta");
  const Promoted operands(first, second);
  check<TypeError>(operands.a.is_floating_point(), "special_zeta: expected floating-point tensors, got {} and {}",
                   first.dtype(), second.dtype());
  Tensor y = map_each("special_zeta", operands.a, operands.b,
                      [](auto s, auto q) { return zeta_of(static_cast<double>(s), static_cast<double>(q)); });
  return record("Zeta", y, {operands.a, operands.b},
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
  Tensor mantissa = map_each(x, [](auto v) {
    int exponent = 0;
    if constexpr (std::is_floating_point_v<decltype(v)>) return std::frexp(v, &exponent);
    else return v;  // never asked for
  });
  const Tensor exponents = map_each(x, [](auto v) {
    using T = decltype(v);
    int exponent = 0;
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isfinite(v)) std::frexp(v, &exponent);
    }
    return static_cast<T>(exponent);
  });
  mantissa = record("Frexp", mantissa, {x},
                    [exponents = SavedTensor(exponents)](const Tensor& grad) { return grad * exp2(-exponents.unpack()); });
  return {mantissa, to(exponents, kInt32)};
}

Tensor& Tensor::polygamma_(std::int64_t n) const {
  return write_result("polygamma_", *this, xgrad::polygamma(n, before_change(*this)));
}

}  // namespace xgrad
