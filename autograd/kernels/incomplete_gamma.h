/// The incomplete gamma functions, of single numbers, and of vectors of double to the digits of a float.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

#include "autograd/base/dual.h"
#include "autograd/kernels/single_functions.h"
#include "autograd/kernels/special_functions.h"

namespace xgrad::kernels {

namespace detail {

inline constexpr double negligible = std::numeric_limits<double>::epsilon() / 4;
/// From here on the uniform expansion is exact to twelve digits, and series would take thousands of terms.
inline constexpr double large_order = 1e6;

/// u - log(1 + u), without cancellation near 0.
inline double log_excess(double u) {
  if (std::abs(u) > 1e-2) return u - std::log1p(u);
  double sum = 0;
  for (int k = 9; k >= 2; --k) sum = (k % 2 == 0 ? 1.0 : -1.0) / k + u * sum;
  return u * u * sum;
}

/// x^a e^-x / Gamma(a + 1): for large a by Stirling's series, so that large logarithms do not cancel.
inline double gamma_density(double a, double x) {
  if (a < 20) return std::exp(a * std::log(x) - x - log_gamma(a + 1));
  const double inverse = 1 / (a * a);
  const double correction = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))) / a;
  return std::exp(-a * log_excess((x - a) / a) - correction) / std::sqrt(2 * std::numbers::pi * a);
}

/// P by its power series: Abramowitz and Stegun, Handbook of Mathematical Functions, 6.5.29.
inline double lower_series(double a, double x) {
  double term = 1;
  double sum = 1;
  for (double n = 1; term > sum * negligible; ++n) sum += term *= x / (a + n);
  return gamma_density(a, x) * sum;
}

/// Q by its continued fraction (6.5.31), evaluated by Lentz's method.
inline double upper_fraction(double a, double x) {
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
inline double upper_of_small(double a, double x) {
  const double log_gamma_1p =
      a < 1e-5 ? a * (-std::numbers::egamma + a * std::numbers::pi * std::numbers::pi / 12) : log_gamma(1 + a);
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
inline double by_uniform_expansion(double a, double x, bool upper) {
  const double u = (x - a) / a;
  const double eta = std::copysign(std::sqrt(2 * log_excess(u)), u);
  const double c0 = std::abs(eta) < 1e-3 ? -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135)) : 1 / u - 1 / eta;
  const double rest = std::exp(-0.5 * a * eta * eta) / std::sqrt(2 * std::numbers::pi * a) * (c0 - 1 / (540 * a));
  const double tail = 0.5 * std::erfc((upper ? eta : -eta) * std::sqrt(a / 2));
  return upper ? tail + rest : tail - rest;
}

/// dx / da by Wilson and Hilferty's cube root, which is nearly normal: for large a.
inline double slope_of_large(double a, double x) {
  const double root = std::cbrt(x / a);
  const double z = 3 * std::sqrt(a) * (root - 1 + 1 / (9 * a));
  return root * root * root + 3 * root * root * (1 / (9 * a) - z / (6 * std::sqrt(a)));
}

}  // namespace detail

/// P(a, x), or Q(a, x) where `upper`.
inline double incomplete_gamma(double a, double x, bool upper) {
  if (!(a >= 0) || !(x >= 0) || (a == 0 && x == 0) || (std::isinf(a) && std::isinf(x)))
    return std::numeric_limits<double>::quiet_NaN();
  if (x == 0 || std::isinf(a)) return upper ? 1 : 0;
  if (a == 0 || std::isinf(x)) return upper ? 0 : 1;
  if (a >= detail::large_order && std::abs(x - a) < 0.3 * a) return detail::by_uniform_expansion(a, x, upper);
  if (a <= 1 && x < 1.1) return upper ? detail::upper_of_small(a, x) : detail::lower_series(a, x);
  if (x < a + 1) {
    const double p = detail::lower_series(a, x);
    return upper ? 1 - p : p;
  }
  const double q = detail::upper_fraction(a, x);
  return upper ? q : 1 - q;
}

