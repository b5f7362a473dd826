#include "nn/modules/recurrent_cells.h"

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/products.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace {

TensorList zero_states(std::int64_t count, std::int64_t batch, std::int64_t size, const TensorOptions& options) {
  TensorList states;
  for (std::int64_t i = 0; i < count; ++i) states.push_back(zeros({batch, size}, options));
  return states;
}

}  // namespace

LayerNormLSTMCellImpl::LayerNormLSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size)
    : LayerNormLSTMCellImpl(LayerNormLSTMCellOptions(input_size, hidden_size)) {}

LayerNormLSTMCellImpl::LayerNormLSTMCellImpl(const LayerNormLSTMCellOptions& options_) : Layer(options_) { reset(); }

void LayerNormLSTMCellImpl::reset() {
  const std::int64_t hidden = options.hidden_size();
  weight_ih = register_parameter("weight_ih", empty({4 * hidden, options.input_size()}));
  weight_hh = register_parameter("weight_hh", empty({4 * hidden, hidden}));
  bias = register_parameter("bias", empty({4 * hidden}));
  norm_ih = register_parameter("norm_ih", empty({4 * hidden}));
  norm_hh = register_parameter("norm_hh", empty({4 * hidden}));
  norm_c = register_parameter("norm_c", empty({hidden}));
  norm_c_shift = register_parameter("norm_c_shift", empty({hidden}));
  reset_parameters();
}

void LayerNormLSTMCellImpl::reset_parameters() {
  detail::draw_recurrent_parameters({weight_ih, weight_hh, bias}, options.hidden_size());
  for (const Tensor& factor : {norm_ih, norm_hh, norm_c}) init::ones_(factor);
  init::zeros_(norm_c_shift);
}

TensorList LayerNormLSTMCellImpl::first_states(std::int64_t batch, TensorOptions tensor_options) const {
  return zero_states(2, batch, options.hidden_size(), tensor_options);
}

TensorList LayerNormLSTMCellImpl::step(const Tensor& x, const TensorList& states) {
  const std::int64_t hidden = options.hidden_size();
  const Tensor gates = layer_norm(linear(x, weight_ih), {4 * hidden}, norm_ih, {}, options.eps()) +
                       layer_norm(linear(states[0], weight_hh), {4 * hidden}, norm_hh, {}, options.eps()) + bias;
  const TensorList parts = chunk(gates, 4, 1);
  const Tensor c = sigmoid(parts[1]) * states[1] + sigmoid(parts[0]) * tanh(parts[2]);
  return {sigmoid(parts[3]) * tanh(layer_norm(c, {hidden}, norm_c, norm_c_shift, options.eps())), c};
}

PeepholeLSTMCellImpl::PeepholeLSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size)
    : PeepholeLSTMCellImpl(PeepholeLSTMCellOptions(input_size, hidden_size)) {}

PeepholeLSTMCellImpl::PeepholeLSTMCellImpl(const PeepholeLSTMCellOptions& options_) : Layer(options_) { reset(); }

void PeepholeLSTMCellImpl::reset() {
  const std::int64_t hidden = options.hidden_size();
  weight_ih = register_parameter("weight_ih", empty({4 * hidden, options.input_size()}));
  weight_hh = register_parameter("weight_hh", empty({4 * hidden, hidden}));
  weight_c = register_parameter("weight_c", empty({3, hidden}));
  bias = register_parameter("bias", empty({4 * hidden}));
  reset_parameters();
}

void PeepholeLSTMCellImpl::reset_parameters() {
  detail::draw_recurrent_parameters({weight_ih, weight_hh, weight_c, bias}, options.hidden_size());
}

TensorList PeepholeLSTMCellImpl::first_states(std::int64_t batch, TensorOptions tensor_options) const {
  return zero_states(2, batch, options.hidden_size(), tensor_options);
}

TensorList PeepholeLSTMCellImpl::step(const Tensor& x, const TensorList& states) {
  const TensorList parts = chunk(linear(x, weight_ih, bias) + linear(states[0], weight_hh), 4, 1);
  const Tensor& before = states[1];
  const Tensor c = sigmoid(parts[1] + select(weight_c, 0, 1) * before) * before +
                   sigmoid(parts[0] + select(weight_c, 0, 0) * before) * tanh(parts[2]);
  return {sigmoid(parts[3] + select(weight_c, 0, 2) * c) * tanh(c), c};
}

MinimalGatedCellImpl::MinimalGatedCellImpl(std::int64_t input_size, std::int64_t hidden_size)
    : MinimalGatedCellImpl(MinimalGatedCellOptions(input_size, hidden_size)) {}

MinimalGatedCellImpl::MinimalGatedCellImpl(const MinimalGatedCellOptions& options_) : Layer(options_) { reset(); }

void MinimalGatedCellImpl::reset() {
  const std::int64_t hidden = options.hidden_size();
  weight_ih = register_parameter("weight_ih", empty({2 * hidden, options.input_size()}));
  weight_hh = register_parameter("weight_hh", empty({2 * hidden, hidden}));
  bias = register_parameter("bias", empty({2 * hidden}));
  reset_parameters();
}

void MinimalGatedCellImpl::reset_parameters() {
  detail::draw_recurrent_parameters({weight_ih, weight_hh, bias}, options.hidden_size());
}

TensorList MinimalGatedCellImpl::first_states(std::int64_t batch, TensorOptions tensor_options) const {
  return zero_states(1, batch, options.hidden_size(), tensor_options);
}

TensorList MinimalGatedCellImpl::step(const Tensor& x, const TensorList& states) {
  const std::int64_t hidden = options.hidden_size();
  const TensorList parts = chunk(linear(x, weight_ih, bias), 2, 1);
  const Tensor& before = states[0];
  const Tensor gate = sigmoid(parts[0] + linear(before, narrow(weight_hh, 0, 0, hidden)));
  const Tensor candidate = tanh(parts[1] + linear(gate * before, narrow(weight_hh, 0, hidden, hidden)));
  return {before + gate * (candidate - before)};
}

}  // namespace xgrad::nn
