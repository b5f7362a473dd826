#include "autograd/ops/incomplete_gamma.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/base/check.h"
#include "autograd/base/dual.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/map.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/special.h"

namespace xgrad {

namespace {

constexpr double negligible = std::numeric_limits<double>::epsilon() / 4;
/// From here on the uniform expansion is exact to twelve digits, and series would take thousands of terms.
constexpr double large_order = 1e6;

double log_of_gamma(double a) {
  int sign = 0;
  return ::lgamma_r(a, &sign);
}

/// u - log(1 + u), without cancellation near 0.
double log_excess(double u) {
  if (std::abs(u) > 1e-2) return u - std::log1p(u);
  double sum = 0;
  for (int k = 9; k >= 2; --k) sum = (k % 2 == 0 ? 1.0 : -1.0) / k + u * sum;
  return u * u * sum;
}

/// x^a e^-x / Gamma(a + 1): for large a by Stirling's series, so that large logarithms do not cancel.
double gamma_density(double a, double x) {
  if (a < 20) return std::exp(a * std::log(x) - x - log_of_gamma(a + 1));
  const double inverse = 1 / (a * a);
  const double correction = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))) / a;
  return std::exp(-a * log_excess((x - a) / a) - correction) / std::sqrt(2 * std::numbers::pi * a);
}

/// P by its power series: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.5.29.
double lower_series(double a, double x) {
  double term = 1;
  double sum = 1;
  for (double n = 1; term > sum * negligible; ++n) sum += term *= x / (a + n);
  return gamma_density(a, x) * sum;
}

/// Q by its continued fraction (6.5.31), evaluated by Lentz's method.
double upper_fraction(double a, double x) {
  double b = x + 1 - a;
  double c = 1e300;
  double d = 1 / b;
  double fraction = d;
  for (double n = 1; n < 1e5; ++n) {
    const double numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    fraction *= c * d;
    if (std::abs(c * d - 1) < 4 * negligible) break;
  }
  return gamma_density(a, x) * a * fraction;
}

/// Q for a <= 1 and x below 1.1 or so, where 1 - P would cancel: 1 - x^a / Gamma(1 + a) is taken by expm1.
double upper_of_small(double a, double x) {
  const double log_gamma_1p =
      a < 1e-5 ? a * (-std::numbers::egamma + a * std::numbers::pi * std::numbers::pi / 12) : log_of_gamma(1 + a);
  const double u = std::expm1(a * std::log(x) - log_gamma_1p);
  double power = 1;
  double sum = 0;
  for (double n = 1; std::abs(power) > negligible; ++n) {
    power *= -x / n;
    sum += power / (a + n);
  }
  return -u - (1 + u) * a * sum;
}

/// Temme's uniform expansion, the first two terms. N. M. Temme, SIAM J. Math. Anal. 10 (1979), 757-766.
double by_uniform_expansion(double a, double x, bool upper) {
  const double u = (x - a) / a;
  const double eta = std::copysign(std::sqrt(2 * log_excess(u)), u);
  const double c0 = std::abs(eta) < 1e-3 ? -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135)) : 1 / u - 1 / eta;
  const double rest = std::exp(-0.5 * a * eta * eta) / std::sqrt(2 * std::numbers::pi * a) * (c0 - 1 / (540 * a));
  const double tail = 0.5 * std::erfc((upper ? eta : -eta) * std::sqrt(a / 2));
  return upper ? tail + rest : tail - rest;
}

double incomplete_gamma(double a, double x, bool upper) {
  if (!(a >= 0) || !(x >= 0) || (a == 0 && x == 0) || (std::isinf(a) && std::isinf(x)))
    return std::numeric_limits<double>::quiet_NaN();
  if (x == 0 || std::isinf(a)) return upper ? 1 : 0;
  if (a == 0 || std::isinf(x)) return upper ? 0 : 1;
  if (a >= large_order && std::abs(x - a) < 0.3 * a) return by_uniform_expansion(a, x, upper);
  if (a <= 1 && x < 1.1) {
    const double q = upper_of_small(a, x);
    return upper ? q : lower_series(a, x);
  }
  if (x < a + 1) {
    const double p = lower_series(a, x);
    return upper ? 1 - p : p;
  }
  const double q = upper_fraction(a, x);
  return upper ? q : 1 - q;
}

/// dx / da by Wilson and Hilferty's cube root, which is nearly normal: for large a.
double slope_of_large(double a, double x) {
  const double root = std::cbrt(x / a);
  const double z = 3 * std::sqrt(a) * (root - 1 + 1 / (9 * a));
  return root * root * root + 3 * root * root * (1 / (9 * a) - z / (6 * std::sqrt(a)));
}

