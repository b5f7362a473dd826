/// Special functions of single numbers, and of vectors of double for arguments where no case needs care: enough for numbers
/// of type float. For functors.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numbers>

#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace detail {

/// M. Giles, "Approximating the erfinv function" (2012), the form in single precision: erfinv(x) / x as a polynomial in what
/// -log(1 - x^2) says, near the centre and in the tail.
inline constexpr double erfinv_centre[] = {2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
                                           -0.00125372503, -0.00417768164, 0.246640727,    1.50140941};
inline constexpr double erfinv_tail[] = {-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
                                         -0.0076224613,   0.00943887047,  1.00167406,    2.83297682};

/// Of the asymptotic series of digamma: B_2k / 2k.
inline constexpr double digamma_series[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                            1.0 / 132, -691.0 / 32760, 1.0 / 12};
/// Of trigamma's: B_2k.
inline constexpr double trigamma_series[] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6};
/// Of lgamma's: B_2k / (2k (2k - 1)).
inline constexpr double lgamma_series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                           1.0 / 1188, -691.0 / 360360, 1.0 / 156};

/// The sum of coefficients[k] z^k.
template <std::size_t n>
Batch<double> power_series(const double (&coefficients)[n], Batch<double> z) {
  Batch<double> sum(coefficients[n - 1]);
  for (std::size_t k = n - 1; k-- > 0;) sum = multiply_add(sum, z, Batch<double>(coefficients[k]));
  return sum;
}

/// From where on the series are good to a float's digits.
inline constexpr int series_start = 6;

}  // namespace detail

