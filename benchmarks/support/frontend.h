/// The steps, written once for xgrad and libtorch, whose C++ interfaces agree. To be included where the namespace `api` is
/// an alias of one of them. Inputs require a gradient, as they do above an embedding; no library accumulates it.
#pragma once

#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "support/rows.h"

namespace benchmarks {

/// A layer with its optimizer.
template <class Layer>
struct Trainer {
  explicit Trainer(Layer layer_) : layer(std::move(layer_)), optimizer(layer->parameters(), api::optim::AdamOptions(1e-3)) {}

  template <class Loss>
  void step(const std::vector<api::Tensor>& inputs, const Loss& loss) {
    optimizer.zero_grad();
    for (const api::Tensor& input : inputs) input.mutable_grad() = api::Tensor();
    loss().backward();
    optimizer.step();
  }

  Layer layer;
  api::optim::Adam optimizer;
};

inline api::Tensor leaf(std::initializer_list<std::int64_t> sizes) {
  return api::randn(std::vector<std::int64_t>(sizes)).requires_grad_();
}

template <class Layer>
Step train_padded(const Row& row, Layer layer) {
  const auto trainer = std::make_shared<Trainer<Layer>>(std::move(layer));
  const std::vector<api::Tensor> inputs{leaf({row.steps, row.batch, row.input})};
  return [=] { trainer->step(inputs, [&] { return std::get<0>(trainer->layer->forward(inputs[0])).square().mean(); }); };
}

template <class Layer>
Step train_packed(const Row& row, Layer layer) {
  const auto trainer = std::make_shared<Trainer<Layer>>(std::move(layer));
  const std::vector<api::Tensor> inputs{leaf({row.tokens(), row.input})};
  const std::vector<std::int64_t> sizes = row.batch_sizes();
  const api::Tensor batch_sizes = api::empty({row.steps}, api::kInt64);
  std::copy(sizes.begin(), sizes.end(), batch_sizes.template data_ptr<std::int64_t>());
  return [=] {
    trainer->step(inputs, [&] {
      const api::nn::utils::rnn::PackedSequence packed(inputs[0], batch_sizes);
      return std::get<0>(trainer->layer->forward_with_packed_input(packed)).data().square().mean();
    });
  };
}

template <class Layer>
Step train(const Row& row, const Layer& layer) {
  return row.kind == Kind::packed ? train_packed(row, layer) : train_padded(row, layer);
}

/// An LSTMCell walks through the sequence; the loss is the sum of each step's.
inline Step train_step_by_step(const Row& row) {
  using Cell = api::nn::LSTMCell;
  const auto trainer = std::make_shared<Trainer<Cell>>(Cell(api::nn::LSTMCellOptions(row.input, row.hidden)));
  std::vector<api::Tensor> inputs;
  for (std::int64_t step = 0; step < row.steps; ++step) inputs.push_back(leaf({row.batch, row.input}));
  const api::Tensor zero = api::zeros({row.batch, row.hidden});
  return [=] {
    trainer->step(inputs, [&] {
      std::tuple<api::Tensor, api::Tensor> state(zero, zero);
      api::Tensor loss = api::zeros({});
      for (const api::Tensor& input : inputs) {
        state = trainer->layer->forward(input, state);
        loss = loss + std::get<0>(state).square().mean();
      }
      return loss;
    });
  };
}

/// y = tanh(y * w) from a leaf on, w a constant; then the sum's gradient.
inline Step train_chain() {
  const api::Tensor start = leaf({chain_elements});
  const api::Tensor w = api::ones({chain_elements}) * 0.9;
  return [=] {
    start.mutable_grad() = api::Tensor();
    api::Tensor y = start;
    for (std::int64_t i = 0; i < chain_operations / 2; ++i) y = api::tanh(y * w);
    y.sum().backward();
  };
}

inline Step training(const Row& row) {
  api::manual_seed(0);
  if (row.kind == Kind::chain) return train_chain();
  if (row.kind == Kind::step_by_step) return train_step_by_step(row);
  switch (row.cell) {
    case Cell::lstm: return train(row, api::nn::LSTM(api::nn::LSTMOptions(row.input, row.hidden)));
    case Cell::gru: return train(row, api::nn::GRU(api::nn::GRUOptions(row.input, row.hidden)));
    default: return train(row, api::nn::RNN(api::nn::RNNOptions(row.input, row.hidden)));
  }
}

inline Step streaming(const Row& row) {
  if (row.cell != Cell::lstm || row.kind != Kind::padded) return {};
  api::manual_seed(0);
  api::nn::LSTM layer(api::nn::LSTMOptions(row.input, row.hidden));
  const api::Tensor x = api::randn({1, 1, row.input});
  const auto state =
      std::make_shared<std::tuple<api::Tensor, api::Tensor>>(api::zeros({1, 1, row.hidden}), api::zeros({1, 1, row.hidden}));
  return [=]() mutable {
    const api::NoGradGuard guard;
    *state = std::get<1>(layer->forward(x, *state));
  };
}

}  // namespace benchmarks
