#include "nn/modules/rnn.h"

#include "autograd/base/check.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::nn {

namespace detail {

using utils::rnn::PackedSequence;

RNNImplBase::RNNImplBase(const RecurrentSettings& settings) : settings_(settings) {
  check_recurrent_sizes(settings.kind, settings.input_size, settings.hidden_size);
  constexpr std::int64_t most_layers = 1 << 16;
  check<ValueError>(settings.num_layers > 0 && settings.num_layers <= most_layers,
                    "{}: num_layers must lie between 1 and {}, got {}", settings.kind, most_layers, settings.num_layers);
  check<ValueError>(settings.dropout >= 0 && settings.dropout <= 1, "{}: dropout must lie in [0, 1], got {}", settings.kind,
                    settings.dropout);
  check<ValueError>(settings.proj_size >= 0 && settings.proj_size < settings.hidden_size,
                    "{}: proj_size must lie between 0 and hidden_size {}, got {}", settings.kind, settings.hidden_size,
                    settings.proj_size);
}

namespace {

template <class Options>
RecurrentSettings settings_of(const char* kind, RecurrentCell cell, const Options& options, std::int64_t proj_size = 0) {
  return {kind,
          cell,
          options.input_size(),
          options.hidden_size(),
          options.num_layers(),
          options.bias(),
          options.batch_first(),
          options.dropout(),
          options.bidirectional(),
          proj_size};
}

}  // namespace

RNNImplBase::RNNImplBase(const RNNOptions& options)
    : RNNImplBase(settings_of(
          "RNN", std::holds_alternative<kReLUType>(options.nonlinearity()) ? RecurrentCell::RnnRelu : RecurrentCell::RnnTanh,
          options)) {}
RNNImplBase::RNNImplBase(const LSTMOptions& options)
    : RNNImplBase(settings_of("LSTM", RecurrentCell::Lstm, options, options.proj_size())) {}
RNNImplBase::RNNImplBase(const GRUOptions& options) : RNNImplBase(settings_of("GRU", RecurrentCell::Gru, options)) {}

void RNNImplBase::register_weights() {
  weights_.clear();
  const std::int64_t rows = gates_of(settings_.cell) * settings_.hidden_size;
  for (std::int64_t layer = 0; layer < settings_.num_layers; ++layer) {
    for (std::int64_t direction = 0; direction < settings_.directions(); ++direction) {
      const std::string suffix = fmt::format("_l{}{}", layer, direction == 1 ? "_reverse" : "");
      const std::int64_t input = layer == 0 ? settings_.input_size : settings_.output_size() * settings_.directions();
      LayerWeights weights;
      weights.cell.weight_ih = register_parameter("weight_ih" + suffix, empty({rows, input}));
      weights.cell.weight_hh = register_parameter("weight_hh" + suffix, empty({rows, settings_.output_size()}));
      if (settings_.bias) {
        weights.cell.bias_ih = register_parameter("bias_ih" + suffix, empty({rows}));
        weights.cell.bias_hh = register_parameter("bias_hh" + suffix, empty({rows}));
      }
      if (settings_.proj_size > 0) {
        weights.projection = register_parameter("weight_hr" + suffix, empty({settings_.proj_size, settings_.hidden_size}));
      }
      weights_.push_back(std::move(weights));
    }
  }
  reset_parameters();
}

void RNNImplBase::reset_parameters() { draw_recurrent_parameters(parameters(), settings_.hidden_size); }

void RNNImplBase::check_state(const Tensor& state, const char* which, std::int64_t batch, std::int64_t size) const {
  const DimVector expected{settings_.num_layers * settings_.directions(), batch, size};
  check<ShapeError>(state.sizes() == IntArrayRef(expected), "{}: initial state {} has shape {}, expected {}", settings_.kind,
                    which, state.sizes(), expected);
}

namespace {

/// The rows in which the sequences of a batch start: their first steps, or in reverse their last.
Tensor starting_rows(const RecurrentSteps& steps, bool reverse) {
  std::vector<std::int64_t> rows(static_cast<std::size_t>(steps.batch()));
  const std::size_t begun = reverse ? steps.sizes().size() : 1;
  for (std::size_t step = 0; step < begun; ++step) {
    for (std::int64_t b = 0; b < steps.sizes()[step]; ++b) rows[static_cast<std::size_t>(b)] = steps.offsets()[step] + b;
  }
  return tensor(rows);
}

}  // namespace

RecurrentResult RNNImplBase::run_layer(const LayerWeights& weights, bool reverse, const Tensor& x,
                                       const RecurrentSteps& steps, const Tensor& h0, const Tensor& c0) const {
  if (!weights.projection.defined()) return recurrent_layer(settings_.cell, x, steps, h0, c0, weights.cell, reverse);
  // A projected state W_hr h enters the next step as W_hh W_hr h: a plain LSTM with these weights over the states before
  // projection. The first step's state was never projected: it comes in with the input.
  RecurrentWeights projected = weights.cell;
  Tensor input = x;
  if (h0.defined()) {
    const Tensor starts = starting_rows(steps, reverse);
    input = cat({x, index_add(zeros({x.size(0), settings_.proj_size}, x.dtype()), 0, starts, h0)}, 1);
    projected.weight_ih = cat({projected.weight_ih, projected.weight_hh}, 1);
  }
  projected.weight_hh = matmul(projected.weight_hh, weights.projection);
  RecurrentResult result = recurrent_layer(settings_.cell, input, steps, Tensor(), c0, projected, reverse);
  result.output = linear(result.output, weights.projection);
  result.h_n = linear(result.h_n, weights.projection);
  return result;
}

std::tuple<Tensor, RNNImplBase::State> RNNImplBase::run(const Tensor& rows, const RecurrentSteps& steps,
                                                        const State& initial) const {
  check<ShapeError>(rows.size(-1) == settings_.input_size, "{}: input has {} features, expected {}", settings_.kind,
                    rows.size(-1), settings_.input_size);
  const bool lstm = settings_.cell == RecurrentCell::Lstm;
  if (initial.h.defined()) check_state(initial.h, "h0", steps.batch(), settings_.output_size());
  if (lstm && initial.c.defined()) check_state(initial.c, "c0", steps.batch(), settings_.hidden_size);

  Tensor x = rows;
  TensorList h_n;
  TensorList c_n;
  std::size_t number = 0;  // of the layer and direction
  for (std::int64_t layer = 0; layer < settings_.num_layers; ++layer) {
    if (layer > 0) x = dropout(x, settings_.dropout, is_training());
    TensorList outputs;
    for (const bool reverse : {false, true}) {
      if (reverse && !settings_.bidirectional) break;
      const auto state = static_cast<std::int64_t>(number);
      const Tensor h0 = initial.h.defined() ? initial.h[state] : Tensor();
      const Tensor c0 = lstm && initial.c.defined() ? initial.c[state] : Tensor();
      RecurrentResult result = run_layer(weights_[number++], reverse, x, steps, h0, c0);
      outputs.push_back(std::move(result.output));
      h_n.push_back(std::move(result.h_n));
      if (lstm) c_n.push_back(std::move(result.c_n));
    }
    x = outputs.size() == 1 ? outputs[0] : cat(outputs, 1);
  }
  return {x, State{stack(h_n), lstm ? stack(c_n) : Tensor()}};
}

std::tuple<Tensor, RNNImplBase::State> RNNImplBase::forward_padded(const Tensor& input, State initial) const {
  check<ShapeError>(input.dim() == 2 || input.dim() == 3, "{}: expected an input of 2 or 3 dimensions, got {}",
                    settings_.kind, input.sizes());
  const bool single = input.dim() == 2;
  Tensor x = input;
  if (single) {
    x = unsqueeze(x, 1);
    for (Tensor* state : {&initial.h, &initial.c}) {
      if (!state->defined()) continue;
      check<ShapeError>(state->dim() == 2, "{}: the state of one sequence has 2 dimensions, got {}", settings_.kind,
                        state->sizes());
      *state = unsqueeze(*state, 1);
    }
  } else if (settings_.batch_first) {
    x = transpose(x, 0, 1);
  }
  const std::int64_t time = x.size(0);
  const std::int64_t batch = x.size(1);
  check<ShapeError>(time > 0, "{}: expected at least one step, got {}", settings_.kind, input.sizes());
  auto [rows, state] = run(reshape(x, {time * batch, x.size(2)}), RecurrentSteps(time, batch), initial);
  Tensor output = view(rows, {time, batch, rows.size(1)});
  if (single) {
    return {squeeze(output, 1), State{squeeze(state.h, 1), state.c.defined() ? squeeze(state.c, 1) : Tensor()}};
  }
  return {settings_.batch_first ? transpose(output, 0, 1) : output, state};
}

std::tuple<PackedSequence, RNNImplBase::State> RNNImplBase::forward_packed(const PackedSequence& sequence,
                                                                           const State& initial) const {
  const RecurrentSteps steps(sequence.batch_sizes());
  const auto reorder = [](const Tensor& state, const Tensor& order) {
    return state.defined() && order.defined() ? index_select(state, 1, order) : state;
  };
  if (initial.h.defined()) check_state(initial.h, "h0", steps.batch(), settings_.output_size());
  if (initial.c.defined()) check_state(initial.c, "c0", steps.batch(), settings_.hidden_size);
  auto [rows, state] = run(sequence.data(), steps,
                           {reorder(initial.h, sequence.sorted_indices()), reorder(initial.c, sequence.sorted_indices())});
  return {PackedSequence(rows, sequence.batch_sizes(), sequence.sorted_indices(), sequence.unsorted_indices()),
          State{reorder(state.h, sequence.unsorted_indices()), reorder(state.c, sequence.unsorted_indices())}};
}

}  // namespace detail

