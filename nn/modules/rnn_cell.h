/// One step of a recurrent net: recurrent_layer (autograd/ops/recurrent.h) over a sequence of one. In a loop over steps, the
/// weights are brought into the kernels' layout once for each graph.
#pragma once

#include <optional>
#include <tuple>
#include <variant>

#include "autograd/base/arg.h"
#include "autograd/ops/recurrent.h"
#include "nn/modules/rnn.h"

namespace xgrad::nn {

namespace detail {

/// Parameters weight_ih, weight_hh, bias_ih, bias_hh, uniform on [-1/sqrt(hidden), 1/sqrt(hidden)].
class RNNCellImplBase : public Module {
 public:
  /// Draws the parameters anew.
  void reset_parameters();
  void pretty_print(std::ostream& stream) const override;

  Tensor weight_ih;  ///< (gates * hidden, input)
  Tensor weight_hh;  ///< (gates * hidden, hidden)
  Tensor bias_ih;    ///< (gates * hidden); undefined without bias
  Tensor bias_hh;    ///< (gates * hidden); undefined without bias

 protected:
  RNNCellImplBase(const char* name, std::int64_t input_size, std::int64_t hidden_size, bool bias, std::int64_t gates);
  void register_weights();
  recurrent::RecurrentWeights weights() const { return {weight_ih, weight_hh, bias_ih, bias_hh}; }
  /// The next h and c from the states given, or zeros; one sequence without a batch gets a batch of one.
  std::tuple<Tensor, Tensor> step(recurrent::RecurrentCell cell, const Tensor& x, const Tensor& h,
                                  const Tensor& c = Tensor()) const;

  const char* kind_;
  std::int64_t input_size_;
  std::int64_t hidden_size_;
  bool bias_;
  std::int64_t gates_;
};

}  // namespace detail

/// Options of RNNCell.
struct RNNCellOptions {
  /// With the other options at their defaults.
  RNNCellOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  /// Features of the input.
  XGRAD_ARG(std::int64_t, input_size);
  /// Features of the state.
  XGRAD_ARG(std::int64_t, hidden_size);
  /// Whether there are bias_ih and bias_hh.
  XGRAD_ARG(bool, bias) = true;
  /// kTanh or kReLU.
  XGRAD_ARG(RNNOptions::Nonlinearity, nonlinearity) = kTanh;
};

/// (batch, input), (batch, hidden) or zeros -> (batch, hidden); the batch may be left out. Throws ShapeError, TypeError.
/// https://pytorch.org/docs/1.13/generated/torch.nn.RNNCell.html
class RNNCellImpl : public Cloneable<RNNCellImpl, detail::RNNCellImplBase> {
 public:
  /// With the other options at their defaults.
  RNNCellImpl(std::int64_t input_size, std::int64_t hidden_size) : RNNCellImpl(RNNCellOptions(input_size, hidden_size)) {}
  /// From its options.
  explicit RNNCellImpl(const RNNCellOptions& options_);
  void reset() override { register_weights(); }
  /// The next state.
  Tensor forward(const Tensor& x, const Tensor& h = {}) const;
  /// The options that it was made with.
  RNNCellOptions options;
};
XGRAD_MODULE(RNNCell);

/// Options of LSTMCell.
struct LSTMCellOptions {
  /// With the other options at their defaults.
  LSTMCellOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  /// Features of the input.
  XGRAD_ARG(std::int64_t, input_size);
  /// Features of the state.
  XGRAD_ARG(std::int64_t, hidden_size);
  /// Whether there are bias_ih and bias_hh.
  XGRAD_ARG(bool, bias) = true;
};

/// https://pytorch.org/docs/1.13/generated/torch.nn.LSTMCell.html
class LSTMCellImpl : public Cloneable<LSTMCellImpl, detail::RNNCellImplBase> {
 public:
  /// h and c.
  using States = std::tuple<Tensor, Tensor>;
  /// With the other options at their defaults.
  LSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size) : LSTMCellImpl(LSTMCellOptions(input_size, hidden_size)) {}
  /// From its options.
  explicit LSTMCellImpl(const LSTMCellOptions& options_);
  void reset() override { register_weights(); }
  /// The next state.
  States forward(const Tensor& x, const std::optional<States>& state = std::nullopt) const;
  /// The options that it was made with.
  LSTMCellOptions options;
};
XGRAD_MODULE(LSTMCell);

/// Options of GRUCell.
struct GRUCellOptions {
  /// With the other options at their defaults.
  GRUCellOptions(std::int64_t input_size, std::int64_t hidden_size) : input_size_(input_size), hidden_size_(hidden_size) {}
  /// Features of the input.
  XGRAD_ARG(std::int64_t, input_size);
  /// Features of the state.
  XGRAD_ARG(std::int64_t, hidden_size);
  /// Whether there are bias_ih and bias_hh.
  XGRAD_ARG(bool, bias) = true;
};

/// https://pytorch.org/docs/1.13/generated/torch.nn.GRUCell.html
class GRUCellImpl : public Cloneable<GRUCellImpl, detail::RNNCellImplBase> {
 public:
  /// With the other options at their defaults.
  GRUCellImpl(std::int64_t input_size, std::int64_t hidden_size) : GRUCellImpl(GRUCellOptions(input_size, hidden_size)) {}
  /// From its options.
  explicit GRUCellImpl(const GRUCellOptions& options_);
  void reset() override { register_weights(); }
  /// The next state.
  Tensor forward(const Tensor& x, const Tensor& h = {}) const;
  /// The options that it was made with.
  GRUCellOptions options;
};
XGRAD_MODULE(GRUCell);

}  // namespace xgrad::nn
