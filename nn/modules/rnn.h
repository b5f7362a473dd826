/// RNN, LSTM and GRU: layers over whole sequences. Every layer runs as one operation in each direction
/// (autograd/ops/recurrent.h).
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/ops/recurrent.h"
#include "nn/choices.h"
#include "nn/layer.h"
#include "nn/modules/recurrent_sizes.h"
#include "nn/utils/rnn.h"

namespace xgrad::nn {

namespace detail {

/// The options that RNN, LSTM and GRU have.
template <class Options>
struct RecurrentOptions : RecurrentSizes<Options> {
  using RecurrentSizes<Options>::RecurrentSizes;
  XGRAD_ARG_OF(Options, std::int64_t, num_layers) = 1;  ///< layers, each over the outputs of the one before
  XGRAD_ARG_OF(Options, bool, bias) = true;             ///< whether there are bias_ih and bias_hh
  /// Whether tensors are (batch, time, features) rather than (time, batch, features).
  XGRAD_ARG_OF(Options, bool, batch_first) = false;
  /// The probability with which elements between layers are dropped while training.
  XGRAD_ARG_OF(Options, double, dropout) = 0;
  /// Whether a second net reads the sequences backwards; outputs stand side by side.
  XGRAD_ARG_OF(Options, bool, bidirectional) = false;
};

}  // namespace detail

struct RNNOptions : detail::RecurrentOptions<RNNOptions> {
  /// kTanh or kReLU.
  using Nonlinearity = std::variant<kTanhType, kReLUType>;
  using RecurrentOptions::RecurrentOptions;
  XGRAD_ARG(Nonlinearity, nonlinearity) = kTanh;
  XGRAD_FIELDS(shown(input_size), shown(hidden_size), shown(num_layers), shown(bias), shown(batch_first), shown(dropout),
               shown(bidirectional), kept(nonlinearity));
};

struct LSTMOptions : detail::RecurrentOptions<LSTMOptions> {
  using RecurrentOptions::RecurrentOptions;
  /// Where positive, h' is multiplied by W_hr (proj_size, hidden_size), and outputs and hidden states have this size.
  XGRAD_ARG(std::int64_t, proj_size) = 0;
  XGRAD_FIELDS(shown(input_size), shown(hidden_size), shown(num_layers), shown(bias), shown(batch_first), shown(dropout),
               shown(bidirectional), unless(proj_size, 0));
};

struct GRUOptions : detail::RecurrentOptions<GRUOptions> {
  using RecurrentOptions::RecurrentOptions;
  XGRAD_FIELDS(shown(input_size), shown(hidden_size), shown(num_layers), shown(bias), shown(batch_first), shown(dropout),
               shown(bidirectional));
};

namespace detail {

/// What the forward pass needs to know, of any kind.
struct RecurrentSettings {
  const char* kind;
  recurrent::RecurrentCell cell;
  std::int64_t input_size;
  std::int64_t hidden_size;
  std::int64_t num_layers;
  bool bias;
  bool batch_first;
  double dropout;
  bool bidirectional;
  std::int64_t proj_size;  ///< 0: none

  std::int64_t directions() const { return bidirectional ? 2 : 1; }
  /// Features of the output in one direction.
  std::int64_t output_size() const { return proj_size > 0 ? proj_size : hidden_size; }
};

/// Parameters and forward pass of all three kinds. Parameters carry PyTorch's names: weight_ih_l0, weight_hh_l0, bias_ih_l0,
/// bias_hh_l0, weight_hr_l0 with a projection, weight_ih_l0_reverse ..., and start uniform on [-1/sqrt(hidden),
/// 1/sqrt(hidden)]. As in libtorch, one that is unregistered stays in use.
class RNNImplBase : public Module {
 public:
  // Throw ValueError for options that make no sense.
  explicit RNNImplBase(const RNNOptions& options);
  explicit RNNImplBase(const LSTMOptions& options);
  explicit RNNImplBase(const GRUOptions& options);

  /// Draws the parameters anew.
  void reset_parameters();
  /// Does nothing: the weights need no special layout.
  void flatten_parameters() {}
  /// Weights of all layers and directions, in order of registration.
  std::vector<Tensor> all_weights() const { return parameters(); }

 protected:
  struct State {
    Tensor h;
    Tensor c;
  };

