/// RNN, LSTM and GRU: layers over whole sequences. Every layer runs as one operation in each direction
/// (autograd/ops/recurrent.h).
#pragma once

#include <optional>
#include <tuple>
#include <variant>
#include <vector>

#include "autograd/ops/recurrent.h"
#include "autograd/tensor/arg.h"
#include "nn/module.h"
#include "nn/utils/rnn.h"

namespace xgrad::nn {

inline constexpr struct kTanhType {
} kTanh;
inline constexpr struct kReLUType {
} kReLU;

namespace detail {

/// What the three kinds have in common.
struct RNNOptionsBase {
  std::int64_t input_size;
  std::int64_t hidden_size;
  std::int64_t num_layers;
  bool bias;
  bool batch_first;
  double dropout;
  bool bidirectional;
};

/// Parameters and forward pass of all three kinds. Parameters carry PyTorch's names: weight_ih_l0, weight_hh_l0, bias_ih_l0,
/// bias_hh_l0, weight_ih_l0_reverse ..., and start uniform on [-1/sqrt(hidden), 1/sqrt(hidden)].
class RNNImplBase : public Module {
 public:
  void reset_parameters();
  /// Does nothing: the weights need no special layout.
  void flatten_parameters() {}
  /// Weights of all layers and directions, in order of registration.
  std::vector<Tensor> all_weights() const { return parameters(); }
  void pretty_print(std::ostream& stream) const override;

 protected:
  RNNImplBase(const char* name, RecurrentCell cell, const RNNOptionsBase& options);

  struct State {
    Tensor h;
    Tensor c;
  };
  /// x (time, batch, input) or with batch_first (batch, time, input), or one sequence (time, input); states (layers *
  /// directions, batch, hidden) or undefined for zeros.
  std::tuple<Tensor, State> forward_padded(const Tensor& x, State initial) const;
  std::tuple<utils::rnn::PackedSequence, State> forward_packed(const utils::rnn::PackedSequence& sequence,
                                                               State initial) const;

 private:
  std::tuple<Tensor, State> run(const Tensor& rows, const Tensor& batch_sizes, std::int64_t batch, State initial) const;
  RecurrentWeights weights(std::int64_t layer, bool reverse) const;
  std::int64_t directions() const { return base_.bidirectional ? 2 : 1; }
  void check_state(const Tensor& state, const char* which, std::int64_t batch) const;

  const char* kind_;
  RecurrentCell cell_;
  RNNOptionsBase base_;
};

}  // namespace detail

struct RNNOptions {
  using Nonlinearity = std::variant<kTanhType, kReLUType>;
  RNNOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  XGRAD_ARG(std::int64_t, input_size);
  XGRAD_ARG(std::int64_t, hidden_size);
  XGRAD_ARG(std::int64_t, num_layers) = 1;
  XGRAD_ARG(Nonlinearity, nonlinearity) = kTanh;
  XGRAD_ARG(bool, bias) = true;
  XGRAD_ARG(bool, batch_first) = false;
  /// Between layers, while training.
  XGRAD_ARG(double, dropout) = 0;
  XGRAD_ARG(bool, bidirectional) = false;
};

/// h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu. forward returns the outputs (time, batch, directions * hidden) of the
/// last layer and the final states (layers * directions, batch, hidden). Throws ShapeError, TypeError; ValueError for bad
/// options. https://pytorch.org/docs/1.13/generated/torch.nn.RNN.html
class RNNImpl : public detail::RNNImplBase {
 public:
  RNNImpl(std::int64_t input_size, std::int64_t hidden_size) : RNNImpl(RNNOptions(input_size, hidden_size)) {}
  explicit RNNImpl(const RNNOptions& options);
  std::tuple<Tensor, Tensor> forward(const Tensor& x, const Tensor& h0 = {}) const;
  std::tuple<utils::rnn::PackedSequence, Tensor> forward_with_packed_input(const utils::rnn::PackedSequence& sequence,
                                                                           const Tensor& h0 = {}) const;
  RNNOptions options;
};
XGRAD_MODULE(RNN);

struct LSTMOptions {
  LSTMOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  XGRAD_ARG(std::int64_t, input_size);
  XGRAD_ARG(std::int64_t, hidden_size);
  XGRAD_ARG(std::int64_t, num_layers) = 1;
  XGRAD_ARG(bool, bias) = true;
  XGRAD_ARG(bool, batch_first) = false;
  XGRAD_ARG(double, dropout) = 0;
  XGRAD_ARG(bool, bidirectional) = false;
};

/// i, f, o = sigmoid(W x + W h), g = tanh(W x + W h), c' = f c + i g, h' = o tanh(c'). Shapes and errors as RNN; the state is
/// (h, c). https://pytorch.org/docs/1.13/generated/torch.nn.LSTM.html
class LSTMImpl : public detail::RNNImplBase {
 public:
  using States = std::tuple<Tensor, Tensor>;

  LSTMImpl(std::int64_t input_size, std::int64_t hidden_size) : LSTMImpl(LSTMOptions(input_size, hidden_size)) {}
  explicit LSTMImpl(const LSTMOptions& options);
  std::tuple<Tensor, States> forward(const Tensor& x, const std::optional<States>& state = std::nullopt) const;
  std::tuple<utils::rnn::PackedSequence, States> forward_with_packed_input(
      const utils::rnn::PackedSequence& sequence, const std::optional<States>& state = std::nullopt) const;
  LSTMOptions options;
};
XGRAD_MODULE(LSTM);

struct GRUOptions {
  GRUOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  XGRAD_ARG(std::int64_t, input_size);
  XGRAD_ARG(std::int64_t, hidden_size);
  XGRAD_ARG(std::int64_t, num_layers) = 1;
  XGRAD_ARG(bool, bias) = true;
  XGRAD_ARG(bool, batch_first) = false;
  XGRAD_ARG(double, dropout) = 0;
  XGRAD_ARG(bool, bidirectional) = false;
};

/// r, z = sigmoid(W x + W h), n = tanh(W x + r (W h)), h' = (1 - z) n + z h. Shapes and errors as RNN.
/// https://pytorch.org/docs/1.13/generated/torch.nn.GRU.html
class GRUImpl : public detail::RNNImplBase {
 public:
  GRUImpl(std::int64_t input_size, std::int64_t hidden_size) : GRUImpl(GRUOptions(input_size, hidden_size)) {}
  explicit GRUImpl(const GRUOptions& options);
  std::tuple<Tensor, Tensor> forward(const Tensor& x, const Tensor& h0 = {}) const;
  std::tuple<utils::rnn::PackedSequence, Tensor> forward_with_packed_input(const utils::rnn::PackedSequence& sequence,
                                                                           const Tensor& h0 = {}) const;
  GRUOptions options;
};
XGRAD_MODULE(GRU);

}  // namespace xgrad::nn
