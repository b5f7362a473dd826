/// Recurrent cells, and whole layers of them as one operation.
#pragma once

#include <tuple>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// What the functions for recurrent layers take and return.
namespace recurrent {

/// Which cell a recurrent layer is made of.
enum class RecurrentCell { RnnTanh, RnnRelu, Lstm, Gru };

/// The parameters of one layer in one direction, in PyTorch's layout: (gates * hidden, input), (gates * hidden, hidden), and
/// twice (gates * hidden) or undefined. Gate order: i, f, g, o for LSTM, r, z, n for GRU.
struct RecurrentWeights {
  Tensor weight_ih;  ///< of the input
  Tensor weight_hh;  ///< of the state
  Tensor bias_ih;    ///< beside weight_ih
  Tensor bias_hh;    ///< beside weight_hh
};

/// What a layer returns.
struct RecurrentResult {
  Tensor output;  ///< (tokens, hidden)
  Tensor h_n;     ///< (batch, hidden)
  Tensor c_n;     ///< (batch, hidden), LSTM only
};

}  // namespace recurrent

// Not in programs written for libtorch, which may well have a RecurrentCell of their own.
#ifndef torch
using recurrent::RecurrentCell;
using recurrent::RecurrentResult;
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

/// One layer in one direction over a batch of sequences, as one operation. `x` (tokens, input) holds the sequences time step
/// after time step, longest first, `batch_sizes` (int64) how many run at each step. h0 and c0 are (batch, hidden), or
/// undefined for zeros. The gradient is fused as well; when gradients of gradients are asked for, it is that of the
/// composition of cells. Throws ShapeError, TypeError, and ValueError for batch sizes that grow or are not positive.
recurrent::RecurrentResult recurrent_layer(recurrent::RecurrentCell cell, const Tensor& x, const Tensor& batch_sizes,
                                           const Tensor& h0, const Tensor& c0, const recurrent::RecurrentWeights& weights,
                                           bool reverse = false);

/// The same, step by step through the cells: the reference.
recurrent::RecurrentResult recurrent_layer_composed(recurrent::RecurrentCell cell, const Tensor& x,
                                                    const Tensor& batch_sizes, const Tensor& h0, const Tensor& c0,
                                                    const recurrent::RecurrentWeights& weights, bool reverse = false);

}  // namespace xgrad
