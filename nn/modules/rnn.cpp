#include "nn/modules/rnn.h"

#include <cmath>
#include <ostream>

#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace detail {

using utils::rnn::PackedSequence;

RNNImplBase::RNNImplBase(const char* name, RecurrentCell cell, const RNNOptionsBase& options)
    : kind_(name), cell_(cell), base_(options) {
  check<ValueError>(base_.input_size > 0 && base_.hidden_size > 0 && base_.num_layers > 0,
                    "{}: input_size, hidden_size and num_layers must be positive, got {}, {} and {}", name, base_.input_size,
                    base_.hidden_size, base_.num_layers);
  check<ValueError>(base_.dropout >= 0 && base_.dropout <= 1, "{}: dropout must lie in [0, 1], got {}", name, base_.dropout);
  const std::int64_t gates = cell == RecurrentCell::Lstm ? 4 : cell == RecurrentCell::Gru ? 3 : 1;
  for (std::int64_t layer = 0; layer < base_.num_layers; ++layer) {
    for (std::int64_t direction = 0; direction < directions(); ++direction) {
      const std::string suffix = fmt::format("_l{}{}", layer, direction == 1 ? "_reverse" : "");
      const std::int64_t input = layer == 0 ? base_.input_size : base_.hidden_size * directions();
      register_parameter("weight_ih" + suffix, empty({gates * base_.hidden_size, input}));
      register_parameter("weight_hh" + suffix, empty({gates * base_.hidden_size, base_.hidden_size}));
      if (base_.bias) {
        register_parameter("bias_ih" + suffix, empty({gates * base_.hidden_size}));
        register_parameter("bias_hh" + suffix, empty({gates * base_.hidden_size}));
      }
    }
  }
  reset_parameters();
}

void RNNImplBase::reset_parameters() {
  const double bound = 1 / std::sqrt(static_cast<double>(base_.hidden_size));
  for (const Tensor& parameter : parameters()) init::uniform_(parameter, -bound, bound);
}

void RNNImplBase::pretty_print(std::ostream& stream) const {
  stream << kind_ << "(input_size=" << base_.input_size << ", hidden_size=" << base_.hidden_size
         << ", num_layers=" << base_.num_layers << ", bias=" << (base_.bias ? "true" : "false")
         << ", batch_first=" << (base_.batch_first ? "true" : "false") << ", dropout=" << base_.dropout
         << ", bidirectional=" << (base_.bidirectional ? "true" : "false") << ')';
}

RecurrentWeights RNNImplBase::weights(std::int64_t layer, bool reverse) const {
  const std::string suffix = fmt::format("_l{}{}", layer, reverse ? "_reverse" : "");
  const auto find = [&](const char* name) {
    const Tensor* found = parameters_.find(name + suffix);
    return found == nullptr ? Tensor() : *found;
  };
  return {find("weight_ih"), find("weight_hh"), find("bias_ih"), find("bias_hh")};
}

void RNNImplBase::check_state(const Tensor& state, const char* which, std::int64_t batch) const {
  const DimVector expected{base_.num_layers * directions(), batch, base_.hidden_size};
  check<ShapeError>(state.sizes() == IntArrayRef(expected), "{}: initial state {} has shape {}, expected {}", kind_, which,
                    state.sizes(), expected);
}

std::tuple<Tensor, RNNImplBase::State> RNNImplBase::run(const Tensor& rows, const Tensor& batch_sizes, std::int64_t batch,
                                                        State initial) const {
  check<ShapeError>(rows.size(-1) == base_.input_size, "{}: input has {} features, expected {}", kind_, rows.size(-1),
                    base_.input_size);
  const bool lstm = cell_ == RecurrentCell::Lstm;
  const DimVector state_sizes{base_.num_layers * directions(), batch, base_.hidden_size};
  if (initial.h.defined()) check_state(initial.h, "h0", batch);
  else initial.h = zeros(state_sizes, rows.dtype());
  if (lstm && initial.c.defined()) check_state(initial.c, "c0", batch);
  else if (lstm) initial.c = zeros(state_sizes, rows.dtype());

  Tensor x = rows;
  TensorList h_n;
  TensorList c_n;
  for (std::int64_t layer = 0; layer < base_.num_layers; ++layer) {
    if (layer > 0) x = dropout(x, base_.dropout, is_training());
    TensorList outputs;
    for (std::int64_t direction = 0; direction < directions(); ++direction) {
      const std::int64_t state = layer * directions() + direction;
      RecurrentResult result = recurrent_layer(cell_, x, batch_sizes, initial.h[state], lstm ? initial.c[state] : Tensor(),
                                               weights(layer, direction == 1), direction == 1);
      outputs.push_back(std::move(result.output));
      h_n.push_back(std::move(result.h_n));
      if (lstm) c_n.push_back(std::move(result.c_n));
    }
    x = outputs.size() == 1 ? outputs[0] : cat(outputs, 1);
  }
  return {x, State{stack(h_n), lstm ? stack(c_n) : Tensor()}};
}