/// The inverse of the error function.
inline double inverse_erf(double x) {
  const double size = std::abs(x);
  if (!(size <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (size == 1) return std::copysign(std::numeric_limits<double>::infinity(), x);
  const double w = -std::log((1 - size) * (1 + size));
  const bool central = w < 5;
  const double t = central ? w - 2.5 : std::sqrt(w) - 3;
  double p = 0;
  for (std::size_t i = 0; i < std::size(detail::erfinv_tail); ++i) {
    p = p * t + (central ? detail::erfinv_centre[i] : detail::erfinv_tail[i]);
  }
  double y = p * size;
  // Newton's steps; near 1 on the logarithm of erfc, which is exact there, and almost a parabola.
  for (int i = 0; i < (central ? 2 : 4); ++i) {
    const double inverse_slope = (0.5 / std::numbers::inv_sqrtpi) * std::exp(y * y);
    if (size > 0.5) {
      const double rest = std::erfc(y);
      y += std::log(rest / (1 - size)) * rest * inverse_slope;
    } else {
      y -= (std::erf(y) - size) * inverse_slope;
    }
  }
  return std::copysign(y, x);
}

/// The logarithm of the gamma function's size. std::lgamma writes a global sign.
inline float log_gamma(float x) {
  int sign = 0;
  return ::lgammaf_r(x, &sign);
}
inline double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

/// For finite x above 0: Stirling's series, with log(x (x + 1) ...) taken away where x is small.
inline Batch<double> log_gamma_above_zero(Batch<double> x) {
  const Batch<double> one(1.0);
  const auto is_root = x == one || x == Batch<double>(2.0);
  Batch<double> product(1.0);
  for (int i = 0; i < detail::series_start; ++i) {
    const auto small = x < Batch<double>(detail::series_start);
    product *= xsimd::select(small, x, one);
    x += xsimd::select(small, one, Batch<double>(0.0));
  }
  const Batch<double> z = one / x;
  const Batch<double> series = z * detail::power_series(detail::lgamma_series, z * z);
  constexpr double half_log_2pi = 0.91893853320467274178;
  const Batch<double> sum =
      (x - Batch<double>(0.5)) * xsimd::log(x) - x + Batch<double>(half_log_2pi) + series - xsimd::log(product);
  return xsimd::select(is_root, Batch<double>(0.0), sum);
}

/// The derivative of lgamma.
inline double digamma(double x) {
  constexpr double pi = std::numbers::pi;
  if (x == 0) return std::copysign(std::numeric_limits<double>::infinity(), -x);
  if (x < 0 && x == std::floor(x)) return std::numeric_limits<double>::quiet_NaN();
  if (x < 0) return digamma(1 - x) - pi / std::tan(pi * (x - std::nearbyint(x)));  // reflection
  double below = 0;
  for (; x < 10; ++x) below -= 1 / x;  // recurrence, up to where the asymptotic series is exact
  const double z = 1 / (x * x);
  double power = z;
  double sum = 0;
  for (const double coefficient : detail::digamma_series) {
    sum += coefficient * power;
    power *= z;
  }
  return below + std::log(x) - 0.5 / x - sum;
}

namespace detail {

/// The sum of (x + i)^-power over all x + i below series_start, by one division; x moves to where the series starts.
template <int power>
Batch<double> sum_to_series_start(Batch<double>& x) {
  const Batch<double> one(1.0);
  const Batch<double> zero(0.0);
  Batch<double> numerator = zero;
  Batch<double> denominator = one;
  for (int i = 0; i < series_start; ++i) {
    const auto small = x < Batch<double>(series_start);
    const Batch<double> raised = power == 1 ? x : x * x;
    numerator = xsimd::select(small, multiply_add(numerator, raised, denominator), numerator);
    denominator *= xsimd::select(small, raised, one);
    x += xsimd::select(small, one, zero);
  }
  return numerator / denominator;
}

}  // namespace detail

/// For finite x above 0.
inline Batch<double> digamma_above_zero(Batch<double> x) {
  const Batch<double> sum = detail::sum_to_series_start<1>(x);
  const Batch<double> z = Batch<double>(1.0) / x;
  const Batch<double> series = z * z * detail::power_series(detail::digamma_series, z * z);
  return xsimd::log(x) - z * Batch<double>(0.5) - series - sum;
}

/// q^-s, for s that is mostly a small integer.
inline double inverse_power(double q, double s) {
  constexpr int most = 16;
  if (s != std::floor(s) || s < 1 || s > most) return std::pow(q, -s);
  double power = q;
  for (int i = 1; i < static_cast<int>(s); ++i) power *= q;
  return 1 / power;
}

/// Hurwitz' zeta function, the sum over k >= 0 of (q + k)^-s for s > 1 and q > 0: twelve terms and Euler and Maclaurin's
/// formula for the rest, with the coefficients B_2j / (2j)!.
inline double zeta(double s, double q) {
  constexpr double coefficients[] = {1.0 / 12,       -1.0 / 720,     1.0 / 30240,
                                     -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000.0};
  if (std::isinf(q)) return 0;
  double sum = 0;
  for (int k = 0; k < 12; ++k, ++q) sum += inverse_power(q, s);
  const double term = inverse_power(q, s);
  sum += term * q / (s - 1) + term / 2;
  double factor = s * term / q;
  for (int j = 0; j < 6; ++j) {
    sum += coefficients[j] * factor;
    factor *= (s + 2 * j + 1) * (s + 2 * j + 2) / (q * q);
  }
  return sum;
}

/// The n-th derivative of digamma, for n > 0.
[[gnu::noinline]] inline double polygamma(std::int64_t n, double x) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double pi = std::numbers::pi;
  const auto order = static_cast<double>(n);
  if (x <= 0) {
    if (x == std::floor(x)) return n % 2 == 1 ? infinity : x == 0 ? -infinity : std::numeric_limits<double>::quiet_NaN();
    // Near 0, x + 1 would forget x.
    if (n > 1 && x > -1) {
      return (n % 2 == 1 ? 1 : -1) * std::tgamma(order + 1) * (std::pow(x, -(order + 1)) + zeta(order + 1, x + 1));
    }
    if (n > 1) {
      // The sum over k of 1 / (x + k)^(n + 1), in three of zeta: from the first x + k above 0 on, and, counted the other way
      // round, what lies below 0, as all of that without what would follow it.
      const double above = x - std::floor(x);
      const double below = (n % 2 == 0 ? -1 : 1) * (zeta(order + 1, 1 - above) - zeta(order + 1, 1 - x));
      return (n % 2 == 1 ? 1 : -1) * std::tgamma(order + 1) * (zeta(order + 1, above) + below);
    }
    const double sine = std::sin(pi * (x - std::nearbyint(x)));
    return pi * pi / (sine * sine) - polygamma(1, 1 - x);
  }
  return (n % 2 == 1 ? 1 : -1) * std::tgamma(order + 1) * zeta(order + 1, x);
}

/// The derivative of digamma for finite x above 0.
inline Batch<double> trigamma_above_zero(Batch<double> x) {
  const Batch<double> sum = detail::sum_to_series_start<2>(x);
  const Batch<double> z = Batch<double>(1.0) / x;
  const Batch<double> square = z * z;
  return z + square * Batch<double>(0.5) + square * z * detail::power_series(detail::trigamma_series, square) + sum;
}

/// The n-th derivative of sin(t) / t: near 0 by its power series, else by sin^(n)(t) = t s_n + n s_(n-1).
inline double sine_quotient(std::int64_t n, double t) {
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

/// Its first derivative, for finite t.
inline Batch<double> sine_quotient_slope(Batch<double> t) {
  constexpr double near_zero[] = {-1.0 / 3, 1.0 / 30, -1.0 / 840, 1.0 / 45360, -1.0 / 3991680};
  const Batch<double> series = t * detail::power_series(near_zero, t * t);
  return xsimd::select(xsimd::abs(t) < Batch<double>(0.5), series, (xsimd::cos(t) - xsimd::sin(t) / t) / t);
}

/// x - tanh(x): near 0 by the series of (x cosh(x) - sinh(x)) / cosh(x), all of whose terms have one sign.
inline double difference_to_tanh(double x) {
  if (!(std::abs(x) < 1)) return x - std::tanh(x);
  const double square = x * x;
  double term = x;
  double sum = 0;
  for (int k = 1; k <= 10; ++k) {
    term *= square / (2 * k * (2 * k + 1));
    sum += term * (2 * k);
  }
  return sum / std::cosh(x);
}

inline Batch<double> difference_to_tanh(Batch<double> x) {
  constexpr double near_zero[] = {1.0 / 3, -2.0 / 15, 17.0 / 315, -62.0 / 2835, 1382.0 / 155925};
  const Batch<double> series = x * (x * x) * detail::power_series(near_zero, x * x);
  return xsimd::select(xsimd::abs(x) < Batch<double>(0.125), series, x - kernels::tanh<double>(x));
}

}  // namespace xgrad::kernels
