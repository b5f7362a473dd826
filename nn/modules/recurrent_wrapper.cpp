#include "nn/modules/recurrent_wrapper.h"

#include <algorithm>
#include <cmath>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/joining.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/products.h"
#include "autograd/ops/random.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace {

/// What x is multiplied by for a dropout that stays the same over a sequence.
Tensor kept_elements(const Tensor& like, double dropout) {
  return bernoulli(full(like.sizes(), 1 - dropout, like.dtype())) / (1 - dropout);
}

void check_sizes(const std::string& module, std::int64_t input_size, std::int64_t hidden_size) {
  check<ValueError>(input_size > 0 && hidden_size > 0, "{}: sizes must be positive, got {} and {}", module, input_size,
                    hidden_size);
}

void draw_recurrent(std::initializer_list<Tensor> parameters, std::int64_t hidden_size) {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_size));
  for (const Tensor& parameter : parameters) init::uniform_(parameter, -bound, bound);
}

TensorList zero_states(std::int64_t count, std::int64_t batch, std::int64_t size, const TensorOptions& options) {
  TensorList states;
  for (std::int64_t i = 0; i < count; ++i) states.push_back(zeros({batch, size}, options));
  return states;
}

}  // namespace

void RecurrentWrapperOptions::validate(const std::string& module) const {
  for (const double share : {input_dropout(), state_dropout(), zoneout()}) {
    check<ValueError>(share >= 0 && share < 1, "{}: shares must lie in [0, 1), got {}", module, share);
  }
}

RecurrentWrapperImpl::RecurrentWrapperImpl(std::shared_ptr<RecurrentCellModule> cell_,
                                           const RecurrentWrapperOptions& options_)
    : Layer(options_), cell(std::move(cell_)) {
  check<ValueError>(cell != nullptr, "RecurrentWrapper: there is no cell");
  register_module("cell", cell);
}

void RecurrentWrapperImpl::reset() {
  // Only a clone comes here: it gets a cell of its own.
  cell = std::dynamic_pointer_cast<RecurrentCellModule>(cell->clone());
  register_module("cell", cell);
}

/// Rows of all steps one after the other, of `batch_sizes` sequences at each, which do not increase.
std::tuple<Tensor, TensorList> RecurrentWrapperImpl::run(const Tensor& rows, const std::vector<std::int64_t>& batch_sizes,
                                                         TensorList states) {
  const auto steps = static_cast<std::int64_t>(batch_sizes.size());
  std::vector<std::int64_t> starts{0};
  for (const std::int64_t size : batch_sizes) starts.push_back(starts.back() + size);
  const bool training = is_training();
  Tensor of_inputs;
  Tensor of_states;
  if (training && options.input_dropout() > 0) {
    of_inputs = kept_elements(narrow(rows, 0, 0, batch_sizes.front()), options.input_dropout());
  }
  if (training && options.state_dropout() > 0) of_states = kept_elements(states[0], options.state_dropout());

  TensorList outputs(batch_sizes.size());
  for (std::int64_t i = 0; i < steps; ++i) {
    const std::int64_t t = options.reverse() ? steps - 1 - i : i;
    const std::int64_t running = batch_sizes[static_cast<std::size_t>(t)];
    Tensor x = narrow(rows, 0, starts[static_cast<std::size_t>(t)], running);
    if (of_inputs.defined()) x = x * narrow(of_inputs, 0, 0, running);
    TensorList before;
    for (const Tensor& state : states) before.push_back(narrow(state, 0, 0, running));
    TensorList given = before;
    if (of_states.defined()) given[0] = given[0] * narrow(of_states, 0, 0, running);
    TensorList after = cell->step(x, given);
    check<ValueError>(after.size() == states.size(), "RecurrentWrapper: the cell gave {} states for {}", after.size(),
                      states.size());
    outputs[static_cast<std::size_t>(t)] = after[0];
    for (std::size_t s = 0; s < states.size(); ++s) {
      Tensor next = after[s];
      if (options.zoneout() > 0) {
        const double kept = options.zoneout();
        const Tensor stays = training ? bernoulli(full(next.sizes(), kept, next.dtype())) : full({}, kept, next.dtype());
        next = stays * before[s] + (1 - stays) * next;
        if (s == 0) outputs[static_cast<std::size_t>(t)] = next;
      }
      // Sequences that have ended, or not begun from their end yet, keep their state.
      const std::int64_t others = states[s].size(0) - running;
      states[s] = others == 0 ? next : cat({next, narrow(states[s], 0, running, others)}, 0);
    }
  }
  return {cat(outputs, 0), states};
}

