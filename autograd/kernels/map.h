/// Elementwise computation over plain memory: xtensor expressions, vectorised by xsimd, over operands of any strides.
///
/// The value of an element does not depend on where it lies: what does not fill a vector goes through a padded buffer
/// and the same vector code, so that slices, threads and views all give the same bits.
#pragma once

#ifndef XTENSOR_USE_XSIMD
#define XTENSOR_USE_XSIMD
#endif

#include <algorithm>
#include <array>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <xtensor/xadapt.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xoperation.hpp>
#include <xtensor/xtensor.hpp>

#include "autograd/kernels/loop.h"

namespace xgrad::kernels {

/// Elements of T in the widest vector of any instruction set: the unit of padding.
template <class T>
inline constexpr std::int64_t lanes = 64 / static_cast<std::int64_t>(sizeof(T));

inline constexpr std::int64_t block_length = 512;

/// `n` elements of memory as a one-dimensional xtensor expression. The static number of dimensions makes it cheap.
template <class T>
auto adapt(T* data, std::int64_t n) {
  // xtensor would keep a reference to a pointer that has a name.
  return xt::adapt(static_cast<T*&&>(data), static_cast<std::size_t>(n), xt::no_ownership(),
                   std::array<std::size_t, 1>{static_cast<std::size_t>(n)});
}

namespace detail {

/// An operand that has the same value everywhere.
template <class T>
struct Uniform {
  T value;
};

template <class T>
auto expression(const T* data, std::int64_t n) {
  return adapt(data, n);
}
template <class T>
T expression(Uniform<T> uniform, std::int64_t) {
  return uniform.value;
}

template <class T>
const T* advance(const T* data, std::int64_t n) {
  return data + n;
}
template <class T>
Uniform<T> advance(Uniform<T> uniform, std::int64_t) {
  return uniform;
}

template <class T>
const T* padded(const T* data, std::int64_t n, T* buffer) {
  std::copy(data, data + n, buffer);
  std::fill(buffer + n, buffer + lanes<T>, data[n - 1]);
  return buffer;
}
template <class T>
Uniform<T> padded(Uniform<T> uniform, std::int64_t, T*) {
  return uniform;
}

/// n must be a multiple of the vector length, out aligned.
template <class T, class F, class... Operands>
void evaluate(T* out, std::int64_t n, const F& f, const Operands&... operands) {
  auto target = adapt(out, n);
  xt::noalias(target) = f(expression(operands, n)...);
}

template <class T, class F, std::size_t... I, class... Operands>
void evaluate_run(T* out, std::int64_t n, const F& f, std::index_sequence<I...>, Operands... operands) {
  const std::int64_t full = n / lanes<T> * lanes<T>;
  if (full > 0) {
    if (reinterpret_cast<std::uintptr_t>(out) % 64 == 0) {
      evaluate(out, full, f, operands...);
    } else {
      alignas(64) T buffer[block_length];
      for (std::int64_t first = 0; first < full; first += block_length) {
        const std::int64_t length = std::min(block_length, full - first);
        evaluate(buffer, length, f, advance(operands, first)...);
        std::copy(buffer, buffer + length, out + first);
      }
    }
  }
  if (const std::int64_t rest = n - full; rest > 0) {
    alignas(64) T inputs[sizeof...(I)][lanes<T>];
    alignas(64) T buffer[lanes<T>];
    evaluate(buffer, lanes<T>, f, padded(advance(operands, full), rest, inputs[I])...);
    std::copy(buffer, buffer + rest, out + full);
  }
}

template <class T>
const T* gather(const T* data, std::int64_t n, std::int64_t stride, T* buffer) {
  if (stride == 1) return data;
  for (std::int64_t i = 0; i < n; ++i) buffer[i] = data[i * stride];
  return buffer;
}

}  // namespace detail

/// out = f(in...), elementwise over a loop whose operand 0 is `out`. `f` takes xtensor expressions, or a number in the
/// place of an operand that is the same all along a run. T is float or double.
template <class T, class F, std::size_t N>
void map_expression(Loop<N + 1> loop, T* out, std::array<const T*, N> in, const F& f) {
  static_assert(std::is_floating_point_v<T> && N >= 1 && N <= 3);
  simplify(loop);
  for_each_run(loop, [&](const std::array<std::int64_t, N + 1>& offsets, std::int64_t length,
                         const std::array<std::int64_t, N + 1>& strides) {
    T* target = out + offsets[0];
    const auto indices = std::make_index_sequence<N>();
    if constexpr (N == 1) {
      if (strides[0] == 1 && strides[1] == 1) {
        detail::evaluate_run(target, length, f, indices, in[0] + offsets[1]);
        return;
      }
    } else if constexpr (N == 2) {
      const T* a = in[0] + offsets[1];
      const T* b = in[1] + offsets[2];
      if (strides[0] == 1 && strides[1] == 1 && strides[2] == 1) {
        detail::evaluate_run(target, length, f, indices, a, b);
        return;
      }
      if (strides[0] == 1 && strides[1] == 1 && strides[2] == 0) {
        detail::evaluate_run(target, length, f, indices, a, detail::Uniform<T>{*b});
        return;
      }
      if (strides[0] == 1 && strides[1] == 0 && strides[2] == 1) {
        detail::evaluate_run(target, length, f, indices, detail::Uniform<T>{*a}, b);
        return;
      }
    }
    alignas(64) T buffers[N][block_length];
    alignas(64) T result[block_length];
    for (std::int64_t first = 0; first < length; first += block_length) {
      const std::int64_t n = std::min(block_length, length - first);
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        detail::evaluate_run(
            result, n, f, indices,
            detail::gather(in[I] + offsets[I + 1] + first * strides[I + 1], n, strides[I + 1], buffers[I])...);
      }
      (indices);
      for (std::int64_t i = 0; i < n; ++i) target[(first + i) * strides[0]] = result[i];
    }
  });
}

/// The same for `n` elements, contiguous everywhere, on this thread.
template <class T, class F, class... Operands>
void map_run(T* out, std::int64_t n, const F& f, Operands... in) {
  detail::evaluate_run(out, n, f, std::index_sequence_for<Operands...>(), in...);
}

/// out = f(in...), one element at a time: for results of another type, integers, and what has no vector form.
template <class R, class F, class... Ts>
void map_each(Loop<sizeof...(Ts) + 1> loop, R* out, const F& f, const Ts*... in) {
  constexpr std::size_t N = sizeof...(Ts) + 1;
  simplify(loop);
  for_each_run(loop, [&] [[gnu::noinline]] (const std::array<std::int64_t, N>& offsets, std::int64_t length,
                                            const std::array<std::int64_t, N>& strides) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      R* target = out + offsets[0];
      if (strides[0] == 1 && (... && (strides[I + 1] == 1))) {
        const auto body = [target, length, &f](const Ts*... data) {
          for (std::int64_t i = 0; i < length; ++i) target[i] = f(data[i]...);
        };
        body((in + offsets[I + 1])...);
      } else {
        for (std::int64_t i = 0; i < length; ++i) target[i * strides[0]] = f(in[offsets[I + 1] + i * strides[I + 1]]...);
      }
    }
    (std::make_index_sequence<sizeof...(Ts)>());
  });
}

}  // namespace xgrad::kernels
