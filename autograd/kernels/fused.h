/// a * b + c on xsimd vectors, rounded once where the instruction set can.
#pragma once

#include <type_traits>

#include "autograd/kernels/simd.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace xgrad::kernels {

// xsimd 8 has no AVX-512 instruction behind its fma, and the compiler must not fuse what is written as two operations.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> multiply_add(const xsimd::batch<T>& a, const xsimd::batch<T>& b,
                                                           const xsimd::batch<T>& c) {
#ifdef __AVX512F__
  if constexpr (std::is_same_v<T, float>) return xsimd::batch<T>(_mm512_fmadd_ps(a, b, c));
  else return xsimd::batch<T>(_mm512_fmadd_pd(a, b, c));
#else
  return xsimd::fma(a, b, c);
#endif
}

/// What rounding took from x * y, which is `product`: exact without fused instructions, too, by splitting both in halves.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> lost_of_product(const xsimd::batch<T>& x, const xsimd::batch<T>& y,
                                                              const xsimd::batch<T>& product) {
#if defined(__AVX512F__) || defined(__FMA__) || defined(__aarch64__)
  return multiply_add(x, y, -product);
#else
  const auto high_half = [](const xsimd::batch<T>& v) {
    const xsimd::batch<T> shifted = v * xsimd::batch<T>(std::is_same_v<T, float> ? T(4097) : T(134217729));
    return shifted - (shifted - v);
  };
  const xsimd::batch<T> x_high = high_half(x);
  const xsimd::batch<T> x_low = x - x_high;
  const xsimd::batch<T> y_high = high_half(y);
  const xsimd::batch<T> y_low = y - y_high;
  return ((x_high * y_high - product) + (x_high * y_low + x_low * y_high)) + x_low * y_low;
#endif
}

}  // namespace xgrad::kernels
