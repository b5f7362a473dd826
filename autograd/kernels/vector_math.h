/// exp, sigmoid, tanh and their kin on xsimd vectors.
///
/// All rest on e^r - 1 after reduction to |r| <= ln(2)/2: a polynomial fitted by weighted least squares, of degree 6 for
/// float (relative error of the fit 3e-9) and 12 for double (2e-18). They hold over the whole range, denormal results,
/// infinities and NaN included. Largest errors, in units in the last place (tests/autograd/kernels/vector_math_test.cpp):
/// exp 1.1, sigmoid 3, tanh 3, log_sigmoid 3.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numbers>
#include <type_traits>

#include "autograd/kernels/fused.h"
#include "autograd/kernels/logarithm.h"
#include "autograd/kernels/simd.h"

namespace xgrad::kernels {

namespace detail {

template <class T>
struct ExpConstants;

template <>
struct ExpConstants<float> {
  using Integer = std::int32_t;
  static constexpr int mantissa_bits = 23;
  static constexpr float log2_e = 0x1.715476p+0F;
  // ln(2) in two parts: the product of the first with n is exact.
  static constexpr float ln2_high = detail::ln2_high;
  static constexpr float ln2_low = detail::ln2_low;
  /// Where e^x is 0, and where it is infinite.
  static constexpr float lowest = -104.0F;
  static constexpr float highest = 89.0F;
  /// Within this, e^x is a normal number.
  static constexpr float normal_limit = 87.0F;
  /// Added to n, it leaves n + 127 in the lowest bits of the sum.
  static constexpr float exponent_shift = 0x1.8p+23F + 127;
  static constexpr float rounding_shift = 0x1.8p+23F;
  /// (e^r - 1 - r) / r^2, the highest power first.
  static constexpr float coefficients[] = {0x1.6a23d0p-10F, 0x1.123a20p-7F, 0x1.5558f2p-5F, 0x1.555492p-3F, 0x1.fffffcp-2F};
  /// Where tanh is 1.
  static constexpr float tanh_limit = 10.0F;
};

template <>
struct ExpConstants<double> {
  using Integer = std::int64_t;
  static constexpr int mantissa_bits = 52;
  static constexpr double log2_e = 0x1.71547652b82fep+0;
  static constexpr double ln2_high = 0x1.62e42feep-1;
  static constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  static constexpr double lowest = -746.0;
  static constexpr double highest = 710.0;
  static constexpr double normal_limit = 708.0;
  static constexpr double exponent_shift = 0x1.8p+52 + 1023;
  static constexpr double rounding_shift = 0x1.8p+52;
  static constexpr double coefficients[] = {0x1.1dd773fe15fe0p-29,
                                            0x1.af6cdd1fe53b4p-26,
                                            0x1.27e6013a0686bp-22,
                                            0x1.71ddef85173ecp-19,
                                            0x1.a01a010a8ba78p-16,
                                            0x1.a01a01b3c4d5ep-13,
                                            0x1.6c16c16c3bfdbp-10,
                                            0x1.111111110eb87p-7,
                                            0x1.55555555554d6p-5,
                                            0x1.555555555555cp-3,
                                            0x1.0p-1};
  static constexpr double tanh_limit = 20.0;
};

/// The nearest integer, of numbers far below 2^mantissa_bits.
template <class T>
[[gnu::always_inline]] inline Batch<T> rounded(Batch<T> x) {
  const Batch<T> shift(ExpConstants<T>::rounding_shift);
  return (x + shift) - shift;
}

/// 2^n from n + exponent_shift.
template <class T>
[[gnu::always_inline]] inline Batch<T> power_of_shifted(Batch<T> shifted) {
  using Integers = xsimd::batch<typename ExpConstants<T>::Integer>;
  return xsimd::bitwise_cast<Batch<T>>(xsimd::bitwise_cast<Integers>(shifted) << ExpConstants<T>::mantissa_bits);
}

/// 2^n for integers n from the smallest to the largest normal exponent.
template <class T>
[[gnu::always_inline]] inline Batch<T> power_of_two(Batch<T> n) {
  return power_of_shifted<T>(n + Batch<T>(ExpConstants<T>::exponent_shift));
}

/// x = n ln(2) + r, with an integer n.
template <class T>
struct Reduction {
  Batch<T> r;
  Batch<T> n;
  Batch<T> shifted;  ///< n + exponent_shift: the sum rounds to the integer
};
template <class T>
[[gnu::always_inline]] inline Reduction<T> reduce(Batch<T> x) {
  using Constants = ExpConstants<T>;
  const Batch<T> shift(Constants::exponent_shift);
  const Batch<T> shifted = multiply_add(x, Batch<T>(Constants::log2_e), shift);
  const Batch<T> n = shifted - shift;
  const Batch<T> r = multiply_add(n, Batch<T>(-Constants::ln2_high), x);
  return {multiply_add(n, Batch<T>(-Constants::ln2_low), r), n, shifted};
}

/// e^r - 1
template <class T>
[[gnu::always_inline]] inline Batch<T> expm1_of_reduced(Batch<T> r) {
  using Constants = ExpConstants<T>;
  Batch<T> p(Constants::coefficients[0]);
  for (std::size_t i = 1; i < std::size(Constants::coefficients); ++i) {
    p = multiply_add(p, r, Batch<T>(Constants::coefficients[i]));
  }
  return multiply_add(p * r, r, r);
}

/// x within bounds. The vector units' minimum and maximum give their second operand where one is NaN: so NaN stays.
template <class T>
[[gnu::always_inline]] inline Batch<T> limited(Batch<T> x, T lowest, T highest) {
  return xsimd::min(Batch<T>(highest), xsimd::max(Batch<T>(lowest), x));
}

/// factor e^(x + x_low) where some e^x are no normal numbers, in two steps: each power of two is a normal number, and the
/// first product is exact.
template <class T>
[[gnu::noinline, gnu::cold]] Batch<T> times_exp_beyond_normal(Batch<T> factor, Batch<T> x, Batch<T> x_low) {
  using Constants = ExpConstants<T>;
  const Reduction<T> reduced = reduce<T>(limited<T>(x, Constants::lowest, Constants::highest));
  const Batch<T> first = rounded<T>(reduced.n * Batch<T>(T(0.5)));
  const Batch<T> scaled = factor * power_of_two<T>(first);
  // Exactly 0 times something takes no time; a product too small for a denormal number would.
  const Batch<T> rest = xsimd::select(x < Batch<T>(Constants::lowest), Batch<T>(T(0)), power_of_two<T>(reduced.n - first));
  return multiply_add(expm1_of_reduced<T>(reduced.r + x_low), scaled, scaled) * rest;
}

template <class T>
[[gnu::always_inline]] inline bool all_exp_normal(Batch<T> x) {
  return xsimd::all(xsimd::abs(x) < Batch<T>(ExpConstants<T>::normal_limit));
}

/// Both ways give the same bits.
template <class T>
[[gnu::always_inline]] inline Batch<T> exp_in_place(Batch<T> x) {
  if (all_exp_normal<T>(x)) [[likely]] {
    const Reduction<T> reduced = reduce<T>(x);
    const Batch<T> scale = power_of_shifted<T>(reduced.shifted);
    return multiply_add(expm1_of_reduced<T>(reduced.r), scale, scale);
  }
  return times_exp_beyond_normal<T>(Batch<T>(T(1)), x, Batch<T>(T(0)));
}

}  // namespace detail

/// e^x
template <class T>
Batch<T> exp(Batch<T> x) {
  return detail::exp_in_place<T>(x);
}
/// A call would take a third of the time.
template <>
[[gnu::always_inline]] inline Batch<float> exp(Batch<float> x) {
  return detail::exp_in_place<float>(x);
}

/// factor e^(x + x_low), where x_low is below the last place of x, with fewer roundings than a product has. The factor is a
/// number of an ordinary size.
template <class T>
[[gnu::always_inline]] inline Batch<T> times_exp(Batch<T> factor, Batch<T> x, Batch<T> x_low) {
  if (detail::all_exp_normal<T>(x)) [[likely]] {
    const detail::Reduction<T> reduced = detail::reduce<T>(x);
    const Batch<T> scaled = factor * detail::power_of_shifted<T>(reduced.shifted);
    return multiply_add(detail::expm1_of_reduced<T>(reduced.r + x_low), scaled, scaled);
  }
  return detail::times_exp_beyond_normal<T>(factor, x, x_low);
}

namespace detail {

/// x = n + r: returns 2^r, right to one unit in the last place.
inline Batch<float> reduced_exp2(Batch<float> x, Batch<float>& n) {
  constexpr float fit[] = {0x1.00a594p-16F, 0x1.444020p-13F, 0x1.5d8798p-10F, 0x1.3b2a1cp-7F,
                           0x1.c6b08ep-5F,  0x1.ebfbe0p-3F,  0x1.62e430p-1F};  // (2^r - 1) / r
  n = rounded<float>(x);
  const Batch<float> r = x - n;
  Batch<float> p(fit[0]);
  for (std::size_t i = 1; i < std::size(fit); ++i) p = multiply_add(p, r, Batch<float>(fit[i]));
  return multiply_add(p, r, Batch<float>(1.0F));
}

}  // namespace detail

/// 2^x
inline Batch<float> exp2(Batch<float> x) {
  Batch<float> n;
  const Batch<float> reduced = detail::reduced_exp2(detail::limited<float>(x, -152, 129), n);
  const Batch<float> first = detail::rounded<float>(n * Batch<float>(0.5F));
  return reduced * detail::power_of_two<float>(first) * detail::power_of_two<float>(n - first);
}

/// a 2^x, also where 2^x is not a number of its own.
inline Batch<float> times_power_of_two(Batch<float> a, Batch<float> x) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  Batch<float> n;
  const Batch<float> reduced = detail::reduced_exp2(detail::limited<float>(x, -300, 300), n);
  const Batch<float> third = detail::rounded<float>(n * Batch<float>(1.0F / 3));
  const Batch<float> factor = detail::power_of_two<float>(third);
  const Batch<float> y = a * factor * reduced * factor * detail::power_of_two<float>(n - third - third);
  const auto infinite = xsimd::abs(x) == Batch<float>(infinity);
  if (!xsimd::any(infinite)) [[likely]]
    return y;
  return xsimd::select(infinite, a * xsimd::select(x > Batch<float>(0.0F), x, Batch<float>(0.0F)), y);
}

