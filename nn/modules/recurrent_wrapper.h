/// RecurrentWrapper: any cell, step by step over sequences; and cells beyond those that have kernels of their own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "autograd/base/arg.h"
#include "nn/layer.h"
#include "nn/utils/rnn.h"

namespace xgrad::nn {

/// A cell of RecurrentWrapper: a module with these two.
class RecurrentCellModule : public Module {
 public:
  /// The states (batch, ...) of sequences that begin, of a batch and dtype.
  virtual TensorList first_states(std::int64_t batch, TensorOptions options) const = 0;
  /// The states after a step x (batch, features). The first of them is the step's output.
  virtual TensorList step(const Tensor& x, const TensorList& states) = 0;
};

struct RecurrentWrapperOptions {
  XGRAD_ARG(bool, batch_first) = false;  ///< whether padded input is (batch, time, features)
  XGRAD_ARG(bool, reverse) = false;      ///< whether each sequence runs from its end to its start
  /// Share of the inputs that are 0 while training, the same at all steps of a sequence.
  /// Gal and Ghahramani, 2016, https://arxiv.org/abs/1512.05287
  XGRAD_ARG(double, input_dropout) = 0;
  XGRAD_ARG(double, state_dropout) = 0;  ///< the same of the first state, where a step takes it
  /// Probability with which an element of a state stays as it was; in evaluation, the expected value is taken. Krueger et al.,
  /// 2017, https://arxiv.org/abs/1606.01305
  XGRAD_ARG(double, zoneout) = 0;
  XGRAD_FIELDS(unless(batch_first, false), unless(reverse, false), unless(input_dropout, 0), unless(state_dropout, 0),
               unless(zoneout, 0));
  void validate(const std::string& module) const;
};

/// Runs a cell over sequences, padded or packed; of packed ones, a step takes those that still run. Registered as `cell`. A
/// clone has a cell of its own, where the cell can be cloned. Throws ValueError without a cell and for shares outside [0, 1).
class RecurrentWrapperImpl : public Layer<RecurrentWrapperImpl, RecurrentWrapperOptions> {
 public:
  explicit RecurrentWrapperImpl(std::shared_ptr<RecurrentCellModule> cell_, const RecurrentWrapperOptions& options_ = {});
  /// With a module holder.
  template <class Impl>
  explicit RecurrentWrapperImpl(const ModuleHolder<Impl>& cell_, const RecurrentWrapperOptions& options_ = {})
      : RecurrentWrapperImpl(std::static_pointer_cast<RecurrentCellModule>(cell_.ptr()), options_) {}

  void reset() override;
  /// x (time, batch, features), and states or none for the cell's first ones. Returns outputs (time, batch, ...) and the states
  /// after the last step of each sequence.
  std::tuple<Tensor, TensorList> forward(const Tensor& x, const TensorList& states = {});
  /// Packed outputs, and the states in the order before packing.
  std::tuple<utils::rnn::PackedSequence, TensorList> forward_with_packed_input(const utils::rnn::PackedSequence& sequence,
                                                                               const TensorList& states = {});

  std::shared_ptr<RecurrentCellModule> cell;

 private:
  std::tuple<Tensor, TensorList> run(const Tensor& rows, const std::vector<std::int64_t>& batch_sizes, TensorList states);
};
XGRAD_MODULE(RecurrentWrapper);

struct LayerNormLSTMCellOptions {
  LayerNormLSTMCellOptions(std::int64_t input_size, std::int64_t hidden_size)
      : input_size_(input_size), hidden_size_(hidden_size) {}
  XGRAD_ARG(std::int64_t, input_size);   ///< features of the input
  XGRAD_ARG(std::int64_t, hidden_size);  ///< features of both states
  XGRAD_ARG(double, eps) = 1e-5;         ///< added to variances
  XGRAD_FIELDS(bare(input_size), bare(hidden_size), unless(eps, 1e-5));
  void validate(const std::string& module) const;
};

/// An LSTM whose products with the input and the state are normalised each, and the cell's state as it leaves:
/// (i, f, g, o) = LN(W_ih x) + LN(W_hh h) + b; c' = sigmoid(f) c + sigmoid(i) tanh(g); h' = sigmoid(o) tanh(LN(c')).
/// Ba et al., 2016, https://arxiv.org/abs/1607.06450
struct LayerNormLSTMCellImpl : Layer<LayerNormLSTMCellImpl, LayerNormLSTMCellOptions, RecurrentCellModule> {
  LayerNormLSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size)
      : LayerNormLSTMCellImpl(LayerNormLSTMCellOptions(input_size, hidden_size)) {}
  explicit LayerNormLSTMCellImpl(const LayerNormLSTMCellOptions& options_);
  void reset() override;
  void reset_parameters();
  TensorList first_states(std::int64_t batch, TensorOptions options) const override;
  TensorList step(const Tensor& x, const TensorList& states) override;
  Tensor weight_ih;     ///< (4 hidden, input)
  Tensor weight_hh;     ///< (4 hidden, hidden)
  Tensor bias;          ///< (4 hidden)
  Tensor norm_ih;       ///< (4 hidden), what LN(W_ih x) is multiplied by
  Tensor norm_hh;       ///< (4 hidden)
  Tensor norm_c;        ///< (hidden)
  Tensor norm_c_shift;  ///< (hidden), added to LN(c')
};
XGRAD_MODULE(LayerNormLSTMCell);

