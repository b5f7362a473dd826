/// The weights of a recurrent layer in the layout of the kernels' products.
#pragma once

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

#include "autograd/kernels/panel_gemm.h"
#include "autograd/kernels/recurrent.h"
#include "autograd/kernels/recurrent_cells.h"

namespace xgrad::kernels {

/// The weights of a group of gate columns, and the sum of its biases.
template <class T>
struct GateGroup {
  GateGroup(const RecurrentShape& shape, const RecurrentInputs<T>& in, std::int64_t first_row, std::int64_t rows_,
            bool from_x, bool from_h, std::int64_t column_)
      : column(column_), bias(group_width<T>(rows_)) {
    if (from_x) x = PackedMatrix<T>(in.weight_ih + first_row * shape.input, shape.input, rows_, 1, shape.input);
    if (from_h) h = PackedMatrix<T>(in.weight_hh + first_row * shape.hidden, shape.hidden, rows_, 1, shape.hidden);
    std::fill(bias.data(), bias.data() + group_width<T>(rows_), T(0));
    for (std::int64_t i = 0; i < rows_; ++i) {
      if (from_x && in.bias_ih != nullptr) bias[i] += in.bias_ih[first_row + i];
      if (from_h && in.bias_hh != nullptr) bias[i] += in.bias_hh[first_row + i];
    }
  }

  /// gates[:, column ...] = bias + x W_ih^T + h W_hh^T. Without `h_rows` the state is zero.
  void sums(std::int64_t rows, const T* x_rows, std::int64_t input, const T* h_rows, std::int64_t hidden, T* gates,
            std::int64_t stride) const {
    const Term<T> from_x{x_rows, input, &x};
    const Term<T> from_h{h_rows, hidden, &h};
    const bool with_x = x.columns() > 0;
    const bool with_h = h.columns() > 0 && h_rows != nullptr;
    if (with_x && with_h) {
      panel_gemm<T>(rows, std::array{from_x, from_h}, Start::row, bias.data(), gates + column, stride);
    } else if (with_x || with_h) {
      panel_gemm<T>(rows, with_x ? from_x : from_h, Start::row, bias.data(), gates + column, stride);
    } else {
      for (std::int64_t r = 0; r < rows; ++r) {
        std::copy(bias.data(), bias.data() + group_width<T>(h.columns()), gates + column + r * stride);
      }
    }
  }

  std::int64_t column;
  PackedMatrix<T> x;
  PackedMatrix<T> h;
  Buffer<T> bias;
};

/// Gate columns that multiply the same rows of a weight matrix on the way back.
template <class T>
struct BackwardTerm {
  BackwardTerm(const T* weight, std::int64_t first_row, std::int64_t rows, std::int64_t columns, std::int64_t column_)
      : column(column_), packed(weight + first_row * columns, rows, columns, columns, 1) {}
  std::int64_t column;  ///< in the gates buffer
  PackedMatrix<T> packed;
};

/// What recurrent_forward and recurrent_backward multiply by, each part laid out when it is first asked for.
template <class T>
class PackedWeights {
 public:
  const std::vector<GateGroup<T>>& groups(const RecurrentShape& shape, const RecurrentInputs<T>& in) {
    std::call_once(groups_begun_, [&] {
      const GateLayout layout = GateLayout::of<T>(shape.cell, shape.hidden);
      const std::int64_t hidden = shape.hidden;
      if (shape.cell == RecurrentCell::Gru) {
        groups_.emplace_back(shape, in, 0, 2 * hidden, true, true, 0);
        groups_.emplace_back(shape, in, 2 * hidden, hidden, true, false, layout.n_input);
        groups_.emplace_back(shape, in, 2 * hidden, hidden, false, true, layout.n_hidden);
      } else {
        groups_.emplace_back(shape, in, 0, gates_of(shape.cell) * hidden, true, true, 0);
      }
    });
    return groups_;
  }

  /// The terms of dG W_hh and dG W_ih: one for LSTM and RNN; for GRU the columns of n are apart.
  const std::vector<BackwardTerm<T>>& to_h(const RecurrentShape& shape, const RecurrentInputs<T>& in) {
    const GateLayout layout = GateLayout::of<T>(shape.cell, shape.hidden);
    std::call_once(to_h_begun_, [&] { to_h_ = terms(shape, in.weight_hh, shape.hidden, layout.n_hidden); });
    return to_h_;
  }
  const std::vector<BackwardTerm<T>>& to_x(const RecurrentShape& shape, const RecurrentInputs<T>& in) {
    const GateLayout layout = GateLayout::of<T>(shape.cell, shape.hidden);
    std::call_once(to_x_begun_, [&] { to_x_ = terms(shape, in.weight_ih, shape.input, layout.n_input); });
    return to_x_;
  }

 private:
  static std::vector<BackwardTerm<T>> terms(const RecurrentShape& shape, const T* weight, std::int64_t columns,
                                            std::int64_t n_column) {
    std::vector<BackwardTerm<T>> result;
    if (shape.cell == RecurrentCell::Gru) {
      result.emplace_back(weight, 0, 2 * shape.hidden, columns, 0);
      result.emplace_back(weight, 2 * shape.hidden, shape.hidden, columns, n_column);
    } else {
      result.emplace_back(weight, 0, gates_of(shape.cell) * shape.hidden, columns, 0);
    }
    return result;
  }

  std::once_flag groups_begun_;
  std::once_flag to_h_begun_;
  std::once_flag to_x_begun_;
  std::vector<GateGroup<T>> groups_;
  std::vector<BackwardTerm<T>> to_h_;
  std::vector<BackwardTerm<T>> to_x_;
};

}  // namespace xgrad::kernels