/// e^x - 1 where e^x is a normal number.
template <class T>
[[gnu::always_inline]] inline Batch<T> small_expm1(Batch<T> x) {
  const detail::Reduction<T> reduced = detail::reduce<T>(x);
  const Batch<T> scale = detail::power_of_shifted<T>(reduced.shifted);
  return multiply_add(detail::expm1_of_reduced<T>(reduced.r), scale, scale - Batch<T>(T(1)));
}

/// e^x - 1, -0 included.
template <class T>
[[gnu::always_inline]] inline Batch<T> expm1(Batch<T> x) {
  constexpr T limit = detail::ExpConstants<T>::normal_limit;
  const Batch<T> y = xsimd::copysign(small_expm1<T>(detail::limited<T>(x, -limit, limit)), x);
  const auto ordinary = x < Batch<T>(limit);
  if (xsimd::all(ordinary)) [[likely]]
    return y;
  return xsimd::select(ordinary, y, detail::times_exp_beyond_normal<T>(Batch<T>(T(1)), x, Batch<T>(T(0))));
}

/// e^x for x <= 0, and e^x - 1 in `less_one`, which near 0 keeps the digits that e^x has not.
template <class T>
[[gnu::always_inline]] inline Batch<T> exp_and_expm1(Batch<T> x, Batch<T>& less_one) {
  using Constants = detail::ExpConstants<T>;
  const detail::Reduction<T> reduced = detail::reduce<T>(detail::limited<T>(x, -Constants::normal_limit, T(0)));
  const Batch<T> part = detail::expm1_of_reduced<T>(reduced.r);
  const Batch<T> scale = detail::power_of_shifted<T>(reduced.shifted);
  less_one = multiply_add(part, scale, scale - Batch<T>(T(1)));
  if (xsimd::all(x > Batch<T>(-Constants::normal_limit))) [[likely]]
    return multiply_add(part, scale, scale);
  return exp<T>(x);
}