/// x^(a - 1) e^-x / Gamma(a), the derivative of P(a, x).
inline double gamma_flow(double a, double x) {
  const double power = a == 1 ? 0 : (a - 1) * std::log(x);
  return std::exp(power - x - log_gamma(a));
}

/// dx / da where P(a, x) stays.
inline double gamma_quantile_slope(double a, double x) {
  if (!(a > 0 && x >= 0)) return a == 0 ? 0 : std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return 0;
  if (a > detail::large_order) return detail::slope_of_large(a, x);
  const Dual order{a, 1};
  // The derivatives of log P, or of log Q, with respect to a, over the density.
  if (x < a + 1) {
    Dual term{1, 0};
    Dual sum{1, 0};
    for (double n = 1;
         term.value > sum.value * detail::negligible || std::abs(term.slope) > std::abs(sum.slope) * detail::negligible;
         ++n) {
      term = term * Dual{x, 0} / (order + n);
      sum = sum + term;
    }
    return -x / a * ((std::log(x) - digamma(a + 1)) * sum.value + sum.slope);
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
    if (std::abs(factor.value - 1) < 4 * detail::negligible && std::abs(factor.slope) < 4 * detail::negligible) break;
  }
  return x * ((std::log(x) - digamma(a)) * fraction.value + fraction.slope);
}

namespace single {

/// Whether the power series of P is good for P and for 1 - P, and loses no digits of a float in a double. To be asked first.
inline auto is_moderate(Batch<float> a, Batch<float> x) {
  using V = Batch<float>;
  return a >= V(1e-3F) && a <= V(30.0F) && x > V(1e-6F) && x <= V(30.0F) &&
         x <= a + V(3.0F) + V(5.0F) * xsimd::sqrt(a + V(1.0F));
}

/// 1 + the sum of x^n / ((a + 1) ... (a + n)) as one fraction, and, where `with_slope`, its derivative by a.
struct Series {
  Batch<double> value;
  Batch<double> slope;
};

template <bool with_slope>
Series series_of_lower(Batch<double> a, Batch<double> x) {
  using V = Batch<double>;
  constexpr int most = 110;  // terms: enough, and products of so many factors do not overflow
  V numerator(1.0);
  V denominator(1.0);
  V numerator_slope(0.0);
  V denominator_slope(0.0);
  V power(1.0);
  V factor = a;
  for (int n = 1; n < most; ++n) {
    factor += V(1.0);
    power *= x;
    if constexpr (with_slope) {
      numerator_slope = multiply_add(numerator_slope, factor, numerator);
      denominator_slope = multiply_add(denominator_slope, factor, denominator);
    }
    numerator = multiply_add(numerator, factor, power);
    denominator *= factor;
    // Behind x, terms fall faster than a geometric series of 1 / 2 only later; this leaves digits enough.
    if (n % 4 == 0 && xsimd::all(power < numerator * V(1e-15))) break;
  }
  const V value = numerator / denominator;
  return {value, with_slope ? (numerator_slope - value * denominator_slope) / denominator : V(0.0)};
}

/// P(a, x) for what is moderate.
inline Batch<double> lower_gamma(Batch<double> a, Batch<double> x) {
  const Batch<double> density = kernels::exp<double>(a * xsimd::log(x) - x - log_gamma_above_zero(a + Batch<double>(1.0)));
  return density * series_of_lower<false>(a, x).value;
}

/// For positive numbers.
inline Batch<double> gamma_flow(Batch<double> a, Batch<double> x) {
  return exp((a - Batch<double>(1.0)) * log_of_positive(x) - x - log_gamma_above_zero(a));
}

/// For what is moderate.
inline Batch<double> gamma_quantile_slope(Batch<double> a, Batch<double> x) {
  const Series series = series_of_lower<true>(a, x);
  return -x / a * ((xsimd::log(x) - digamma_above_zero(a + Batch<double>(1.0))) * series.value + series.slope);
}

}  // namespace single

}  // namespace xgrad::kernels
