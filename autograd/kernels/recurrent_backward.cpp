#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/panel_gemm.h"
#include "autograd/kernels/recurrent.h"
#include "autograd/kernels/recurrent_cells.h"
#include "autograd/kernels/recurrent_slices.h"
#include "autograd/kernels/recurrent_weights.h"
#include "autograd/kernels/weight_gradient.h"

namespace xgrad::kernels {

namespace {

template <class T>
void multiply_back(std::int64_t rows, const std::vector<BackwardTerm<T>>& terms, const T* d_gates, std::int64_t stride,
                   Start start, T* result, std::int64_t ldc) {
  const auto term = [&](std::size_t i) { return Term<T>{d_gates + terms[i].column, stride, &terms[i].packed}; };
  if (terms.size() == 2) {
    panel_gemm<T>(rows, std::array{term(0), term(1)}, start, nullptr, result, ldc);
  } else {
    panel_gemm<T>(rows, term(0), start, nullptr, result, ldc);
  }
}

/// Asks for a row that is read or written soon: backward walks through memory against the direction that hardware expects.
template <class T>
void prefetch_row(const T* row, std::int64_t length, bool to_write) {
  constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));
  for (std::int64_t i = 0; i < length; i += line) {
    if (to_write) __builtin_prefetch(row + i, 1);
    else __builtin_prefetch(row + i);
  }
}

/// One slice from its last step to its first: fills the slice's rows of `d_gates`, which may be the gates that were kept,
/// and the gradients of its initial states.
template <class T>
void backward_slice(const RecurrentShape& shape, const RecurrentInputs<T>& in, const RecurrentOutputs<T>& kept,
                    const RecurrentGradients<T>& gradients, const RecurrentInputGradients<T>& out,
                    const std::vector<BackwardTerm<T>>& to_h, const GateLayout& layout, T* d_gates, Slice slice) {
  const std::int64_t hidden = shape.hidden;
  const std::int64_t size = slice.last - slice.first;
  const std::int64_t ldh = group_width<T>(hidden);
  const Buffer<T> dh(size * ldh);
  const Buffer<T> dc(shape.cell == RecurrentCell::Lstm ? size * hidden : 0);
  const InitialStates<T> h0(in.h0, hidden);
  const InitialStates<T> c0(in.c0, hidden);
  const auto start_from = [&](const T* gradient, T* state, std::int64_t stride) {
    for (std::int64_t r = 0; r < size; ++r) {
      if (gradient == nullptr) {
        std::fill(state + r * stride, state + r * stride + hidden, T(0));
      } else {
        const T* row = gradient + (slice.first + r) * hidden;
        std::copy(row, row + hidden, state + r * stride);
      }
    }
  };
  start_from(gradients.h_n, dh.data(), ldh);
  if (shape.cell == RecurrentCell::Lstm) start_from(gradients.c_n, dc.data(), hidden);

  for (std::int64_t i = 0; i < shape.steps; ++i) {
    const std::int64_t step = shape.reverse ? i : shape.steps - 1 - i;
    const std::int64_t rows = slice.running(shape, step);
    if (rows == 0) continue;
    const std::int64_t row = slice.row(shape, step);
    const std::int64_t next = i + 1 < shape.steps ? step + (shape.reverse ? 1 : -1) : step;
    const std::int64_t next_rows = slice.running(shape, next);
    const std::int64_t next_row = slice.row(shape, next);
    for (std::int64_t r = 0; r < rows; ++r) {
      if (r < next_rows) {
        const std::int64_t at = next_row + r;
        if (kept.gates != nullptr) prefetch_row(kept.gates + at * layout.stride, layout.stride, kept.gates == d_gates);
        prefetch_row((kept.cells != nullptr ? kept.cells : kept.y) + at * hidden, hidden, false);
        if (gradients.y != nullptr) prefetch_row(gradients.y + at * hidden, hidden, false);
        if (kept.gates != d_gates) prefetch_row(d_gates + at * layout.stride, layout.stride, true);
      }
      const std::int64_t at = row + r;
      const T* gates = kept.gates == nullptr ? nullptr : kept.gates + at * layout.stride;
      const T* dy = gradients.y == nullptr ? nullptr : gradients.y + at * hidden;
      T* dg = d_gates + at * layout.stride;
      T* dh_row = dh.data() + r * ldh;
      switch (shape.cell) {
        case RecurrentCell::Lstm:
          lstm_row_backward(hidden, gates, kept.cells + at * hidden,
                            state_before(shape, static_cast<const T*>(kept.cells), c0, step, slice.first + r), dy, dh_row,
                            dc.data() + r * hidden, dg);
          break;
        case RecurrentCell::Gru:
          gru_row_backward(hidden, layout, gates,
                           state_before(shape, static_cast<const T*>(kept.y), h0, step, slice.first + r), dy, dh_row, dg);
          break;
        default: rnn_row_backward(hidden, shape.cell == RecurrentCell::RnnRelu, kept.y + at * hidden, dy, dh_row, dg); break;
      }
    }
    if (i + 1 == shape.steps && out.h0 == nullptr) break;  // nobody needs the gradient before the first step
    multiply_back(rows, to_h, d_gates + row * layout.stride, layout.stride,
                  shape.cell == RecurrentCell::Gru ? Start::result : Start::zero, dh.data(), ldh);
  }
  for (std::int64_t r = 0; r < size; ++r) {
    const std::int64_t at = (slice.first + r) * hidden;
    if (out.h0 != nullptr) std::copy(dh.data() + r * ldh, dh.data() + r * ldh + hidden, out.h0 + at);
    if (out.c0 != nullptr) std::copy(dc.data() + r * hidden, dc.data() + (r + 1) * hidden, out.c0 + at);
  }
}