/// 1 / (1 + e^-x), by e^-|x|, which keeps the left tail.
template <class T>
[[gnu::always_inline]] inline Batch<T> sigmoid(Batch<T> x) {
  const Batch<T> e = exp<T>(-xsimd::abs(x));
  const Batch<T> one(T(1));
  return xsimd::select(x < Batch<T>(T(0)), e, one) / (one + e);
}

/// log(1 / (1 + e^-x)) = min(x, 0) - log(1 + e^-|x|)
template <class T>
[[gnu::always_inline]] inline Batch<T> log_sigmoid(Batch<T> x) {
  return xsimd::min(Batch<T>(T(0)), x) - log1p_of_fraction<T>(exp<T>(-xsimd::abs(x)));
}

/// log(1 + e^x) = -log_sigmoid(-x)
template <class T>
[[gnu::always_inline]] inline Batch<T> softplus(Batch<T> x) {
  return -log_sigmoid<T>(-x);
}

template <class T>
[[gnu::always_inline]] inline Batch<T> tanh(Batch<T> x) {
  // expm1(2x) / (expm1(2x) + 2), with the odd symmetry of tanh: exact near 0 too.
  const Batch<T> twice = xsimd::min(Batch<T>(2 * detail::ExpConstants<T>::tanh_limit), xsimd::abs(x + x));  // NaN stays
  const Batch<T> e = small_expm1<T>(twice);
  return xsimd::copysign(e / (e + Batch<T>(T(2))), x);
}

/// tanh(log(1 + e^x)): (e^2 + 2e) / (e^2 + 2e + 2) with e = e^x, both divided by e^2 for positive x. `rest` is what it lacks
/// to 1.
template <class T>
[[gnu::always_inline]] inline Batch<T> tanh_softplus(Batch<T> x, Batch<T>* rest = nullptr) {
  const Batch<T> e = exp<T>(-xsimd::abs(x));
  const Batch<T> one(T(1));
  const Batch<T> two(T(2));
  const auto negative = x < Batch<T>(T(0));
  const Batch<T> above = xsimd::select(negative, e * (e + two), multiply_add(two, e, one));
  const Batch<T> lacking = xsimd::select(negative, two, two * e * e);
  if (rest != nullptr) *rest = lacking / (above + lacking);
  return above / (above + lacking);
}

}  // namespace xgrad::kernels