std::tuple<Tensor, RNNImplBase::State> RNNImplBase::forward_padded(const Tensor& input, State initial) const {
  check<ShapeError>(input.dim() == 2 || input.dim() == 3, "{}: expected an input of 2 or 3 dimensions, got {}", kind_,
                    input.sizes());
  const bool single = input.dim() == 2;
  Tensor x = input;
  if (single) {
    x = unsqueeze(x, 1);
    for (Tensor* state : {&initial.h, &initial.c}) {
      if (!state->defined()) continue;
      check<ShapeError>(state->dim() == 2, "{}: the state of one sequence has 2 dimensions, got {}", kind_, state->sizes());
      *state = unsqueeze(*state, 1);
    }
  } else if (base_.batch_first) {
    x = transpose(x, 0, 1);
  }
  const std::int64_t time = x.size(0);
  const std::int64_t batch = x.size(1);
  check<ShapeError>(time > 0 && batch > 0, "{}: expected at least one step and one sequence, got {}", kind_, input.sizes());
  auto [rows, state] = run(reshape(x, {time * batch, x.size(2)}), full({time}, batch), batch, std::move(initial));
  Tensor output = view(rows, {time, batch, rows.size(1)});
  if (single) {
    return {squeeze(output, 1), State{squeeze(state.h, 1), state.c.defined() ? squeeze(state.c, 1) : Tensor()}};
  }
  return {base_.batch_first ? transpose(output, 0, 1) : output, state};
}

std::tuple<PackedSequence, RNNImplBase::State> RNNImplBase::forward_packed(const PackedSequence& sequence,
                                                                           State initial) const {
  const std::int64_t batch = sequence.batch_sizes()[0].item<std::int64_t>();
  const auto reorder = [](const Tensor& state, const Tensor& order) {
    return state.defined() && order.defined() ? index_select(state, 1, order) : state;
  };
  if (initial.h.defined()) check_state(initial.h, "h0", batch);
  if (initial.c.defined()) check_state(initial.c, "c0", batch);
  auto [rows, state] = run(sequence.data(), sequence.batch_sizes(), batch,
                           {reorder(initial.h, sequence.sorted_indices()), reorder(initial.c, sequence.sorted_indices())});
  return {PackedSequence(rows, sequence.batch_sizes(), sequence.sorted_indices(), sequence.unsorted_indices()),
          State{reorder(state.h, sequence.unsorted_indices()), reorder(state.c, sequence.unsorted_indices())}};
}

}  // namespace detail

namespace {

template <class Options>
detail::RNNOptionsBase base_of(const Options& options) {
  return {options.input_size(),  options.hidden_size(), options.num_layers(),   options.bias(),
          options.batch_first(), options.dropout(),     options.bidirectional()};
}

}  // namespace

using utils::rnn::PackedSequence;

RNNImpl::RNNImpl(const RNNOptions& options_)
    : RNNImplBase(
          "RNN",
          std::holds_alternative<kReLUType>(options_.nonlinearity()) ? RecurrentCell::RnnRelu : RecurrentCell::RnnTanh,
          base_of(options_)),
      options(options_) {}

std::tuple<Tensor, Tensor> RNNImpl::forward(const Tensor& x, const Tensor& h0) const {
  auto [output, state] = forward_padded(x, {h0, {}});
  return {output, state.h};
}

std::tuple<PackedSequence, Tensor> RNNImpl::forward_with_packed_input(const PackedSequence& sequence,
                                                                      const Tensor& h0) const {
  auto [output, state] = forward_packed(sequence, {h0, {}});
  return {output, state.h};
}

LSTMImpl::LSTMImpl(const LSTMOptions& options_)
    : RNNImplBase("LSTM", RecurrentCell::Lstm, base_of(options_)), options(options_) {}

std::tuple<Tensor, LSTMImpl::States> LSTMImpl::forward(const Tensor& x, const std::optional<States>& initial) const {
  auto [output, state] = forward_padded(x, initial ? State{std::get<0>(*initial), std::get<1>(*initial)} : State{});
  return {output, {state.h, state.c}};
}

std::tuple<PackedSequence, LSTMImpl::States> LSTMImpl::forward_with_packed_input(
    const PackedSequence& sequence, const std::optional<States>& initial) const {
  auto [output, state] = forward_packed(sequence, initial ? State{std::get<0>(*initial), std::get<1>(*initial)} : State{});
  return {output, {state.h, state.c}};
}

GRUImpl::GRUImpl(const GRUOptions& options_)
    : RNNImplBase("GRU", RecurrentCell::Gru, base_of(options_)), options(options_) {}

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