/// dx = dG W_ih, a block of rows at a time.
template <class T>
void input_gradient(const RecurrentShape& shape, const std::vector<BackwardTerm<T>>& terms, const GateLayout& layout,
                    const T* d_gates, T* dx) {
  constexpr std::int64_t block = 64;
  const std::int64_t work = std::max<std::int64_t>(1, block * shape.input * shape.hidden * gates_of(shape.cell));
  const std::int64_t blocks = (shape.tokens() + block - 1) / block;
  parallel_for(0, blocks, std::max<std::int64_t>(1, 400000 / work), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first * block; row < std::min(last * block, shape.tokens()); row += block) {
      multiply_back(std::min(block, shape.tokens() - row), terms, d_gates + row * layout.stride, layout.stride, Start::zero,
                    dx + row * shape.input, shape.input);
    }
  });
}

/// The right side of the weight gradients: rows of [x | previous h | 1], with the parts that are asked for.
template <class T>
PackedRows<T> gradient_sources(const RecurrentShape& shape, const RecurrentInputs<T>& in, const T* y, bool with_x,
                               bool with_h) {
  std::vector<std::int32_t> step_of(static_cast<std::size_t>(shape.tokens()));
  for (std::int64_t step = 0; step < shape.steps; ++step) {
    std::fill(step_of.begin() + shape.offsets[step], step_of.begin() + shape.offsets[step + 1],
              static_cast<std::int32_t>(step));
  }
  const std::int64_t columns = (with_x ? shape.input : 0) + (with_h ? shape.hidden : 0) + 1;
  const InitialStates<T> h0(in.h0, shape.hidden);
  return PackedRows<T>(shape.tokens(), columns, [&](std::int64_t row, T* target) {
    if (with_x) target = std::copy(in.x + row * shape.input, in.x + (row + 1) * shape.input, target);
    if (with_h) {
      const std::int64_t step = step_of[static_cast<std::size_t>(row)];
      const T* h = state_before(shape, y, h0, step, row - shape.offsets[step]);
      target = std::copy(h, h + shape.hidden, target);
    }
    *target = T(1);
  });
}

/// Stores `n` numbers at `target`, or adds them to what is there.
template <class T>
void store_or_add(const T* source, std::int64_t n, T* target, bool add) {
  if (!add) {
    std::copy(source, source + n, target);
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) target[i] += source[i];
}

