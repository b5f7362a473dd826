#include "nn/modules/rnn_cell.h"

#include <cmath>
#include <ostream>

#include "autograd/ops/view.h"
#include "autograd/tensor/check.h"
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
  bias_ih = register_parameter("bias_ih", bias_ ? empty({rows}) : Tensor());
  bias_hh = register_parameter("bias_hh", bias_ ? empty({rows}) : Tensor());
  reset_parameters();
}

void RNNCellImplBase::reset_parameters() {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_size_));
  for (const Tensor& parameter : parameters()) init::uniform_(parameter, -bound, bound);
}

void RNNCellImplBase::pretty_print(std::ostream& stream) const {
  stream << kind_ << "(input_size=" << input_size_ << ", hidden_size=" << hidden_size_ << ')';
}

Tensor RNNCellImplBase::prepare(const Tensor& x, const Tensor& state) const {
  check<ShapeError>((x.dim() == 1 || x.dim() == 2) && x.size(-1) == input_size_,
                    "{}: input {} does not fit: expected (batch, {})", kind_, x.sizes(), input_size_);
  if (!state.defined()) return zeros({x.dim() == 2 ? x.size(0) : 1, hidden_size_}, x.dtype());
  check<ShapeError>(state.dim() == x.dim(), "{}: a state of shape {} does not fit an input of {}", kind_, state.sizes(),
                    x.sizes());
  return x.dim() == 1 ? unsqueeze(state, 0) : state;
}

}  // namespace detail

namespace {

Tensor as_batch(const Tensor& x) { return x.dim() == 1 ? unsqueeze(x, 0) : x; }
Tensor as_given(const Tensor& result, const Tensor& x) { return x.dim() == 1 ? squeeze(result, 0) : result; }

}  // namespace

RNNCellImpl::RNNCellImpl(const RNNCellOptions& options_)
    : Cloneable("RNNCell", options_.input_size(), options_.hidden_size(), options_.bias(), 1), options(options_) {
  register_weights();
}

Tensor RNNCellImpl::forward(const Tensor& x, const Tensor& h) const {
  const Tensor state = prepare(x, h);
  const bool relu = std::holds_alternative<kReLUType>(options.nonlinearity());
  return as_given(relu ? rnn_relu_cell(as_batch(x), state, weights()) : rnn_tanh_cell(as_batch(x), state, weights()), x);
}

LSTMCellImpl::LSTMCellImpl(const LSTMCellOptions& options_)
    : Cloneable("LSTMCell", options_.input_size(), options_.hidden_size(), options_.bias(), 4), options(options_) {
  register_weights();
}

LSTMCellImpl::States LSTMCellImpl::forward(const Tensor& x, const std::optional<States>& state) const {
  const Tensor h = prepare(x, state ? std::get<0>(*state) : Tensor());
  const Tensor c = prepare(x, state ? std::get<1>(*state) : Tensor());
  auto [next_h, next_c] = lstm_cell(as_batch(x), {h, c}, weights());
  return {as_given(next_h, x), as_given(next_c, x)};
}

GRUCellImpl::GRUCellImpl(const GRUCellOptions& options_)
    : Cloneable("GRUCell", options_.input_size(), options_.hidden_size(), options_.bias(), 3), options(options_) {
  register_weights();
}

Tensor GRUCellImpl::forward(const Tensor& x, const Tensor& h) const {
  return as_given(gru_cell(as_batch(x), prepare(x, h), weights()), x);
}

}  // namespace xgrad::nn