  void register_weights();
  /// x (time, batch, input) or with batch_first (batch, time, input), or one sequence (time, input); states (layers *
  /// directions, batch, hidden) or undefined for zeros.
  std::tuple<Tensor, State> forward_padded(const Tensor& x, State initial) const;
  std::tuple<utils::rnn::PackedSequence, State> forward_packed(const utils::rnn::PackedSequence& sequence,
                                                               const State& initial) const;

 private:
  /// The parameters of one layer in one direction.
  struct LayerWeights {
    recurrent::RecurrentWeights cell;
    Tensor projection;  ///< weight_hr; undefined without
  };

  explicit RNNImplBase(const RecurrentSettings& settings);
  std::tuple<Tensor, State> run(const Tensor& rows, const recurrent::RecurrentSteps& steps, const State& initial) const;
  recurrent::RecurrentResult run_layer(const LayerWeights& weights, bool reverse, const Tensor& x,
                                       const recurrent::RecurrentSteps& steps, const Tensor& h0, const Tensor& c0) const;
  void check_state(const Tensor& state, const char* which, std::int64_t batch, std::int64_t size) const;

  RecurrentSettings settings_;
  std::vector<LayerWeights> weights_;  ///< layer after layer, both directions of each side by side
};

}  // namespace detail

/// h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu. forward returns the outputs (time, batch, directions * hidden) of the
/// last layer and the final states (layers * directions, batch, hidden); for the input's shapes see detail::RNNImplBase.
/// Throws ShapeError, TypeError; ValueError for bad options. https://pytorch.org/docs/1.13/generated/torch.nn.RNN.html
class RNNImpl : public Layer<RNNImpl, RNNOptions, detail::RNNImplBase> {
 public:
  RNNImpl(std::int64_t input_size, std::int64_t hidden_size);
  explicit RNNImpl(const RNNOptions& options_);
  void reset() override { register_weights(); }
  /// Outputs and final states of a padded batch, or of one sequence.
  std::tuple<Tensor, Tensor> forward(const Tensor& x, const Tensor& h0 = {}) const;
  /// The same of packed sequences; the states are in the order of the batch before packing.
  std::tuple<utils::rnn::PackedSequence, Tensor> forward_with_packed_input(const utils::rnn::PackedSequence& sequence,
                                                                           const Tensor& h0 = {}) const;
};
XGRAD_MODULE(RNN);

/// i, f, o = sigmoid(W x + W h), g = tanh(W x + W h), c' = f c + i g, h' = o tanh(c'). Shapes and errors as RNN; the state
/// is (h, c). https://pytorch.org/docs/1.13/generated/torch.nn.LSTM.html
class LSTMImpl : public Layer<LSTMImpl, LSTMOptions, detail::RNNImplBase> {
 public:
  /// h and c.
  using States = std::tuple<Tensor, Tensor>;

  LSTMImpl(std::int64_t input_size, std::int64_t hidden_size);
  explicit LSTMImpl(const LSTMOptions& options_);
  void reset() override { register_weights(); }
  /// Outputs and final states of a padded batch, or of one sequence.
  std::tuple<Tensor, States> forward(const Tensor& x, const std::optional<States>& state = std::nullopt) const;
  std::tuple<utils::rnn::PackedSequence, States> forward_with_packed_input(
      const utils::rnn::PackedSequence& sequence, const std::optional<States>& state = std::nullopt) const;
};
XGRAD_MODULE(LSTM);

/// r, z = sigmoid(W x + W h), n = tanh(W x + r (W h)), h' = (1 - z) n + z h. Shapes and errors as RNN.
/// https://pytorch.org/docs/1.13/generated/torch.nn.GRU.html
class GRUImpl : public Layer<GRUImpl, GRUOptions, detail::RNNImplBase> {
 public:
  GRUImpl(std::int64_t input_size, std::int64_t hidden_size);
  explicit GRUImpl(const GRUOptions& options_);
  void reset() override { register_weights(); }
  /// Outputs and final states of a padded batch, or of one sequence.
  std::tuple<Tensor, Tensor> forward(const Tensor& x, const Tensor& h0 = {}) const;
  std::tuple<utils::rnn::PackedSequence, Tensor> forward_with_packed_input(const utils::rnn::PackedSequence& sequence,
                                                                           const Tensor& h0 = {}) const;
};
XGRAD_MODULE(GRU);

}  // namespace xgrad::nn
