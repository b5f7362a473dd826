#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/recurrent.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

void check_state(const char* cell, const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  check<ShapeError>(x.dim() == 2, "{}: expected an input (batch, input), got {}", cell, x.sizes());
  check<ShapeError>(h.dim() == 2 && h.size(0) == x.size(0) && h.size(1) == weights.weight_hh.size(1),
                    "{}: a state of shape {} does not fit an input of {} and a hidden size of {}", cell, h.sizes(),
                    x.sizes(), weights.weight_hh.size(1));
}

/// W_ih x + b_ih + W_hh h + b_hh
Tensor gate_sums(const char* cell, const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  check_state(cell, x, h, weights);
  return linear(x, weights.weight_ih, weights.bias_ih) + linear(h, weights.weight_hh, weights.bias_hh);
}

}  // namespace

Tensor rnn_tanh_cell(const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  return tanh(gate_sums("RNNCell", x, h, weights));
}

Tensor rnn_relu_cell(const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  return relu(gate_sums("RNNCell", x, h, weights));
}

std::tuple<Tensor, Tensor> lstm_cell(const Tensor& x, const TensorList& state, const Tensor& weight_ih,
                                     const Tensor& weight_hh, const Tensor& bias_ih, const Tensor& bias_hh) {
  check<ValueError>(state.size() == 2, "lstm_cell: the state is two tensors, got {}", state.size());
  return lstm_cell(x, std::tuple(state[0], state[1]), recurrent::RecurrentWeights{weight_ih, weight_hh, bias_ih, bias_hh});
}

std::tuple<Tensor, Tensor> lstm_cell(const Tensor& x, const std::tuple<Tensor, Tensor>& state,
                                     const RecurrentWeights& weights) {
  const auto& [h, c] = state;
  const TensorList gates = chunk(gate_sums("LSTMCell", x, h, weights), 4, 1);
  check<ShapeError>(c.sizes() == h.sizes(), "LSTMCell: the cell state has shape {}, the hidden state {}", c.sizes(),
                    h.sizes());
  const Tensor next_c = sigmoid(gates[1]) * c + sigmoid(gates[0]) * tanh(gates[2]);
  return {sigmoid(gates[3]) * tanh(next_c), next_c};
}

Tensor gru_cell(const Tensor& x, const Tensor& h, const RecurrentWeights& weights) {
  check_state("GRUCell", x, h, weights);
  const TensorList from_x = chunk(linear(x, weights.weight_ih, weights.bias_ih), 3, 1);
  const TensorList from_h = chunk(linear(h, weights.weight_hh, weights.bias_hh), 3, 1);
  const Tensor r = sigmoid(from_x[0] + from_h[0]);
  const Tensor z = sigmoid(from_x[1] + from_h[1]);
  const Tensor n = tanh(from_x[2] + r * from_h[2]);
  return n + z * (h - n);
}

RecurrentResult recurrent_layer_composed(RecurrentCell cell, const Tensor& x, const RecurrentSteps& steps, const Tensor& h0,
                                         const Tensor& c0, const RecurrentWeights& weights, bool reverse) {
  const std::vector<std::int64_t>& sizes = steps.sizes();
  const TensorList rows = split_with_sizes(x, sizes, 0);
  TensorList outputs(sizes.size());
  const auto initial = [&](const Tensor& state) {
    return state.defined() ? state : zeros({steps.batch(), weights.weight_hh.size(1)}, x.dtype());
  };
  Tensor h = initial(h0);
  Tensor c = cell == RecurrentCell::Lstm ? initial(c0) : Tensor();
  for (std::int64_t i = 0; i < steps.count(); ++i) {
    const auto step = static_cast<std::size_t>(reverse ? steps.count() - 1 - i : i);
    const std::int64_t running = sizes[step];
    // The states of sequences that do not run at this step stay as they are.
    const Tensor h_running = narrow(h, 0, 0, running);
    const Tensor c_running = c.defined() ? narrow(c, 0, 0, running) : Tensor();
    Tensor next_c;
    switch (cell) {
      case RecurrentCell::RnnTanh: outputs[step] = rnn_tanh_cell(rows[step], h_running, weights); break;
      case RecurrentCell::RnnRelu: outputs[step] = rnn_relu_cell(rows[step], h_running, weights); break;
      case RecurrentCell::Gru: outputs[step] = gru_cell(rows[step], h_running, weights); break;
      case RecurrentCell::Lstm:
        std::tie(outputs[step], next_c) = lstm_cell(rows[step], {h_running, c_running}, weights);
        break;
    }
    const auto replace = [&](const Tensor& state, const Tensor& next) {
      const std::int64_t waiting = state.size(0) - running;
      return waiting == 0 ? next : cat({next, narrow(state, 0, running, waiting)}, 0);
    };
    h = replace(h, outputs[step]);
    if (next_c.defined()) c = replace(c, next_c);
  }
  return {cat(outputs, 0), h, c};
}

}  // namespace xgrad