using utils::rnn::PackedSequence;

RNNImpl::RNNImpl(std::int64_t input_size, std::int64_t hidden_size) : RNNImpl(RNNOptions(input_size, hidden_size)) {}

RNNImpl::RNNImpl(const RNNOptions& options_) : Layer(options_) { register_weights(); }

std::tuple<Tensor, Tensor> RNNImpl::forward(const Tensor& x, const Tensor& h0) const {
  auto [output, state] = forward_padded(x, {h0, {}});
  return {output, state.h};
}

std::tuple<PackedSequence, Tensor> RNNImpl::forward_with_packed_input(const PackedSequence& sequence,
                                                                      const Tensor& h0) const {
  auto [output, state] = forward_packed(sequence, {h0, {}});
  return {output, state.h};
}

LSTMImpl::LSTMImpl(std::int64_t input_size, std::int64_t hidden_size) : LSTMImpl(LSTMOptions(input_size, hidden_size)) {}

LSTMImpl::LSTMImpl(const LSTMOptions& options_) : Layer(options_) { register_weights(); }

std::tuple<Tensor, LSTMImpl::States> LSTMImpl::forward(const Tensor& x, const std::optional<States>& initial) const {
  auto [output, state] = forward_padded(x, initial ? State{std::get<0>(*initial), std::get<1>(*initial)} : State{});
  return {output, {state.h, state.c}};
}

std::tuple<PackedSequence, LSTMImpl::States> LSTMImpl::forward_with_packed_input(
    const PackedSequence& sequence, const std::optional<States>& initial) const {
  auto [output, state] = forward_packed(sequence, initial ? State{std::get<0>(*initial), std::get<1>(*initial)} : State{});
  return {output, {state.h, state.c}};
}

GRUImpl::GRUImpl(std::int64_t input_size, std::int64_t hidden_size) : GRUImpl(GRUOptions(input_size, hidden_size)) {}

GRUImpl::GRUImpl(const GRUOptions& options_) : Layer(options_) { register_weights(); }

std::tuple<Tensor, Tensor> GRUImpl::forward(const Tensor& x, const Tensor& h0) const {
  auto [output, state] = forward_padded(x, {h0, {}});
  return {output, state.h};
}

std::tuple<PackedSequence, Tensor> GRUImpl::forward_with_packed_input(const PackedSequence& sequence,
                                                                      const Tensor& h0) const {
  auto [output, state] = forward_packed(sequence, {h0, {}});
  return {output, state.h};
}

}  // namespace xgrad::nn
