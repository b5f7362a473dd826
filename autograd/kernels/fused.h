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

/// What rounding took from x * x, which is `square`: exact without fused instructions, too, by splitting x in two halves.
template <class T>
[[gnu::always_inline]] inline xsimd::batch<T> lost_of_square(const xsimd::batch<T>& x, const xsimd::batch<T>& square) {
#if defined(__AVX512F__) || defined(__FMA__) || defined(__aarch64__)
  return multiply_add(x, x, -square);
#else
  const xsimd::batch<T> shifted = x * xsimd::batch<T>(std::is_same_v<T, float> ? T(4097) : T(134217729));
  const xsimd::batch<T> high = shifted - (shifted - x);
  const xsimd::batch<T> low = x - high;
  return ((high * high - square) + (high + high) * low) + low * low;
#endif
}

}  // namespace xgrad::kernels
