/// Cells for RecurrentWrapper, beyond those that have kernels of their own. Sizes that are not positive throw ValueError.
#pragma once

#include <cstdint>

#include "autograd/base/arg.h"
#include "nn/layer.h"
#include "nn/modules/recurrent_sizes.h"
#include "nn/modules/recurrent_wrapper.h"

namespace xgrad::nn {

struct LayerNormLSTMCellOptions : detail::RecurrentSizes<LayerNormLSTMCellOptions> {
  using RecurrentSizes::RecurrentSizes;
  XGRAD_ARG(double, eps) = 1e-5;  ///< added to variances
  XGRAD_FIELDS(bare(input_size), bare(hidden_size), unless(eps, 1e-5));
};

/// An LSTM whose products with the input and the state are normalised each, and the cell's state as it leaves:
/// (i, f, g, o) = LN(W_ih x) + LN(W_hh h) + b; c' = sigmoid(f) c + sigmoid(i) tanh(g); h' = sigmoid(o) tanh(LN(c')).
/// Ba et al., 2016, https://arxiv.org/abs/1607.06450
struct LayerNormLSTMCellImpl : Layer<LayerNormLSTMCellImpl, LayerNormLSTMCellOptions, RecurrentCellModule> {
  LayerNormLSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size);
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

struct PeepholeLSTMCellOptions : detail::RecurrentSizes<PeepholeLSTMCellOptions> {
  using RecurrentSizes::RecurrentSizes;
  XGRAD_FIELDS(bare(input_size), bare(hidden_size));
};

/// An LSTM whose gates see the cell's state: the input's and the forget gate that before the step, the output's the one
/// after. Gers and Schmidhuber, 2000, https://ieeexplore.ieee.org/document/861302
struct PeepholeLSTMCellImpl : Layer<PeepholeLSTMCellImpl, PeepholeLSTMCellOptions, RecurrentCellModule> {
  PeepholeLSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size);
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

struct MinimalGatedCellOptions : detail::RecurrentSizes<MinimalGatedCellOptions> {
  using RecurrentSizes::RecurrentSizes;
  XGRAD_FIELDS(bare(input_size), bare(hidden_size));
};

/// A GRU with one gate: f = sigmoid(W_f x + U_f h + b_f); h' = (1 - f) h + f tanh(W_h x + U_h (f h) + b_h).
/// Zhou et al., 2016, https://arxiv.org/abs/1603.09420
struct MinimalGatedCellImpl : Layer<MinimalGatedCellImpl, MinimalGatedCellOptions, RecurrentCellModule> {
  MinimalGatedCellImpl(std::int64_t input_size, std::int64_t hidden_size);
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
