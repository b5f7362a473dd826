/// The elementwise part of recurrent cells, forward and gradient side by side: gates, cell state and hidden state in one
/// pass over a row.
#pragma once

#include <algorithm>
#include <cstdint>

#include "autograd/kernels/recurrent.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

/// Groups of gate columns start on whole vectors of the widest instruction set.
template <class T>
constexpr std::int64_t group_width(std::int64_t columns) {
  constexpr std::int64_t unit = 64 / static_cast<std::int64_t>(sizeof(T));
  return (columns + unit - 1) / unit * unit;
}

/// Where the gates lie in a row of the gates buffer. LSTM and RNN: one group with all gates. GRU: r and z; the input's share
/// of n (then n itself); the hidden state's share of n.
struct GateLayout {
  template <class T>
  static GateLayout of(RecurrentCell cell, std::int64_t hidden) {
    GateLayout layout;
    const std::int64_t first = cell == RecurrentCell::Gru ? 2 * hidden : gates_of(cell) * hidden;
    layout.n_input = group_width<T>(first);
    layout.n_hidden = layout.n_input + group_width<T>(hidden);
    layout.stride = cell == RecurrentCell::Gru ? layout.n_hidden + group_width<T>(hidden) : layout.n_input;
    // Rows a multiple of this apart would share a few sets of the cache, and columns are walked too.
    constexpr std::int64_t aliasing = 1024 / static_cast<std::int64_t>(sizeof(T));
    if (layout.stride % aliasing == 0) layout.stride += group_width<T>(1);
    return layout;
  }
  std::int64_t n_input = 0;
  std::int64_t n_hidden = 0;
  std::int64_t stride = 0;
};

/// Loads and stores `n` numbers; n is a whole vector but for rows shorter than one.
template <class T>
Batch<T> load_lanes(const T* data, std::int64_t n) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  if (n == width) return Batch<T>::load_unaligned(data);
  alignas(64) T buffer[width] = {};
  std::copy(data, data + n, buffer);
  return Batch<T>::load_aligned(buffer);
}

template <class T>
void store_lanes(const Batch<T>& value, T* data, std::int64_t n) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  if (n == width) {
    value.store_unaligned(data);
    return;
  }
  alignas(64) T buffer[width];
  value.store_aligned(buffer);
  std::copy(buffer, buffer + n, data);
}

/// Runs finish(j, n, load(j, n)) over a row in vectors. The last vector overlaps the one before where the length is not a
/// multiple: it is loaded before anything is stored, so that passes may work in place.
template <class T, class Load, class Finish>
void for_each_vector(std::int64_t length, const Load& load, const Finish& finish) {
  constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
  if (length < width) {
    finish(0, length, load(0, length));
    return;
  }
  const std::int64_t full = length / width * width;
  if (full == length) {
    for (std::int64_t j = 0; j < full; j += width) finish(j, width, load(j, width));
    return;
  }
  const auto tail = load(length - width, width);
  for (std::int64_t j = 0; j < full; j += width) finish(j, width, load(j, width));
  finish(length - width, width, tail);
}

/// c' = f c + i g, h = o tanh(c'). `gates` holds the sums before activation and receives the activated gates.
template <class T>
void lstm_row(std::int64_t hidden, T* gates, T* c_state, T* c_kept, T* h_state, T* y) {
  struct Loaded {
    Batch<T> i, f, g, o, c;
  };
  for_each_vector<T>(
      hidden,
      [=](std::int64_t j, std::int64_t n) {
        return Loaded{load_lanes(gates + j, n), load_lanes(gates + hidden + j, n), load_lanes(gates + 2 * hidden + j, n),
                      load_lanes(gates + 3 * hidden + j, n), load_lanes(c_state + j, n)};
      },
      [=](std::int64_t j, std::int64_t n, const Loaded& in) {
        const Batch<T> i = sigmoid(in.i);
        const Batch<T> f = sigmoid(in.f);
        const Batch<T> g = tanh(in.g);
        const Batch<T> o = sigmoid(in.o);
        const Batch<T> c = multiply_add(f, in.c, i * g);
        const Batch<T> h = o * tanh(c);
        store_lanes(i, gates + j, n);
        store_lanes(f, gates + hidden + j, n);
        store_lanes(g, gates + 2 * hidden + j, n);
        store_lanes(o, gates + 3 * hidden + j, n);
        store_lanes(c, c_state + j, n);
        if (c_kept != nullptr) store_lanes(c, c_kept + j, n);
        store_lanes(h, h_state + j, n);
        store_lanes(h, y + j, n);
      });
}