std::tuple<Tensor, TensorList> RecurrentWrapperImpl::forward(const Tensor& x, const TensorList& states) {
  check<ShapeError>(x.dim() == 3 && x.size(options.batch_first() ? 1 : 0) > 0,
                    "RecurrentWrapper: expected three dimensions with steps, got {}", x.sizes());
  const Tensor padded = options.batch_first() ? transpose(x, 0, 1) : x;
  const std::int64_t batch = padded.size(1);
  const std::vector<std::int64_t> sizes(static_cast<std::size_t>(padded.size(0)), batch);
  auto [rows, last] = run(reshape(padded, {padded.size(0) * batch, padded.size(2)}), sizes,
                          states.empty() ? cell->first_states(batch, x.dtype()) : states);
  DimVector shape{padded.size(0), batch};
  for (std::int64_t d = 1; d < rows.dim(); ++d) shape.push_back(rows.size(d));
  const Tensor outputs = view(rows, shape);
  return {options.batch_first() ? transpose(outputs, 0, 1) : outputs, last};
}

std::tuple<utils::rnn::PackedSequence, TensorList> RecurrentWrapperImpl::forward_with_packed_input(
    const utils::rnn::PackedSequence& sequence, const TensorList& states) {
  const auto sizes = sequence.batch_sizes().to_vector<std::int64_t>();
  check<ShapeError>(!sizes.empty(), "RecurrentWrapper: packed sequences without a step");
  TensorList sorted = states.empty() ? cell->first_states(sizes.front(), sequence.data().dtype()) : states;
  const auto arrange = [](TensorList& list, const Tensor& order) {
    if (!order.defined()) return;
    for (Tensor& state : list) state = index_select(state, 0, order);
  };
  if (!states.empty()) arrange(sorted, sequence.sorted_indices());
  auto [rows, last] = run(sequence.data(), sizes, sorted);
  arrange(last, sequence.unsorted_indices());
  return {utils::rnn::PackedSequence(rows, sequence.batch_sizes(), sequence.sorted_indices(), sequence.unsorted_indices()),
          last};
}

void LayerNormLSTMCellOptions::validate(const std::string& module) const {
  check_sizes(module, input_size(), hidden_size());
}

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
  draw_recurrent({weight_ih, weight_hh, bias}, options.hidden_size());
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

void PeepholeLSTMCellOptions::validate(const std::string& module) const { check_sizes(module, input_size(), hidden_size()); }

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
  draw_recurrent({weight_ih, weight_hh, weight_c, bias}, options.hidden_size());
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

void MinimalGatedCellOptions::validate(const std::string& module) const { check_sizes(module, input_size(), hidden_size()); }

MinimalGatedCellImpl::MinimalGatedCellImpl(const MinimalGatedCellOptions& options_) : Layer(options_) { reset(); }

void MinimalGatedCellImpl::reset() {
  const std::int64_t hidden = options.hidden_size();
  weight_ih = register_parameter("weight_ih", empty({2 * hidden, options.input_size()}));
  weight_hh = register_parameter("weight_hh", empty({2 * hidden, hidden}));
  bias = register_parameter("bias", empty({2 * hidden}));
  reset_parameters();
}

void MinimalGatedCellImpl::reset_parameters() { draw_recurrent({weight_ih, weight_hh, bias}, options.hidden_size()); }

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