double gamma_quantile_slope(double a, double x) {
  if (!(a > 0 && x >= 0)) return a == 0 ? 0 : std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return 0;
  if (a > large_order) return slope_of_large(a, x);
  const Dual order{a, 1};
  // The derivatives of log P, or of log Q, with respect to a, over the density.
  if (x < a + 1) {
    Dual term{1, 0};
    Dual sum{1, 0};
    for (double n = 1; term.value > sum.value * negligible || std::abs(term.slope) > std::abs(sum.slope) * negligible; ++n) {
      term = term * Dual{x, 0} / (order + n);
      sum = sum + term;
    }
    return -x / a * ((std::log(x) - detail::digamma_of(a + 1)) * sum.value + sum.slope);
  }
  Dual b = Dual{x + 1, 0} - order;
  Dual c{1e300, 0};
  Dual d = reciprocal(b);
  Dual fraction = d;
  for (double n = 1; n < 1e5; ++n) {
    const Dual numerator = (order + -n) * n;
    b = b + 2;
    d = reciprocal(b + numerator * d);
    c = b + numerator / c;
    const Dual factor = c * d;
    fraction = fraction * factor;
    if (std::abs(factor.value - 1) < 4 * negligible && std::abs(factor.slope) < 4 * negligible) break;
  }
  return x * ((std::log(x) - detail::digamma_of(a)) * fraction.value + fraction.slope);
}

Tensor incomplete_gamma(const char* operation, const Tensor& first, const Tensor& second, bool upper) {
  const autograd::profiler::RecordFunction profiled(operation);
  const Promoted operands(first, second);
  check<TypeError>(operands.a.is_floating_point(), "{}: expected floating-point tensors, got {} and {}", operation,
                   first.dtype(), second.dtype());
  Tensor y = map_each(operation, operands.a, operands.b, [upper](auto a, auto x) {
    return incomplete_gamma(static_cast<double>(a), static_cast<double>(x), upper);
  });
  return record("IncompleteGamma", y, {operands.a, operands.b},
                [a = SavedTensor(operands.a), x = SavedTensor(operands.b), upper](const Tensor& grad, const Node& node) {
                  const Tensor order = a.unpack();
                  const Tensor at = x.unpack();
                  const Tensor flow = grad * exp(xlogy(order - 1, at) - at - lgamma(order));
                  const Tensor down = upper ? -flow : flow;
                  std::array<Tensor, 2> gradients;
                  if (node.needs_gradient(0))
                    gradients[0] = sum_to(-down * detail::gamma_quantile_slope(order, at), order.sizes());
                  if (node.needs_gradient(1)) gradients[1] = sum_to(down, at.sizes());
                  return gradients;
                });
}

}  // namespace

Tensor detail::gamma_quantile_slope(const Tensor& a, const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("gamma_quantile_slope");
  const Tensor slope = map_each("gamma_quantile_slope", a, x, [](auto order, auto at) {
    return xgrad::gamma_quantile_slope(static_cast<double>(order), static_cast<double>(at));
  });
  return record("GammaQuantileSlope", slope, {a, x}, [](const Tensor& /*grad*/) -> std::array<Tensor, 2> {
    throw GraphError("the gradient of the gamma function's order has none");
  });
}

Tensor igamma(const Tensor& a, const Tensor& x) { return incomplete_gamma("igamma", a, x, false); }
Tensor igammac(const Tensor& a, const Tensor& x) { return incomplete_gamma("igammac", a, x, true); }

Tensor mvlgamma(const Tensor& x, std::int64_t p) {
  const autograd::profiler::RecordFunction profiled("mvlgamma");
  check<TypeError>(x.is_floating_point(), "mvlgamma: expected a floating-point tensor, got {}", x.dtype());
  constexpr std::int64_t largest = std::int64_t{1} << 20;  // there are as many summands
  check<ValueError>(p >= 1 && p <= largest, "mvlgamma: the dimension must be 1 to {}, got {}", largest, p);
  check<ValueError>(all(gt(x.detach(), static_cast<double>(p - 1) / 2)).item<bool>(),
                    "mvlgamma: an element is not above (p - 1) / 2 = {}", static_cast<double>(p - 1) / 2);
  const auto order = static_cast<double>(p);
  Tensor y = lgamma(x) + order * (order - 1) / 4 * std::log(std::numbers::pi);
  for (std::int64_t j = 1; j < p; ++j) y = y + lgamma(x - static_cast<double>(j) / 2);
  return y;
}

}  // namespace xgrad