/// The gradients of the sums before activation, from those of h (`dy`, may be nullptr, and `dh`) and c (`dc`, which receives
/// the gradient of the previous c).
template <class T>
void lstm_row_backward(std::int64_t hidden, const T* gates, const T* c, const T* c_previous, const T* dy, const T* dh, T* dc,
                       T* d_gates) {
  struct Loaded {
    Batch<T> i, f, g, o, c, c_previous, dh, dc;
  };
  for_each_vector<T>(
      hidden,
      [=](std::int64_t j, std::int64_t n) {
        Batch<T> d = load_lanes(dh + j, n);
        if (dy != nullptr) d += load_lanes(dy + j, n);
        return Loaded{load_lanes(gates + j, n),
                      load_lanes(gates + hidden + j, n),
                      load_lanes(gates + 2 * hidden + j, n),
                      load_lanes(gates + 3 * hidden + j, n),
                      load_lanes(c + j, n),
                      load_lanes(c_previous + j, n),
                      d,
                      load_lanes(dc + j, n)};
      },
      [=](std::int64_t j, std::int64_t n, const Loaded& in) {
        const Batch<T> one(T(1));
        const Batch<T> tanh_c = tanh(in.c);
        const Batch<T> d_c = multiply_add(in.dh * in.o, one - tanh_c * tanh_c, in.dc);
        store_lanes(d_c * in.g * in.i * (one - in.i), d_gates + j, n);
        store_lanes(d_c * in.c_previous * in.f * (one - in.f), d_gates + hidden + j, n);
        store_lanes(d_c * in.i * (one - in.g * in.g), d_gates + 2 * hidden + j, n);
        store_lanes(in.dh * tanh_c * in.o * (one - in.o), d_gates + 3 * hidden + j, n);
        store_lanes(d_c * in.f, dc + j, n);
      });
}

/// n = tanh(n_input + r n_hidden), h = (1 - z) n + z h.
template <class T>
void gru_row(std::int64_t hidden, const GateLayout& layout, T* gates, T* h_state, T* y) {
  struct Loaded {
    Batch<T> r, z, n_input, n_hidden, h;
  };
  T* n_input = gates + layout.n_input;
  const T* n_hidden = gates + layout.n_hidden;
  for_each_vector<T>(
      hidden,
      [=](std::int64_t j, std::int64_t n) {
        return Loaded{load_lanes(gates + j, n), load_lanes(gates + hidden + j, n), load_lanes(n_input + j, n),
                      load_lanes(n_hidden + j, n), load_lanes(h_state + j, n)};
      },
      [=](std::int64_t j, std::int64_t n, const Loaded& in) {
        const Batch<T> r = sigmoid(in.r);
        const Batch<T> z = sigmoid(in.z);
        const Batch<T> candidate = tanh(multiply_add(r, in.n_hidden, in.n_input));
        const Batch<T> h = multiply_add(z, in.h - candidate, candidate);
        store_lanes(r, gates + j, n);
        store_lanes(z, gates + hidden + j, n);
        store_lanes(candidate, n_input + j, n);
        store_lanes(h, h_state + j, n);
        store_lanes(h, y + j, n);
      });
}

/// `dh` receives the gradient of the previous h along z; the share through the gates is added by the caller's product.
template <class T>
void gru_row_backward(std::int64_t hidden, const GateLayout& layout, const T* gates, const T* h_previous, const T* dy, T* dh,
                      T* d_gates) {
  struct Loaded {
    Batch<T> r, z, candidate, n_hidden, h, dh;
  };
  for_each_vector<T>(
      hidden,
      [=](std::int64_t j, std::int64_t n) {
        Batch<T> d = load_lanes(dh + j, n);
        if (dy != nullptr) d += load_lanes(dy + j, n);
        return Loaded{load_lanes(gates + j, n),
                      load_lanes(gates + hidden + j, n),
                      load_lanes(gates + layout.n_input + j, n),
                      load_lanes(gates + layout.n_hidden + j, n),
                      load_lanes(h_previous + j, n),
                      d};
      },
      [=](std::int64_t j, std::int64_t n, const Loaded& in) {
        const Batch<T> one(T(1));
        const Batch<T> d_n = in.dh * (one - in.z) * (one - in.candidate * in.candidate);
        store_lanes(d_n * in.n_hidden * in.r * (one - in.r), d_gates + j, n);
        store_lanes(in.dh * (in.h - in.candidate) * in.z * (one - in.z), d_gates + hidden + j, n);
        store_lanes(d_n, d_gates + layout.n_input + j, n);
        store_lanes(d_n * in.r, d_gates + layout.n_hidden + j, n);
        store_lanes(in.dh * in.z, dh + j, n);
      });
}

/// h = tanh(sum) or max(0, sum).
template <class T>
void rnn_row(std::int64_t hidden, bool relu, const T* sums, T* h_state, T* y) {
  for_each_vector<T>(
      hidden, [=](std::int64_t j, std::int64_t n) { return load_lanes(sums + j, n); },
      [=](std::int64_t j, std::int64_t n, const Batch<T>& sum) {
        const Batch<T> zero(T(0));
        const Batch<T> h = relu ? xsimd::select(sum <= zero, zero, sum) : tanh(sum);
        store_lanes(h, h_state + j, n);
        store_lanes(h, y + j, n);
      });
}

template <class T>
void rnn_row_backward(std::int64_t hidden, bool relu, const T* y, const T* dy, const T* dh, T* d_sums) {
  for_each_vector<T>(
      hidden,
      [=](std::int64_t j, std::int64_t n) {
        Batch<T> d = load_lanes(dh + j, n);
        if (dy != nullptr) d += load_lanes(dy + j, n);
        const Batch<T> h = load_lanes(y + j, n);
        const Batch<T> zero(T(0));
        return relu ? xsimd::select(h > zero, d, zero) : d * (Batch<T>(T(1)) - h * h);
      },
      [=](std::int64_t j, std::int64_t n, const Batch<T>& d) { store_lanes(d, d_sums + j, n); });
}

}  // namespace xgrad::kernels
