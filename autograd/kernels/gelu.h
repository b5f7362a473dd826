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

/// e^(-x^2 / 2), and the normal distribution up to -|x|.
template <class V>
struct Normal {
  V bell;
  V tail;
};

/// e^(c x^2) of sizes for which x^2 is finite, with c -1 or -0.5: what rounding takes from the square, the exponential
/// would multiply.
template <class T>
Batch<T> bell_curve(Batch<T> size, T c) {
  const Batch<T> square = size * size;
  const Batch<T> e = kernels::exp<T>(square * Batch<T>(c));
  return multiply_add(e, lost_of_product<T>(size, size, square) * Batch<T>(c), e);
}

/// The tail is the bell times p(t) / (|x| + 3.5) with t = (|x| - 3.5) / (|x| + 3.5), where the fit's relative error
/// is 1.2e-8.
inline Normal<Batch<float>> normal(Batch<float> x) {
  using V = Batch<float>;
  constexpr float coefficients[] = {-0x1.a17994p-15F, 0x1.228a88p-15F, 0x1.daaf1ap-12F, -0x1.b60fe8p-12F,
                                    -0x1.a0ad10p-9F,  0x1.a7b4a0p-8F,  0x1.1d2e4ep-6F,  -0x1.db563ep-4F,
                                    0x1.42fecap-2F,   -0x1.219154p-1F, 0x1.7d241ap-1F};
  const V size = xsimd::min(V(40.0F), xsimd::abs(x));  // NaN stays
  const V bell = bell_curve<float>(size, -0.5F);
  const V reciprocal = V(1.0F) / (size + V(3.5F));
  const V t = (size - V(3.5F)) * reciprocal;
  // Even and odd powers apart, two short chains in the place of a long one, but for the last two, which decide the rounding.
  constexpr std::size_t apart = std::size(coefficients) - 2;
  const V t_squared = t * t;
  V p(coefficients[0]);
  V odd(coefficients[1]);
  for (std::size_t i = 2; i < apart; i += 2) {
    p = multiply_add(p, t_squared, V(coefficients[i]));
    if (i + 1 < apart) odd = multiply_add(odd, t_squared, V(coefficients[i + 1]));
  }
  p = multiply_add(odd, t, p);
  for (std::size_t i = apart; i < std::size(coefficients); ++i) p = multiply_add(p, t, V(coefficients[i]));
  return {bell, bell * (p * reciprocal)};
}

/// The normal distribution up to x.
inline Batch<float> distribution(Batch<float> x, const Normal<Batch<float>>& of) {
  return choose(x < Batch<float>(0.0F), of.tail, Batch<float>(1.0F) - of.tail);
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