/// Takes a row of D^T [x | h | 1] apart into the gradients of row `row` of weights and biases.
template <class T>
void deliver(const RecurrentShape& shape, const T* source, bool with_x, bool with_h, std::int64_t row,
             const RecurrentInputGradients<T>& out) {
  if (with_x) {
    if (out.weight_ih != nullptr) store_or_add(source, shape.input, out.weight_ih + row * shape.input, out.add);
    source += shape.input;
  }
  if (with_h) {
    if (out.weight_hh != nullptr) store_or_add(source, shape.hidden, out.weight_hh + row * shape.hidden, out.add);
    source += shape.hidden;
  }
  if (with_x && out.bias_ih != nullptr) store_or_add(source, 1, out.bias_ih + row, out.add);
  if (with_h && out.bias_hh != nullptr) store_or_add(source, 1, out.bias_hh + row, out.add);
}

template <class T>
void weight_gradients(const RecurrentShape& shape, const RecurrentInputs<T>& in, const RecurrentOutputs<T>& kept,
                      const GateLayout& layout, const T* d_gates, const RecurrentInputGradients<T>& out) {
  const bool for_x = out.weight_ih != nullptr || out.bias_ih != nullptr;
  const bool for_h = out.weight_hh != nullptr || out.bias_hh != nullptr;
  const auto product = [&](const PackedRows<T>& sources, std::int64_t gate_column, std::int64_t rows, bool with_x,
                           bool with_h, std::int64_t first_row) {
    sources.multiply(d_gates + gate_column, layout.stride, rows, [&](std::int64_t row, const T* source) {
      deliver(shape, source, with_x, with_h, first_row + row, out);
    });
  };
  const T* y = kept.y;
  if (shape.cell != RecurrentCell::Gru) {
    const PackedRows<T> sources = gradient_sources(shape, in, y, for_x, for_h);
    product(sources, 0, gates_of(shape.cell) * shape.hidden, for_x, for_h, 0);
    return;
  }
  if (for_x) {
    const PackedRows<T> sources = gradient_sources(shape, in, y, true, false);
    product(sources, 0, 2 * shape.hidden, true, false, 0);
    product(sources, layout.n_input, shape.hidden, true, false, 2 * shape.hidden);
  }
  if (for_h) {
    const PackedRows<T> sources = gradient_sources(shape, in, y, false, true);
    product(sources, 0, 2 * shape.hidden, false, true, 0);
    product(sources, layout.n_hidden, shape.hidden, false, true, 2 * shape.hidden);
  }
}

}  // namespace

template <class T>
void recurrent_backward(const RecurrentShape& shape, const RecurrentInputs<T>& in, PackedWeights<T>& weights,
                        const RecurrentOutputs<T>& kept, bool consume, const RecurrentGradients<T>& gradients,
                        const RecurrentInputGradients<T>& out) {
  const GateLayout layout = GateLayout::of<T>(shape.cell, shape.hidden);
  const bool in_place = consume && kept.gates != nullptr;
  const Buffer<T> own(in_place ? 0 : shape.tokens() * layout.stride);
  T* d_gates = in_place ? kept.gates : own.data();
  {
    const auto& to_h = weights.to_h(shape, in);
    const std::vector<Slice> slices = slices_of(shape);
    parallel_for(0, static_cast<std::int64_t>(slices.size()), 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t s = first; s < last; ++s) {
        backward_slice(shape, in, kept, gradients, out, to_h, layout, d_gates, slices[static_cast<std::size_t>(s)]);
      }
    });
  }
  if (out.x != nullptr) input_gradient(shape, weights.to_x(shape, in), layout, d_gates, out.x);
  if (out.weight_ih != nullptr || out.weight_hh != nullptr || out.bias_ih != nullptr || out.bias_hh != nullptr) {
    weight_gradients(shape, in, kept, layout, d_gates, out);
  }
}

template void recurrent_backward(const RecurrentShape&, const RecurrentInputs<float>&, PackedWeights<float>&,
                                 const RecurrentOutputs<float>&, bool, const RecurrentGradients<float>&,
                                 const RecurrentInputGradients<float>&);
template void recurrent_backward(const RecurrentShape&, const RecurrentInputs<double>&, PackedWeights<double>&,
                                 const RecurrentOutputs<double>&, bool, const RecurrentGradients<double>&,
                                 const RecurrentInputGradients<double>&);

}  // namespace xgrad::kernels
