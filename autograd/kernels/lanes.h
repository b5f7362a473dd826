/// Vectors in other hands: lane by lane, or as vectors of double. For functors.h.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "autograd/kernels/vector_math.h"

#ifdef __AVX__
#include <immintrin.h>
#endif

namespace xgrad::kernels {

template <class V>
using Number = typename V::value_type;

/// condition ? p : q
template <class V, class Condition>
V choose(Condition condition, V p, V q) {
  return xsimd::select(condition, p, q);
}

/// Where a lane is an ordinary number.
template <class V>
auto is_finite(V x) {
  return xsimd::abs(x) <= V(std::numeric_limits<Number<V>>::max());
}

/// `fast` where that is `easy`, elsewhere slow(), which costs more: a number's result does not depend on its neighbours.
template <class V, class Condition, class Slow>
V unless_easy(Condition easy, V fast, const Slow& slow) {
  return xsimd::all(easy) ? fast : choose(easy, fast, slow());
}

/// f, a function of single numbers, lane by lane: for what has no vector form of the accuracy asked for. Out of line, as
/// what follows: the loops that call them would each hold a copy.
template <class V, class F, class... More>
[[gnu::noinline]] V by_lanes(const F& f, V x, More... more) {
  using T = typename V::value_type;
  alignas(64) T in[1 + sizeof...(More)][V::size];
  x.store_aligned(in[0]);
  std::size_t k = 1;
  (more.store_aligned(in[k++]), ...);
  alignas(64) T out[V::size];
  for (std::size_t i = 0; i < V::size; ++i) {
    if constexpr (sizeof...(More) == 0) out[i] = static_cast<T>(f(in[0][i]));
    else out[i] = static_cast<T>(f(in[0][i], in[1][i]));
  }
  return V::load_aligned(out);
}

/// The lanes of a vector of float in two of double.
struct Wide {
  Batch<double> low;
  Batch<double> high;
};

inline Wide widen(Batch<float> x) {
#if defined(__AVX512F__)
  const __m512 v = x;
  const __m256 high = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(v), 1));
  return {Batch<double>(_mm512_cvtps_pd(_mm512_castps512_ps256(v))), Batch<double>(_mm512_cvtps_pd(high))};
#elif defined(__AVX__)
  const __m256 v = x;
  return {Batch<double>(_mm256_cvtps_pd(_mm256_castps256_ps128(v))),
          Batch<double>(_mm256_cvtps_pd(_mm256_extractf128_ps(v, 1)))};
#elif defined(__aarch64__)
  const float32x4_t v = x;
  return {Batch<double>(vcvt_f64_f32(vget_low_f32(v))), Batch<double>(vcvt_high_f64_f32(v))};
#else
  alignas(64) float in[Batch<float>::size];
  alignas(64) double out[Batch<float>::size];
  x.store_aligned(in);
  for (std::size_t i = 0; i < Batch<float>::size; ++i) out[i] = in[i];
  return {Batch<double>::load_aligned(out), Batch<double>::load_aligned(out + Batch<double>::size)};
#endif
}

/// As many numbers as a vector of double has, in double precision.
inline Batch<double> load_wide(const double* data) { return Batch<double>::load_unaligned(data); }
inline Batch<double> load_wide(const float* data) {
#if defined(__AVX512F__)
  return Batch<double>(_mm512_cvtps_pd(_mm256_loadu_ps(data)));
#elif defined(__AVX__)
  return Batch<double>(_mm256_cvtps_pd(_mm_loadu_ps(data)));
#else
  alignas(64) double lanes[Batch<double>::size];
  std::copy(data, data + Batch<double>::size, lanes);
  return Batch<double>::load_aligned(lanes);
#endif
}

inline Batch<float> narrow(const Wide& wide) {
#if defined(__AVX512F__)
  const __m512 low = _mm512_castps256_ps512(_mm512_cvtpd_ps(wide.low));
  const __m256d high = _mm256_castps_pd(_mm512_cvtpd_ps(wide.high));
  return Batch<float>(_mm512_castpd_ps(_mm512_insertf64x4(_mm512_castps_pd(low), high, 1)));
#elif defined(__AVX__)
  return Batch<float>(
      _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(wide.low)), _mm256_cvtpd_ps(wide.high), 1));
#elif defined(__aarch64__)
  return Batch<float>(vcvt_high_f32_f64(vcvt_f32_f64(wide.low), wide.high));
#else
  alignas(64) double in[Batch<float>::size];
  alignas(64) float out[Batch<float>::size];
  wide.low.store_aligned(in);
  wide.high.store_aligned(in + Batch<double>::size);
  for (std::size_t i = 0; i < Batch<float>::size; ++i) out[i] = static_cast<float>(in[i]);
  return Batch<float>::load_aligned(out);
#endif
}

/// f, a function of vectors of double, for vectors of float: half of the lanes at a time.
template <class F, class... Vectors>
[[gnu::noinline]] Batch<float> in_double(const F& f, Vectors... x) {
  return narrow({f(widen(x).low...), f(widen(x).high...)});
}

}  // namespace xgrad::kernels
