/// One loop over numbers in vectors, and one rule for what does not fill one: it is padded, and goes through the same code.
#pragma once

#include <algorithm>
#include <cstdint>

#include "autograd/kernels/simd.h"

#ifdef __AVX__
#include <immintrin.h>
#endif

namespace xgrad::kernels {

/// Numbers that follow one another.
template <class T>
struct Stream {
  const T* data;
  Batch<T> at(std::int64_t i) const { return Batch<T>::load_unaligned(data + i); }
  /// `n` of them from `i` on, and the last one again in the lanes behind.
  Batch<T> padded(std::int64_t i, std::int64_t n) const {
    alignas(64) T lanes[Batch<T>::size];
    std::copy(data + i, data + i + n, lanes);
    std::fill(lanes + n, lanes + Batch<T>::size, data[i + n - 1]);
    return Batch<T>::load_aligned(lanes);
  }
};

/// One number in the place of a stream.
template <class T>
struct Repeated {
  Batch<T> vector;
  explicit Repeated(T value) : vector(value) {}
  Batch<T> at(std::int64_t /*i*/) const { return vector; }
  Batch<T> padded(std::int64_t /*i*/, std::int64_t /*n*/) const { return vector; }
};

/// Stores to a whole vector's aligned memory, past the caches.
template <class T>
inline void store_past_caches(const Batch<T>& x, T* out) {
#if defined(__AVX512F__)
  _mm512_stream_si512(reinterpret_cast<__m512i*>(out), xsimd::bitwise_cast<xsimd::batch<std::int64_t>>(x));
#elif defined(__AVX__)
  _mm256_stream_si256(reinterpret_cast<__m256i*>(out), xsimd::bitwise_cast<xsimd::batch<std::int64_t>>(x));
#else
  x.store_aligned(out);
#endif
}

/// Results longer than this do not stay in a cache until they are read: writing them there first would cost reading them.
inline constexpr std::int64_t past_caches_bytes = std::int64_t{32} << 20;

template <class T>
inline bool goes_past_caches(const T* out, std::int64_t n) {
  return n * static_cast<std::int64_t>(sizeof(T)) >= past_caches_bytes &&
         reinterpret_cast<std::uintptr_t>(out) % sizeof(Batch<T>) == 0;
}

/// Has fill(to, first, count) write n numbers that go past the caches, block by block.
template <class T, class Fill>
inline void fill_past_caches(T* out, std::int64_t n, const Fill& fill) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  constexpr auto length = static_cast<std::int64_t>(4096 / sizeof(T));
  alignas(64) T block[length];
  for (std::int64_t first = 0; first < n; first += length) {
    const std::int64_t count = std::min(length, n - first);
    const std::int64_t whole = count / width * width;
    fill(block, first, count);
    for (std::int64_t i = 0; i < whole; i += width) store_past_caches(Batch<T>::load_aligned(block + i), out + first + i);
    std::copy(block + whole, block + count, out + first + whole);
  }
#ifdef __AVX__
  _mm_sfence();  // before another thread reads
#endif
}

/// Has the compiler leave a decision in the loop: it would make the loop twice, once for each answer, and all that it calls.
inline bool decided_each_time(bool answer) {
  asm volatile("" : "+r"(answer));
  return answer;
}

/// out[i] = f(in[i]...) for i below n. `out` may be one of the streams. Of a light function, which is done before what it
/// reads is there, a turn of the loop takes a line of the cache.
template <bool light = false, class T, class F, class... In>
inline void map_vectors(T* out, std::int64_t n, const F& f, const In&... in) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  std::int64_t i = 0;
  const bool past_caches = goes_past_caches(out, n);
  if constexpr (light) {
    constexpr int vectors = sizeof(Batch<T>) == 32 ? 2 : 1;
    if (past_caches) {
      for (; i + width <= n; i += width) store_past_caches(f(in.at(i)...), out + i);
    }
    for (; i + vectors * width <= n; i += vectors * width) {
      Batch<T> y[vectors];
      for (int v = 0; v < vectors; ++v) y[v] = f(in.at(i + v * width)...);
      for (int v = 0; v < vectors; ++v) y[v].store_unaligned(out + i + v * width);
    }
  }
  for (; i + width <= n; i += width) {
    const Batch<T> y = f(in.at(i)...);
    if (decided_each_time(past_caches)) [[unlikely]]
      store_past_caches(y, out + i);
    else y.store_unaligned(out + i);
  }
#ifdef __AVX__
  if (past_caches) _mm_sfence();  // before another thread reads
#endif
  if (const std::int64_t rest = n - i; rest > 0) {
    alignas(64) T lanes[width];
    f(in.padded(i, rest)...).store_aligned(lanes);
    std::copy(lanes, lanes + rest, out + i);
  }
}

}  // namespace xgrad::kernels
