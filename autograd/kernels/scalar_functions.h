/// Bessel functions and those of the normal distribution, of single numbers, to the digits of a double. Their kernels for
/// floats are vectors of single_functions.h.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

namespace xgrad::kernels {

/// e^-|x| I_n(x): up to 30 by the power series, whose terms are all positive; above by the asymptotic series, whose smallest
/// term is below e^-60. Abramowitz and Stegun, Handbook of Mathematical Functions, 9.6.10 and 9.7.1.
inline double scaled_modified_bessel(int n, double x) {
  const double size = std::abs(x);
  if (!(size < std::numeric_limits<double>::infinity())) return std::isnan(x) ? x : 0;
  const double sign = x < 0 && n % 2 == 1 ? -1 : 1;
  double term = 1;
  double sum = 1;
  if (size <= 30) {
    const double quarter = size * size / 4;
    for (int k = 1; term > sum * 1e-17; ++k) sum += term *= quarter / (static_cast<double>(k) * (k + n));
    double leading = 1;
    for (int k = 1; k <= n; ++k) leading *= size / (2 * k);
    return sign * leading * sum * std::exp(-size);
  }
  const double order = 4.0 * n * n;
  for (int k = 1; k < 60 && std::abs(term) > 1e-17; ++k) {
    sum += term *= -(order - (2.0 * k - 1) * (2.0 * k - 1)) / (8 * k * size);
  }
  return sign * sum / std::sqrt(2 * std::numbers::pi * size);
}

inline double modified_bessel(int n, double x) {
  const double half = std::exp(std::abs(x) / 2);  // e^|x| overflows where the function does not
  if (std::isinf(half)) return x < 0 && n % 2 == 1 ? -half : half;
  return half * scaled_modified_bessel(n, x) * half;
}

/// The derivative of e^-|x| I_n(x); for order 0 it is 0 at 0.
inline double scaled_modified_bessel_slope(int n, double x) {
  const double sign = x > 0 ? 1 : x < 0 ? -1 : 0;
  return (scaled_modified_bessel(n == 0 ? 1 : n - 1, x) + scaled_modified_bessel(n + 1, x)) / 2 -
         sign * scaled_modified_bessel(n, x);
}

/// J_n, or Y_n where `second_kind`. C's functions take negative orders too: J_-1 = -J_1.
inline double bessel(int n, bool second_kind, double x) {
  if (!second_kind) return ::jn(n, x);
  return x < 0 ? std::numeric_limits<double>::quiet_NaN() : ::yn(n, x);
}

inline constexpr double root_half = std::numbers::sqrt2 / 2;
/// The standard normal density at 0.
inline constexpr double central_density = std::numbers::inv_sqrtpi * root_half;

/// e^(x^2), with the error of the square put right.
inline double exp_square(double x) {
  const double square = x * x;
  return std::exp(square) * (1 + std::fma(x, x, -square));
}

/// e^(x^2) i^n erfc(x), the n-fold integrals of erfc, E_n: E_n' = -2 (n + 1) E_(n + 1), and 2 n E_n = E_(n - 2) - 2 x E_(n -
/// 1). For x >= 2 by the continued fraction of E_n / E_(n - 1), which is this recurrence downwards; below upwards from erfc
/// itself. Abramowitz and Stegun, Handbook of Mathematical Functions, 7.2.
inline double scaled_erfc_integral(int n, double x) {
  double value = 2 * std::numbers::inv_sqrtpi;  // E_-1
  if (x >= 2) {
    if (std::isinf(x)) return 0;
    double ratio = 0;
    for (int k = 120 + n; k > n; --k) ratio = 1 / (2 * (x + (k + 1) * ratio));
    for (int k = n; k >= 0; --k) {
      ratio = 1 / (2 * (x + (k + 1) * ratio));
      value *= ratio;
    }
    return value;
  }
  constexpr double least = -27;
  if (x < least) return std::numeric_limits<double>::infinity();
  double next = exp_square(x) * std::erfc(x);
  for (int k = 1; k <= n; ++k) {
    const double following = (value - 2 * x * next) / (2 * k);
    value = next;
    next = following;
  }
  return next;
}

inline double log_ndtr(double x) {
  if (x < -1) return std::log(scaled_erfc_integral(0, -x * root_half) / 2) - x * x / 2;
  return std::log1p(-std::erfc(x * root_half) / 2);
}

inline double ndtri(double p) {
  if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0) return -std::numeric_limits<double>::infinity();
  if (p > 0.5) return -ndtri(1 - p);
  // A first guess, good to three digits (Abramowitz and Stegun, 26.2.23), then Newton's steps.
  const double t = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int i = 0; i < 4; ++i) {
    if (p > 0.25) {  // where distances from the middle are exact
      x -= (std::erf(x * root_half) / 2 - (p - 0.5)) / (central_density * std::exp(-x * x / 2));
    } else {  // in logarithms
      const double slope = 2 * central_density / scaled_erfc_integral(0, -x * root_half);
      x -= (log_ndtr(x) - std::log(p)) / slope;
    }
  }
  return x;
}

}  // namespace xgrad::kernels
