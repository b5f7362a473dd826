#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/base/pool_allocator.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/gemm.h"
#include "autograd/kernels/recurrent.h"
#include "autograd/kernels/recurrent_cells.h"
#include "autograd/kernels/recurrent_slices.h"
#include "autograd/kernels/recurrent_weights.h"

namespace xgrad::kernels {

namespace {

/// The gate sums of one row from the weights as they are: for a single row, laying them out costs more than it saves.
template <class T>
void single_row_sums(const RecurrentShape& shape, const RecurrentInputs<T>& in, const GateLayout& layout, const T* x,
                     const T* h, T* gates) {
  const auto add = [&](const T* weight, const T* bias, std::int64_t columns, const T* v, std::int64_t first_row,
                       std::int64_t rows, T* target) {
    if (bias != nullptr) {
      for (std::int64_t i = 0; i < rows; ++i) target[i] += bias[first_row + i];
    }
    if (v != nullptr && columns > 0) gemv(rows, columns, weight + first_row * columns, v, target);
  };
  const std::int64_t hidden = shape.hidden;
  const std::int64_t joint = (shape.cell == RecurrentCell::Gru ? 2 : gates_of(shape.cell)) * hidden;
  std::fill(gates, gates + layout.stride, T(0));
  add(in.weight_ih, in.bias_ih, shape.input, x, 0, joint, gates);
  add(in.weight_hh, in.bias_hh, hidden, h, 0, joint, gates);
  if (shape.cell == RecurrentCell::Gru) {
    add(in.weight_ih, in.bias_ih, shape.input, x, joint, hidden, gates + layout.n_input);
    add(in.weight_hh, in.bias_hh, hidden, h, joint, hidden, gates + layout.n_hidden);
  }
}

/// `sums(rows, x, h, gates)` computes the gate sums of a step; a null `h` is zero.
template <class T, class Sums>
void forward_slice(const RecurrentShape& shape, const RecurrentInputs<T>& in, const RecurrentOutputs<T>& out,
                   const GateLayout& layout, Slice slice, const Sums& sums) {
  const std::int64_t hidden = shape.hidden;
  const std::int64_t size = slice.last - slice.first;
  // The states of the slice's sequences live in the results for the final states, from first to last step.
  const auto begin = [&](const T* initial, T* state) {
    if (initial == nullptr) std::fill(state, state + size * hidden, T(0));
    else std::copy(initial + slice.first * hidden, initial + slice.last * hidden, state);
    return state;
  };
  T* h_state = begin(in.h0, out.h_n + slice.first * hidden);
  T* c_state = shape.cell == RecurrentCell::Lstm ? begin(in.c0, out.c_n + slice.first * hidden) : nullptr;
  const bool keeps = out.gates != nullptr;
  const Buffer<T> scratch(keeps ? 0 : size * layout.stride);
  for (std::int64_t i = 0; i < shape.steps; ++i) {
    const std::int64_t step = shape.reverse ? shape.steps - 1 - i : i;
    const std::int64_t rows = slice.running(shape, step);
    if (rows == 0) continue;
    const std::int64_t row = slice.row(shape, step);
    T* gates = keeps ? out.gates + row * layout.stride : scratch.data();
    const bool from_zero = i == 0 && in.h0 == nullptr;
    sums(rows, in.x + row * shape.input, from_zero ? nullptr : h_state, gates);
    for (std::int64_t r = 0; r < rows; ++r) {
      T* g = gates + r * layout.stride;
      T* h = h_state + r * hidden;
      T* y = out.y + (row + r) * hidden;
      switch (shape.cell) {
        case RecurrentCell::Lstm:
          lstm_row(hidden, g, c_state + r * hidden, out.cells == nullptr ? nullptr : out.cells + (row + r) * hidden, h, y);
          break;
        case RecurrentCell::Gru: gru_row(hidden, layout, g, h, y); break;
        default: rnn_row(hidden, shape.cell == RecurrentCell::RnnRelu, g, h, y); break;
      }
    }
  }
}

}  // namespace

template <class T>
std::int64_t kept_gates(RecurrentCell cell, std::int64_t hidden) {
  return cell == RecurrentCell::Lstm || cell == RecurrentCell::Gru ? GateLayout::of<T>(cell, hidden).stride : 0;
}

template <class T>
std::shared_ptr<PackedWeights<T>> packed_weights() {
  return std::allocate_shared<PackedWeights<T>>(PoolAllocator<PackedWeights<T>>());
}

template <class T>
void recurrent_forward(const RecurrentShape& shape, const RecurrentInputs<T>& in, PackedWeights<T>& weights,
                       const RecurrentOutputs<T>& out) {
  const GateLayout layout = GateLayout::of<T>(shape.cell, shape.hidden);
  if (shape.tokens() == 1 && out.gates == nullptr) {
    forward_slice(shape, in, out, layout, {0, 1},
                  [&](std::int64_t, const T* x, const T* h, T* gates) { single_row_sums(shape, in, layout, x, h, gates); });
    return;
  }
  const auto& groups = weights.groups(shape, in);
  const auto sums = [&](std::int64_t rows, const T* x, const T* h, T* gates) {
    for (const GateGroup<T>& group : groups) group.sums(rows, x, shape.input, h, shape.hidden, gates, layout.stride);
  };
  const std::vector<Slice> slices = slices_of(shape);
  parallel_for(0, static_cast<std::int64_t>(slices.size()), 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t s = first; s < last; ++s) {
      forward_slice(shape, in, out, layout, slices[static_cast<std::size_t>(s)], sums);
    }
  });
}

template std::int64_t kept_gates<float>(RecurrentCell, std::int64_t);
template std::int64_t kept_gates<double>(RecurrentCell, std::int64_t);
template std::shared_ptr<PackedWeights<float>> packed_weights();
template std::shared_ptr<PackedWeights<double>> packed_weights();
template void recurrent_forward(const RecurrentShape&, const RecurrentInputs<float>&, PackedWeights<float>&,
                                const RecurrentOutputs<float>&);
template void recurrent_forward(const RecurrentShape&, const RecurrentInputs<double>&, PackedWeights<double>&,
                                const RecurrentOutputs<double>&);

}  // namespace xgrad::kernels
