/// Recurrent cells, and whole layers of them as one operation.
#pragma once

#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include "autograd/kernels/recurrent_cell.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

namespace recurrent {

/// The parameters of one layer in one direction, in PyTorch's layout: (gates * hidden, input), (gates * hidden, hidden), and
/// twice (gates * hidden) or undefined. Gate order: i, f, g, o for LSTM, r, z, n for GRU.
struct RecurrentWeights {
  Tensor weight_ih;  ///< of the input
  Tensor weight_hh;  ///< of the state
  Tensor bias_ih;    ///< beside weight_ih
  Tensor bias_hh;    ///< beside weight_hh
};

/// How many sequences of a batch run at each step, longest first, and at which row each step begins when the sequences lie
/// time step after time step. Made once for all layers and directions of a net: copies share what they hold.
class RecurrentSteps {
 public:
  /// So many steps of all sequences.
  RecurrentSteps(std::int64_t steps, std::int64_t batch);
  /// From PackedSequence's batch sizes, int64. Throws ShapeError for no steps, ValueError for sizes that grow or are not
  /// positive; a batch without sequences has none at any step.
  RecurrentSteps(
      const Tensor& batch_sizes);  // NOLINT(google-explicit-constructor): recurrent_layer(cell, x, batch_sizes, ...)

  std::int64_t count() const { return static_cast<std::int64_t>(rows_->sizes.size()); }
  std::int64_t batch() const { return rows_->sizes.front(); }                  ///< sequences
  std::int64_t tokens() const { return rows_->offsets.back(); }                ///< rows in all
  const std::vector<std::int64_t>& sizes() const { return rows_->sizes; }      ///< sequences at each step
  const std::vector<std::int64_t>& offsets() const { return rows_->offsets; }  ///< first row of each step, and the end

 private:
  struct Rows {
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> offsets;
  };
  explicit RecurrentSteps(std::vector<std::int64_t> sizes);
  std::shared_ptr<const Rows> rows_;
};

/// What a layer returns.
struct RecurrentResult {
  Tensor output;  ///< (tokens, hidden)
  Tensor h_n;     ///< (batch, hidden)
  Tensor c_n;     ///< (batch, hidden), LSTM only
};

}  // namespace recurrent

#ifndef torch
using recurrent::RecurrentResult;
using recurrent::RecurrentSteps;
using recurrent::RecurrentWeights;
#endif

/// One step of a cell, composed of generic operations: (batch, input), (batch, hidden) -> (batch, hidden). These are the
/// reference for the layers below. Throws ShapeError, TypeError.
///   h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu
Tensor rnn_tanh_cell(const Tensor& x, const Tensor& h, const recurrent::RecurrentWeights& weights);
///   The same with relu.
Tensor rnn_relu_cell(const Tensor& x, const Tensor& h, const recurrent::RecurrentWeights& weights);
///   i, f, o = sigmoid(...), g = tanh(...), c' = f c + i g, h' = o tanh(c'). Hochreiter and Schmidhuber, 1997;
///   https://pytorch.org/docs/1.13/generated/torch.nn.LSTMCell.html
std::tuple<Tensor, Tensor> lstm_cell(const Tensor& x, const std::tuple<Tensor, Tensor>& state,
                                     const recurrent::RecurrentWeights& weights);
///   r, z = sigmoid(...), n = tanh(W_in x + b_in + r (W_hn h + b_hn)), h' = (1 - z) n + z h. Cho et al., 2014;
///   https://pytorch.org/docs/1.13/generated/torch.nn.GRUCell.html
Tensor gru_cell(const Tensor& x, const Tensor& h, const recurrent::RecurrentWeights& weights);

/// The same with libtorch's arguments.
/// @{
inline Tensor rnn_tanh_cell(const Tensor& x, const Tensor& h, const Tensor& weight_ih, const Tensor& weight_hh,
                            const Tensor& bias_ih = {}, const Tensor& bias_hh = {}) {
  return rnn_tanh_cell(x, h, recurrent::RecurrentWeights{weight_ih, weight_hh, bias_ih, bias_hh});
}
inline Tensor rnn_relu_cell(const Tensor& x, const Tensor& h, const Tensor& weight_ih, const Tensor& weight_hh,
                            const Tensor& bias_ih = {}, const Tensor& bias_hh = {}) {
  return rnn_relu_cell(x, h, recurrent::RecurrentWeights{weight_ih, weight_hh, bias_ih, bias_hh});
}
inline Tensor gru_cell(const Tensor& x, const Tensor& h, const Tensor& weight_ih, const Tensor& weight_hh,
                       const Tensor& bias_ih = {}, const Tensor& bias_hh = {}) {
  return gru_cell(x, h, recurrent::RecurrentWeights{weight_ih, weight_hh, bias_ih, bias_hh});
}
/// `state` is h and c. Throws ValueError for other numbers of tensors.
std::tuple<Tensor, Tensor> lstm_cell(const Tensor& x, const TensorList& state, const Tensor& weight_ih,
                                     const Tensor& weight_hh, const Tensor& bias_ih = {}, const Tensor& bias_hh = {});
/// @}

/// One layer in one direction over a batch of sequences, as one operation. `x` (tokens, input) holds the sequences time step
/// after time step. h0 and c0 are (batch, hidden), or undefined for zeros. The gradient is fused as well; when gradients of
/// gradients are asked for, it is that of the composition of cells. Throws ShapeError, TypeError.
recurrent::RecurrentResult recurrent_layer(recurrent::RecurrentCell cell, const Tensor& x,
                                           const recurrent::RecurrentSteps& steps, const Tensor& h0, const Tensor& c0,
                                           const recurrent::RecurrentWeights& weights, bool reverse = false);

/// The same, step by step through the cells: the reference.
recurrent::RecurrentResult recurrent_layer_composed(recurrent::RecurrentCell cell, const Tensor& x,
                                                    const recurrent::RecurrentSteps& steps, const Tensor& h0,
                                                    const Tensor& c0, const recurrent::RecurrentWeights& weights,
                                                    bool reverse = false);

}  // namespace xgrad
