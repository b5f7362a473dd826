#include "nn/modules/rnn_cell.h"

#include <cmath>
#include <ostream>

#include "autograd/base/check.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "nn/init/init.h"

namespace xgrad::nn {

namespace detail {

RNNCellImplBase::RNNCellImplBase(const char* name, std::int64_t input_size, std::int64_t hidden_size, bool bias,
                                 std::int64_t gates)
    : kind_(name), input_size_(input_size), hidden_size_(hidden_size), bias_(bias), gates_(gates) {
  check<ValueError>(input_size > 0 && hidden_size > 0, "{}: input_size and hidden_size must be positive, got {} and {}",
                    name, input_size, hidden_size);
}

void RNNCellImplBase::register_weights() {
  const std::int64_t rows = gates_ * hidden_size_;
  weight_ih = register_parameter("weight_ih", empty({rows, input_size_}));
  weight_hh = register_parameter("weight_hh", empty({rows, hidden_size_}));
  bias_ih = register_parameter("bias_ih", bias_ ? empty({rows}) : Tensor(), bias_);
  bias_hh = register_parameter("bias_hh", bias_ ? empty({rows}) : Tensor(), bias_);
  reset_parameters();
}

void RNNCellImplBase::reset_parameters() {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_size_));
  for (const Tensor& parameter : parameters()) init::uniform_(parameter, -bound, bound);
}

void RNNCellImplBase::pretty_print(std::ostream& stream) const {
  stream << kind_ << "(input_size=" << input_size_ << ", hidden_size=" << hidden_size_ << ')';
}

std::tuple<Tensor, Tensor> RNNCellImplBase::step(RecurrentCell cell, const Tensor& x, const Tensor& h,
                                                 const Tensor& c) const {
  check<ShapeError>((x.dim() == 1 || x.dim() == 2) && x.size(-1) == input_size_,
                    "{}: input {} does not fit: expected (batch, {})", kind_, x.sizes(), input_size_);
  const bool single = x.dim() == 1;
  const std::int64_t batch = single ? 1 : x.size(0);
  const auto as_batch = [&](const Tensor& state) {
    if (!state.defined()) return state;
    const DimVector expected = single ? DimVector{hidden_size_} : DimVector{batch, hidden_size_};
    check<ShapeError>(state.sizes() == IntArrayRef(expected),
                      "{}: a state of shape {} does not fit an input of {}: expected {}", kind_, state.sizes(), x.sizes(),
                      expected);
    return single ? unsqueeze(state, 0) : state;
  };
  const Tensor first_h = as_batch(h);
  const Tensor first_c = as_batch(c);
  const auto run = batch == 0 ? recurrent_layer_composed : recurrent_layer;
  const RecurrentResult result =
      run(cell, single ? unsqueeze(x, 0) : x, tensor({batch}), first_h, first_c, weights(), false);
  const auto as_given = [&](const Tensor& state) { return single && state.defined() ? squeeze(state, 0) : state; };
  return {as_given(result.output), as_given(result.c_n)};
}

}  // namespace detail

RNNCellImpl::RNNCellImpl(const RNNCellOptions& options_)
    : Cloneable("RNNCell", options_.input_size(), options_.hidden_size(), options_.bias(), 1), options(options_) {
  register_weights();
}

Tensor RNNCellImpl::forward(const Tensor& x, const Tensor& h) const {
  const bool relu = std::holds_alternative<kReLUType>(options.nonlinearity());
  return std::get<0>(step(relu ? RecurrentCell::RnnRelu : RecurrentCell::RnnTanh, x, h));
}

LSTMCellImpl::LSTMCellImpl(const LSTMCellOptions& options_)
    : Cloneable("LSTMCell", options_.input_size(), options_.hidden_size(), options_.bias(), 4), options(options_) {
  register_weights();
}

LSTMCellImpl::States LSTMCellImpl::forward(const Tensor& x, const std::optional<States>& state) const {
  if (!state) return step(RecurrentCell::Lstm, x, Tensor(), Tensor());
  return step(RecurrentCell::Lstm, x, std::get<0>(*state), std::get<1>(*state));
}

GRUCellImpl::GRUCellImpl(const GRUCellOptions& options_)
    : Cloneable("GRUCell", options_.input_size(), options_.hidden_size(), options_.bias(), 3), options(options_) {
  register_weights();
}

Tensor GRUCellImpl::forward(const Tensor& x, const Tensor& h) const { return std::get<0>(step(RecurrentCell::Gru, x, h)); }

}  // namespace xgrad::nn
