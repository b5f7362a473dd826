#include "autograd/kernels/recurrent.h"
#include "autograd/kernels/recurrent_cells.h"
#include "autograd/kernels/recurrent_slices.h"

namespace xgrad::kernels {

namespace {

/// The weights of a group of gate columns, packed, and the sum of its biases.
template <class T>
struct Group {
  Group(const RecurrentShape& shape, const RecurrentInputs<T>& in, std::int64_t first_row, std::int64_t rows, bool from_x,
        bool from_h, std::int64_t column_)
      : column(column_), bias(group_width<T>(rows)) {
    if (from_x) x = PackedMatrix<T>(in.weight_ih + first_row * shape.input, shape.input, rows, 1, shape.input);
    if (from_h) h = PackedMatrix<T>(in.weight_hh + first_row * shape.hidden, shape.hidden, rows, 1, shape.hidden);
    std::fill(bias.data(), bias.data() + group_width<T>(rows), T(0));
    for (std::int64_t i = 0; i < rows; ++i) {
      if (from_x && in.bias_ih != nullptr) bias[i] += in.bias_ih[first_row + i];
      if (from_h && in.bias_hh != nullptr) bias[i] += in.bias_hh[first_row + i];
    }
  }

  /// gates[:, column ...] = bias + x W_ih^T + h W_hh^T
  void sums(std::int64_t rows, const T* x_rows, std::int64_t input, const T* h_rows, std::int64_t hidden, T* gates,
            std::int64_t stride) const {
    const Term<T> from_x{x_rows, input, &x};
    const Term<T> from_h{h_rows, hidden, &h};
    if (x.columns() > 0 && h.columns() > 0) {
      panel_gemm<T, 2>(rows, {from_x, from_h}, Start::row, bias.data(), gates + column, stride);
    } else {
      panel_gemm<T, 1>(rows, {x.columns() > 0 ? from_x : from_h}, Start::row, bias.data(), gates + column, stride);
    }
  }

  std::int64_t column;
  PackedMatrix<T> x;
  PackedMatrix<T> h;
  Buffer<T> bias;
};

template <class T>
std::vector<Group<T>> groups_of(const RecurrentShape& shape, const RecurrentInputs<T>& in, const GateLayout& layout) {
  std::vector<Group<T>> groups;
  const std::int64_t hidden = shape.hidden;
  if (shape.cell == CellType::gru) {
    groups.emplace_back(shape, in, 0, 2 * hidden, true, true, 0);
    groups.emplace_back(shape, in, 2 * hidden, hidden, true, false, layout.n_input);
    groups.emplace_back(shape, in, 2 * hidden, hidden, false, true, layout.n_hidden);
  } else {
    groups.emplace_back(shape, in, 0, gates_of(shape.cell) * hidden, true, true, 0);
  }
  return groups;
}

template <class T>
void forward_slice(const RecurrentShape& shape, const RecurrentInputs<T>& in, const RecurrentOutputs<T>& out,
                   const std::vector<Group<T>>& groups, const GateLayout& layout, Slice slice) {
  const std::int64_t hidden = shape.hidden;
  const std::int64_t size = slice.last - slice.first;
  // The states of the slice's sequences live in the results for the final states, from first to last step.
  T* h_state = out.h_n + slice.first * hidden;
  std::copy(in.h0 + slice.first * hidden, in.h0 + slice.last * hidden, h_state);
  T* c_state = nullptr;
  if (shape.cell == CellType::lstm) {
    c_state = out.c_n + slice.first * hidden;
    std::copy(in.c0 + slice.first * hidden, in.c0 + slice.last * hidden, c_state);
  }
  const bool keeps = out.gates != nullptr;
  const Buffer<T> scratch(keeps ? 0 : size * layout.stride);
  for (std::int64_t i = 0; i < shape.steps; ++i) {
    const std::int64_t step = shape.reverse ? shape.steps - 1 - i : i;
    const std::int64_t rows = slice.running(shape, step);
    if (rows == 0) continue;
    const std::int64_t row = slice.row(shape, step);
    T* gates = keeps ? out.gates + row * layout.stride : scratch.data();
    for (const Group<T>& group : groups) {
      group.sums(rows, in.x + row * shape.input, shape.input, h_state, hidden, gates, layout.stride);
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      T* g = gates + r * layout.stride;
      T* h = h_state + r * hidden;
      T* y = out.y + (row + r) * hidden;
      switch (shape.cell) {
        case CellType::lstm:
          lstm_row(hidden, g, c_state + r * hidden, out.cells == nullptr ? nullptr : out.cells + (row + r) * hidden, h, y);
          break;
        case CellType::gru: gru_row(hidden, layout, g, h, y); break;
        default: rnn_row(hidden, shape.cell == CellType::rnn_relu, g, h, y); break;
      }
    }
  }
}

}  // namespace

template <class T>
std::int64_t kept_gates(CellType cell, std::int64_t hidden) {
  return cell == CellType::lstm || cell == CellType::gru ? GateLayout::of<T>(cell, hidden).stride : 0;
}

template <class T>
void recurrent_forward(const RecurrentShape& shape, const RecurrentInputs<T>& in, const RecurrentOutputs<T>& out) {
  const GateLayout layout = GateLayout::of<T>(shape.cell, shape.hidden);
  const std::vector<Group<T>> groups = groups_of(shape, in, layout);
  const std::vector<Slice> slices = slices_of(shape);
  parallel_for(0, static_cast<std::int64_t>(slices.size()), 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t s = first; s < last; ++s) {
      forward_slice(shape, in, out, groups, layout, slices[static_cast<std::size_t>(s)]);
    }
  });
}

template std::int64_t kept_gates<float>(CellType, std::int64_t);
template std::int64_t kept_gates<double>(CellType, std::int64_t);
template void recurrent_forward(const RecurrentShape&, const RecurrentInputs<float>&, const RecurrentOutputs<float>&);
template void recurrent_forward(const RecurrentShape&, const RecurrentInputs<double>&, const RecurrentOutputs<double>&);

}  // namespace xgrad::kernels
