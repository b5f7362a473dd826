/// The normal distribution, and what the two forms of gelu are made of. For functors.h.
#pragma once

#include <cmath>
#include <cstddef>
#include <iterator>
#include <numbers>

#include "autograd/kernels/fused.h"
#include "autograd/kernels/lanes.h"

namespace xgrad::kernels::functors {

/// erfc(-x / sqrt 2) / 2, with the argument's rounding put back.
inline double scalar_normal_distribution(double x) {
  constexpr double inv_sqrt2 = 0x1.6a09e667f3bcdp-1;
  constexpr double inv_sqrt2_rest = -0x1.bdd3413b26456p-55;  // what inv_sqrt2 lacks
  const double argument = -x * inv_sqrt2;
  if (!(std::abs(argument) < 28)) return std::erfc(argument) / 2;
  const double lost = std::fma(-x, inv_sqrt2, -argument) - x * inv_sqrt2_rest;
  return std::erfc(argument) / 2 - std::numbers::inv_sqrtpi * std::exp(-argument * argument) * lost;
}

/// |x|, no larger than what has a square. NaN stays.
template <class T>
[[gnu::always_inline]] inline Batch<T> bounded_size(Batch<T> x) {
  return xsimd::min(Batch<T>(T(40)), xsimd::abs(x));
}

/// factor e^(c x^2), of bounded sizes and with c -1 or -0.5: what rounding takes from the square, the exponential would
/// multiply.
template <class T>
[[gnu::always_inline]] inline Batch<T> times_bell_curve(Batch<T> factor, Batch<T> size, T c) {
  const Batch<T> scaled = size * Batch<T>(c);
  const Batch<T> exponent = scaled * size;
  return times_exp<T>(factor, exponent, lost_of_product<T>(scaled, size, exponent));
}

/// The normal distribution up to -size over e^(-size^2 / 2), by a quotient of polynomials without negative coefficients,
/// fitted with a relative error of 1e-8 wherever the product is not 0.
[[gnu::always_inline]] inline Batch<float> normal_tail_ratio(Batch<float> size) {
  using V = Batch<float>;
  constexpr float above[] = {0x1.0c1cfcp-8F, 0x1.4ba806p-5F, 0x1.766ee4p-3F, 0x1.c04d74p-2F, 0x1.0p-1F};
  constexpr float below[] = {0x1.5006b2p-7F, 0x1.9fb236p-4F, 0x1.dfa100p-2F, 0x1.336dccp+0F, 0x1.ac68e8p+0F, 0x1.0p+0F};
  V p(above[0]);
  for (std::size_t i = 1; i < std::size(above); ++i) p = multiply_add(p, size, V(above[i]));
  V q(below[0]);
  for (std::size_t i = 1; i < std::size(below); ++i) q = multiply_add(q, size, V(below[i]));
  return p / q;
}

/// The normal distribution up to x.
[[gnu::always_inline]] inline Batch<float> normal_distribution(Batch<float> x) {
  const Batch<float> size = bounded_size(x);
  const Batch<float> tail = times_bell_curve<float>(normal_tail_ratio(size), size, -0.5F);
  return choose(x < Batch<float>(0.0F), tail, Batch<float>(1.0F) - tail);
}

/// 1 / (1 + e^-v), the left tail as well.
inline double scalar_logistic(double v) {
  const double e = std::exp(-std::abs(v));
  return (v < 0 ? e : 1) / (1 + e);
}

/// sqrt(2 / pi) (x + 0.044715 x^3), twice: tanh of it, plus 1, is 2 logistic of this.
inline constexpr double gelu_tanh_scale = 2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
/// scalar_logistic of it, with the argument in two parts: the exponential would multiply its rounding.
inline double scalar_gelu_tanh_logistic(double x) {
  constexpr double scale_low = -0x1.cbc0d30ebfd15p-54;  // of the scale
  constexpr double c = 0.044715;
  const double square = x * x;
  const double cubic = c * square;
  const double sum = 1 + cubic;
  const double sum_low =
      (cubic < 1 ? (1 - sum) + cubic : (cubic - sum) + 1) + std::fma(c, square, -cubic) + c * std::fma(x, x, -square);
  const double scaled = gelu_tanh_scale * x;
  const double argument = scaled * sum;
  const double e = std::exp(-std::abs(argument));
  const double part = (argument < 0 ? e : 1) / (1 + e);
  if (!(std::abs(argument) < 800)) return part;
  const double low =
      std::fma(scaled, sum, -argument) + scaled * sum_low + (std::fma(gelu_tanh_scale, x, -scaled) + scale_low * x) * sum;
  return part + part * ((argument < 0 ? 1 : e) / (1 + e)) * low;
}

/// e^-|a| where a is twice the argument of gelu_tanh's tanh, with a in two parts: the exponential would multiply its
/// rounding. Sizes beyond which it is 0 must not grow.
inline Batch<float> gelu_tanh_exponential(Batch<float> size) {
  using V = Batch<float>;
  constexpr auto scale = static_cast<float>(gelu_tanh_scale);
  constexpr auto scale_low = static_cast<float>(gelu_tanh_scale - scale);
  constexpr auto cubic = static_cast<float>(gelu_tanh_scale * 0.044715);
  constexpr auto cubic_low = static_cast<float>(gelu_tanh_scale * 0.044715 - cubic);
  const V square = size * size;
  const V growth = V(cubic) * square;
  const V sum = V(scale) + growth;
  const V added = sum - V(scale);
  const V sum_low =
      ((V(scale) - (sum - added)) + (growth - added)) +
      (lost_of_product<float>(V(cubic), square, growth) +
       multiply_add(V(cubic), lost_of_product<float>(size, size, square), multiply_add(V(cubic_low), square, V(scale_low))));
  const V argument = size * sum;
  const V argument_low = multiply_add(size, sum_low, lost_of_product<float>(size, sum, argument));
  const V e = kernels::exp<float>(-argument);
  return multiply_add(-e, argument_low, e);
}
/// At this size and beyond, it is 0.
inline constexpr float gelu_tanh_end = 12.0F;

}  // namespace xgrad::kernels::functors
