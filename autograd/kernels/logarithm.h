/// log, log2, log10 and log1p on xsimd vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numbers>
#include <type_traits>

#include "autograd/kernels/fused.h"
#include "autograd/kernels/simd.h"

namespace xgrad::kernels {

namespace detail {

/// log(2) in two parts: the product of the first with an exponent is exact.
inline constexpr float ln2_high = 0x1.63p-1F;
inline constexpr float ln2_low = -0x1.bd0106p-13F;

/// x = 2^n (1 + f) with 1 + f from sqrt(1/2) to sqrt(2), of positive normal numbers.
struct Octave {
  xsimd::batch<std::int32_t> n;
  Batch<float> f;
};
[[gnu::always_inline]] inline Octave octave_of(Batch<float> x) {
  using Integers = xsimd::batch<std::int32_t>;
  const auto bits = xsimd::bitwise_cast<Integers>(x);
  const Integers n = (bits - Integers(0x3f3504f3)) >> 23;
  return {n, xsimd::bitwise_cast<Batch<float>>(bits - (n << 23)) - Batch<float>(1.0F)};
}

/// n log(2) + log(1 + f), with the logarithm as f - f^2 / 2 + f^3 p(f), where the fit's relative error is 6e-9.
[[gnu::always_inline]] inline Batch<float> log_of_octave(xsimd::batch<std::int32_t> n, Batch<float> f) {
  using V = Batch<float>;
  constexpr float fit[] = {-0x1.38c974p-4F, 0x1.055eaep-3F, -0x1.0d8246p-3F, 0x1.22d930p-3F,
                           -0x1.54728ap-3F, 0x1.99a01cp-3F, -0x1.000226p-2F, 0x1.555554p-2F};
  V p(fit[0]);
  for (std::size_t i = 1; i < std::size(fit); ++i) p = multiply_add(p, f, V(fit[i]));
  const V octaves = xsimd::to_float(n);
  const V rest = multiply_add(multiply_add(p, f, V(-0.5F)), f * f, octaves * V(ln2_low));
  return multiply_add(octaves, V(ln2_high), f + rest);
}

/// y where all is ordinary, which is the rule; both ways give the same bits there.
template <class Rare>
[[gnu::always_inline]] inline Batch<float> unless_rare(xsimd::batch_bool<float> ordinary, Batch<float> y, const Rare& rare) {
  if (xsimd::all(ordinary)) [[likely]]
    return y;
  return xsimd::select(ordinary, y, rare());
}
[[gnu::noinline, gnu::cold]] inline Batch<float> rare_log(Batch<float> x) { return xsimd::log(x); }
[[gnu::noinline, gnu::cold]] inline Batch<float> rare_log1p(Batch<float> x) { return xsimd::log1p(x); }

/// A logarithm by xsimd's function, whose doubles are right where they are normal numbers only: `octave` is that of 2.
template <class T, class Logarithm>
Batch<T> log_of(const Logarithm& logarithm, Batch<T> x, T octave) {
  if constexpr (std::is_same_v<T, double>) {
    const auto denormal = xsimd::abs(x) < Batch<T>(std::numeric_limits<T>::min());
    if (xsimd::any(denormal)) [[unlikely]] {
      constexpr T octaves = 54;
      const Batch<T> scaled = logarithm(x * Batch<T>(0x1p54)) - Batch<T>(octaves * octave);
      return xsimd::select(denormal, scaled, logarithm(x));
    }
  }
  return logarithm(x);
}

}  // namespace detail

template <class T>
[[gnu::always_inline]] inline Batch<T> log(Batch<T> x) {
  if constexpr (std::is_same_v<T, float>) {
    const auto ordinary = x >= Batch<T>(std::numeric_limits<T>::min()) && x <= Batch<T>(std::numeric_limits<T>::max());
    const detail::Octave octave = detail::octave_of(x);
    return detail::unless_rare(ordinary, detail::log_of_octave(octave.n, octave.f), [x] { return detail::rare_log(x); });
  } else {
    return detail::log_of([](Batch<T> v) { return xsimd::log(v); }, x, static_cast<T>(std::numbers::ln2));
  }
}
template <class T>
Batch<T> log2(Batch<T> x) {
  return detail::log_of([](Batch<T> v) { return xsimd::log2(v); }, x, T(1));
}
template <class T>
Batch<T> log10(Batch<T> x) {
  return detail::log_of([](Batch<T> v) { return xsimd::log10(v); }, x,
                        static_cast<T>(std::numbers::ln2 / std::numbers::ln10));
}

/// log(1 + x), -0 included.
template <class T>
[[gnu::always_inline]] inline Batch<T> log1p(Batch<T> x) {
  if constexpr (std::is_same_v<T, float>) {
    using Integers = xsimd::batch<std::int32_t>;
    const Batch<T> one(T(1));
    const Batch<T> u = one + x;
    const auto ordinary = x > Batch<T>(T(-1)) && u < Batch<T>(T(0x1p126));  // as long as 2^-n is a normal number
    const detail::Octave octave = detail::octave_of(u);
    // What rounding took from 1 + x, over 2^n.
    const auto scale = xsimd::bitwise_cast<Batch<T>>((Integers(127) - octave.n) << 23);
    const Batch<T> f = multiply_add(x - (u - one), scale, octave.f);
    return detail::unless_rare(ordinary, xsimd::copysign(detail::log_of_octave(octave.n, f), x),
                               [x] { return detail::rare_log1p(x); });
  } else {
    return xsimd::log1p(x);
  }
}

/// log(1 + e) for e from 0 to 1, such as e^-|x|: e - e^2 p(e) / q(e), where the fit's relative error is 1.2e-8.
template <class T>
[[gnu::always_inline]] inline Batch<T> log1p_of_fraction(Batch<T> e) {
  if constexpr (std::is_same_v<T, float>) {
    using V = Batch<float>;
    const V p = multiply_add(multiply_add(V(0x1.3b8f66p-4F), e, V(0x1.d94478p-2F)), e, V(0x1.0p-1F));
    V q = multiply_add(V(0x1.4b5f90p-4F), e, V(0x1.6df6fcp-1F));
    q = multiply_add(multiply_add(q, e, V(0x1.974cdap+0F)), e, V(0x1.0p+0F));
    return multiply_add(e * e, -(p / q), e);
  } else {
    return xsimd::log1p(e);
  }
}

}  // namespace xgrad::kernels
