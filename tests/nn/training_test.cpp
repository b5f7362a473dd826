#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include "tests/support/threads.h"

namespace xgrad::test {
namespace {

/// Trains a packed, bidirectional net of two layers, and returns all that it ends with.
template <class Layer, class Options>
TensorList train(double dropout) {
  manual_seed(5);
  nn::Embedding embedding(nn::EmbeddingOptions(300, 20).padding_idx(0));
  Layer layer(Options(20, 50).num_layers(2).bidirectional(true).dropout(dropout));
  nn::Linear linear(100, 3);
  std::vector<Tensor> parameters = embedding->parameters();
  for (const Tensor& parameter : layer->parameters()) parameters.push_back(parameter);
  for (const Tensor& parameter : linear->parameters()) parameters.push_back(parameter);
  optim::Adam optimizer(parameters, optim::AdamOptions(0.01));
  for (int step = 0; step < 4; ++step) {
    const Tensor words = randint(1, 300, {40, 33});
    const Tensor lengths = std::get<0>(randint(1, 41, {33}).sort(0, true));
    const Tensor target = randint(3, {33});
    optimizer.zero_grad();
    const auto packed = nn::utils::rnn::pack_padded_sequence(words, lengths);
    const nn::utils::rnn::PackedSequence embedded(embedding(packed.data()), packed.batch_sizes());
    const auto [output, state] = layer->forward_with_packed_input(embedded);
    const Tensor padded = std::get<0>(nn::utils::rnn::pad_packed_sequence(output));
    nn::functional::cross_entropy(linear(padded.mean(0)), target).backward();
    nn::utils::clip_grad_norm_(parameters, 1);
    optimizer.step();
  }
  return parameters;
}

TEST(TrainingTest, an_lstm_has_the_same_bits_on_any_number_of_threads) {
  expect_same_bits_on_any_number_of_threads([] { return train<nn::LSTM, nn::LSTMOptions>(0.2); });
}

TEST(TrainingTest, a_gru_has_the_same_bits_on_any_number_of_threads) {
  expect_same_bits_on_any_number_of_threads([] { return train<nn::GRU, nn::GRUOptions>(0); });
}

TEST(TrainingTest, an_rnn_has_the_same_bits_on_any_number_of_threads) {
  expect_same_bits_on_any_number_of_threads([] { return train<nn::RNN, nn::RNNOptions>(0); });
}

TEST(TrainingTest, large_products_and_sums_have_the_same_bits_on_any_number_of_threads) {
  expect_same_bits_on_any_number_of_threads([] {
    manual_seed(6);
    const Tensor x = randn({700, 300}).requires_grad_();
    const Tensor w = randn({500, 300}).requires_grad_();
    const Tensor y = tanh(linear(x, w)).softmax(1);
    (y * y).sum().backward();
    return TensorList{x.grad(), w.grad(), y.sum(), y.mean(0)};
  });
}

TEST(TrainingTest, a_small_problem_is_learnt) {
  manual_seed(0);
  nn::GRU gru(nn::GRUOptions(1, 8).batch_first(true));
  nn::Linear linear(8, 1);
  std::vector<Tensor> parameters = gru->parameters();
  for (const Tensor& parameter : linear->parameters()) parameters.push_back(parameter);
  optim::Adam optimizer(parameters, optim::AdamOptions(0.02));
  const Tensor x = rand({64, 6, 1});
  const Tensor y = x.sum(IntArrayRef{1}) / 3;
  double loss_value = 1;
  for (int step = 0; step < 300; ++step) {
    optimizer.zero_grad();
    const auto [output, state] = gru->forward(x);
    const Tensor loss = nn::functional::mse_loss(linear(output.select(1, -1)), y);
    loss.backward();
    optimizer.step();
    loss_value = loss.item<double>();
  }
  EXPECT_LT(loss_value, 1e-3);
}

}  // namespace
}  // namespace xgrad::test