struct PeepholeLSTMCellOptions {
  PeepholeLSTMCellOptions(std::int64_t input_size, std::int64_t hidden_size)
      : input_size_(input_size), hidden_size_(hidden_size) {}
  XGRAD_ARG(std::int64_t, input_size);   ///< features of the input
  XGRAD_ARG(std::int64_t, hidden_size);  ///< features of both states
  XGRAD_FIELDS(bare(input_size), bare(hidden_size));
  void validate(const std::string& module) const;
};

/// An LSTM whose gates see the cell's state: the input's and the forget gate that before the step, the output's the one after.
/// Gers and Schmidhuber, 2000, https://ieeexplore.ieee.org/document/861302
struct PeepholeLSTMCellImpl : Layer<PeepholeLSTMCellImpl, PeepholeLSTMCellOptions, RecurrentCellModule> {
  PeepholeLSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size)
      : PeepholeLSTMCellImpl(PeepholeLSTMCellOptions(input_size, hidden_size)) {}
  explicit PeepholeLSTMCellImpl(const PeepholeLSTMCellOptions& options_);
  void reset() override;
  void reset_parameters();
  TensorList first_states(std::int64_t batch, TensorOptions options) const override;
  TensorList step(const Tensor& x, const TensorList& states) override;
  Tensor weight_ih;  ///< (4 hidden, input), in the order i, f, g, o
  Tensor weight_hh;  ///< (4 hidden, hidden)
  Tensor weight_c;   ///< (3, hidden): what i, f and o see of the cell's state
  Tensor bias;       ///< (4 hidden)
};
XGRAD_MODULE(PeepholeLSTMCell);

struct MinimalGatedCellOptions {
  MinimalGatedCellOptions(std::int64_t input_size, std::int64_t hidden_size)
      : input_size_(input_size), hidden_size_(hidden_size) {}
  XGRAD_ARG(std::int64_t, input_size);   ///< features of the input
  XGRAD_ARG(std::int64_t, hidden_size);  ///< features of the state
  XGRAD_FIELDS(bare(input_size), bare(hidden_size));
  void validate(const std::string& module) const;
};

/// A GRU with one gate: f = sigmoid(W_f x + U_f h + b_f); h' = (1 - f) h + f tanh(W_h x + U_h (f h) + b_h).
/// Zhou et al., 2016, https://arxiv.org/abs/1603.09420
struct MinimalGatedCellImpl : Layer<MinimalGatedCellImpl, MinimalGatedCellOptions, RecurrentCellModule> {
  MinimalGatedCellImpl(std::int64_t input_size, std::int64_t hidden_size)
      : MinimalGatedCellImpl(MinimalGatedCellOptions(input_size, hidden_size)) {}
  explicit MinimalGatedCellImpl(const MinimalGatedCellOptions& options_);
  void reset() override;
  void reset_parameters();
  TensorList first_states(std::int64_t batch, TensorOptions options) const override;
  TensorList step(const Tensor& x, const TensorList& states) override;
  Tensor weight_ih;  ///< (2 hidden, input), in the order f, h
  Tensor weight_hh;  ///< (2 hidden, hidden)
  Tensor bias;       ///< (2 hidden)
};
XGRAD_MODULE(MinimalGatedCell);

}  // namespace xgrad::nn
