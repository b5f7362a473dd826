#include "nn/modules/rnn_cell.h"

#include "autograd/base/check.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::nn {

namespace detail {

RNNCellImplBase::RNNCellImplBase(const char* kind, RecurrentCell cell, std::int64_t input_size, std::int64_t hidden_size,
                                 bool bias)
    : kind_(kind), cell_(cell), input_size_(input_size), hidden_size_(hidden_size), bias_(bias) {
  check_recurrent_sizes(kind, input_size, hidden_size);
}

RNNCellImplBase::RNNCellImplBase(const RNNCellOptions& options)
    : RNNCellImplBase(
          "RNNCell",
          std::holds_alternative<kReLUType>(options.nonlinearity()) ? RecurrentCell::RnnRelu : RecurrentCell::RnnTanh,
          options.input_size(), options.hidden_size(), options.bias()) {}
RNNCellImplBase::RNNCellImplBase(const LSTMCellOptions& options)
    : RNNCellImplBase("LSTMCell", RecurrentCell::Lstm, options.input_size(), options.hidden_size(), options.bias()) {}
RNNCellImplBase::RNNCellImplBase(const GRUCellOptions& options)
    : RNNCellImplBase("GRUCell", RecurrentCell::Gru, options.input_size(), options.hidden_size(), options.bias()) {}

void RNNCellImplBase::register_weights() {
  const std::int64_t rows = gates_of(cell_) * hidden_size_;
  weight_ih = register_parameter("weight_ih", empty({rows, input_size_}));
  weight_hh = register_parameter("weight_hh", empty({rows, hidden_size_}));
  bias_ih = register_parameter("bias_ih", bias_ ? empty({rows}) : Tensor(), bias_);
  bias_hh = register_parameter("bias_hh", bias_ ? empty({rows}) : Tensor(), bias_);
  reset_parameters();
}

void RNNCellImplBase::reset_parameters() { draw_recurrent_parameters(parameters(), hidden_size_); }

std::tuple<Tensor, Tensor> RNNCellImplBase::step(const Tensor& x, const Tensor& h, const Tensor& c) const {
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
  const RecurrentResult result = run(cell_, single ? unsqueeze(x, 0) : x, RecurrentSteps(1, batch), first_h, first_c,
                                     {weight_ih, weight_hh, bias_ih, bias_hh}, false);
  const auto as_given = [&](const Tensor& state) { return single && state.defined() ? squeeze(state, 0) : state; };
  return {as_given(result.output), as_given(result.c_n)};
}

}  // namespace detail

RNNCellImpl::RNNCellImpl(std::int64_t input_size, std::int64_t hidden_size)
    : RNNCellImpl(RNNCellOptions(input_size, hidden_size)) {}

RNNCellImpl::RNNCellImpl(const RNNCellOptions& options_) : Layer(options_) { register_weights(); }

Tensor RNNCellImpl::forward(const Tensor& x, const Tensor& h) const { return std::get<0>(step(x, h)); }

LSTMCellImpl::LSTMCellImpl(std::int64_t input_size, std::int64_t hidden_size)
    : LSTMCellImpl(LSTMCellOptions(input_size, hidden_size)) {}

LSTMCellImpl::LSTMCellImpl(const LSTMCellOptions& options_) : Layer(options_) { register_weights(); }

LSTMCellImpl::States LSTMCellImpl::forward(const Tensor& x, const std::optional<States>& state) const {
  return state ? step(x, std::get<0>(*state), std::get<1>(*state)) : step(x, Tensor(), Tensor());
}

GRUCellImpl::GRUCellImpl(std::int64_t input_size, std::int64_t hidden_size)
    : GRUCellImpl(GRUCellOptions(input_size, hidden_size)) {}

GRUCellImpl::GRUCellImpl(const GRUCellOptions& options_) : Layer(options_) { register_weights(); }

Tensor GRUCellImpl::forward(const Tensor& x, const Tensor& h) const { return std::get<0>(step(x, h)); }

}  // namespace xgrad::nn
