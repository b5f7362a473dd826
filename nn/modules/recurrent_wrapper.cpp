#include "nn/modules/recurrent_wrapper.h"

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/joining.h"
#include "autograd/ops/random.h"
#include "autograd/ops/split.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::nn {

namespace {

/// The states that were given, or the cell's first ones.
TensorList states_to_begin_with(const RecurrentCellModule& cell, const TensorList& given, std::int64_t batch,
                                TensorOptions options) {
  TensorList first = cell.first_states(batch, options);
  if (given.empty()) return first;
  check<ValueError>(given.size() == first.size(), "RecurrentWrapper: expected {} states, got {}", first.size(),
                    given.size());
  for (const Tensor& state : given) {
    check<ShapeError>(state.dim() > 0 && state.size(0) == batch, "RecurrentWrapper: expected states of {} sequences, got {}",
                      batch, state.sizes());
  }
  return given;
}

/// What x is multiplied by for a dropout that stays the same over a sequence.
Tensor kept_elements(const Tensor& like, double dropout) {
  return bernoulli(full(like.sizes(), 1 - dropout, like.dtype())) / (1 - dropout);
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
                          states_to_begin_with(*cell, states, batch, x.dtype()));
  DimVector shape{padded.size(0), batch};
  for (std::int64_t d = 1; d < rows.dim(); ++d) shape.push_back(rows.size(d));
  const Tensor outputs = view(rows, shape);
  return {options.batch_first() ? transpose(outputs, 0, 1) : outputs, last};
}

std::tuple<utils::rnn::PackedSequence, TensorList> RecurrentWrapperImpl::forward_with_packed_input(
    const utils::rnn::PackedSequence& sequence, const TensorList& states) {
  const auto sizes = sequence.batch_sizes().to_vector<std::int64_t>();
  check<ShapeError>(!sizes.empty(), "RecurrentWrapper: packed sequences without a step");
  TensorList sorted = states_to_begin_with(*cell, states, sizes.front(), sequence.data().dtype());
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

}  // namespace xgrad::nn
