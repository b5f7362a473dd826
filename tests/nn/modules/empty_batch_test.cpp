/// Modules and losses take a batch without elements, and queries without keys.
#include <gtest/gtest.h>

#include <cmath>

#include "autograd/autograd.h"
#include "nn/nn.h"

namespace xgrad {
namespace {

void expect_zero_gradients(const nn::Module& module) {
  for (const auto& parameter : module.named_parameters()) {
    const Tensor gradient = parameter.value().grad();
    ASSERT_TRUE(gradient.defined()) << parameter.key();
    EXPECT_TRUE(eq(gradient, 0).all().item<bool>()) << parameter.key();
  }
}

TEST(EmptyBatch, recurrent_layers_give_empty_results_and_zero_gradients) {
  for (const bool bidirectional : {false, true}) {
    const std::int64_t directions = bidirectional ? 2 : 1;
    nn::RNN rnn(nn::RNNOptions(3, 4).bidirectional(bidirectional));
    nn::GRU gru(nn::GRUOptions(3, 4).bidirectional(bidirectional).num_layers(2));
    nn::LSTM lstm(nn::LSTMOptions(3, 4).bidirectional(bidirectional));
    nn::LSTM projected(nn::LSTMOptions(3, 4).bidirectional(bidirectional).proj_size(2));
    const auto check = [&](const Tensor& output, const Tensor& h, const nn::Module& module, std::int64_t layers,
                           std::int64_t size) {
      EXPECT_EQ(output.sizes(), IntArrayRef({5, 0, size * directions}));
      EXPECT_EQ(h.sizes(), IntArrayRef({layers * directions, 0, size}));
      (output.sum() + h.sum()).backward();
      expect_zero_gradients(module);
    };
    const Tensor x = zeros({5, 0, 3});
    const auto [rnn_output, rnn_h] = rnn->forward(x);
    check(rnn_output, rnn_h, *rnn, 1, 4);
    const auto [gru_output, gru_h] = gru->forward(x);
    check(gru_output, gru_h, *gru, 2, 4);
    const auto [lstm_output, lstm_state] = lstm->forward(x);
    EXPECT_EQ(std::get<1>(lstm_state).sizes(), IntArrayRef({directions, 0, 4}));
    check(lstm_output, std::get<0>(lstm_state), *lstm, 1, 4);
    const auto [projected_output, projected_state] = projected->forward(x);
    check(projected_output, std::get<0>(projected_state), *projected, 1, 2);
  }
  EXPECT_THROW(nn::RNN(nn::RNNOptions(3, 4))->forward(zeros({0, 2, 3})), ShapeError);
}

TEST(EmptyBatch, cells_layers_and_attentions_take_one) {
  nn::LSTMCell lstm_cell(3, 4);
  nn::GRUCell gru_cell(3, 4);
  nn::RNNCell rnn_cell(3, 4);
  EXPECT_EQ(std::get<0>(lstm_cell->forward(zeros({0, 3}))).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(gru_cell->forward(zeros({0, 3})).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(rnn_cell->forward(zeros({0, 3})).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(nn::Linear(3, 4)->forward(zeros({0, 3})).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(nn::Bilinear(2, 3, 4)->forward(zeros({0, 2}), zeros({0, 3})).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(nn::Embedding(5, 4)->forward(zeros({0, 2}, kInt64)).sizes(), IntArrayRef({0, 2, 4}));
  EXPECT_EQ(nn::LayerNorm(nn::LayerNormOptions({4}))->forward(zeros({0, 4})).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(nn::BatchNorm1d(4)->forward(zeros({0, 4})).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(nn::Dropout(0.5)->forward(zeros({0, 4})).sizes(), IntArrayRef({0, 4}));
  EXPECT_EQ(nn::CosineSimilarity()->forward(zeros({0, 4}), zeros({0, 4})).sizes(), IntArrayRef({0}));
  EXPECT_EQ(nn::PairwiseDistance()->forward(zeros({0, 4}), zeros({0, 4})).sizes(), IntArrayRef({0}));
  nn::MultiheadAttention attention(4, 2);
  const Tensor none = zeros({2, 0, 4});
  EXPECT_EQ(std::get<0>(attention->forward(none, none, none)).sizes(), IntArrayRef({2, 0, 4}));
  EXPECT_EQ(std::get<0>(nn::DotProductAttention()->forward(zeros({0, 4}), zeros({0, 3, 4}))).sizes(), IntArrayRef({0, 4}));
}

TEST(EmptyBatch, losses_sum_to_zero) {
  const Tensor x = zeros({0, 3});
  const Tensor v = zeros({0});
  const Tensor classes = zeros({0}, kInt64);
  const Tensor losses[] = {cross_entropy(x, classes, {}, -100, kSum),
                           nll_loss(x, classes, {}, -100, kSum),
                           mse_loss(x, x, kSum),
                           l1_loss(x, x, kSum),
                           smooth_l1_loss(x, x, kSum),
                           huber_loss(x, x, kSum),
                           kl_div(x, x, kSum),
                           binary_cross_entropy(x, x, {}, kSum),
                           binary_cross_entropy_with_logits(x, x, {}, {}, kSum),
                           poisson_nll_loss(x, x, true, false, 1e-8, kSum),
                           soft_margin_loss(x, x, kSum),
                           hinge_embedding_loss(x, x, 1, kSum),
                           margin_ranking_loss(v, v, v, 0, kSum),
                           cosine_embedding_loss(x, x, v, 0, kSum),
                           multi_margin_loss(x, classes, 1, 1, {}, kSum),
                           multilabel_margin_loss(x, zeros({0, 3}, kInt64), kSum),
                           multilabel_soft_margin_loss(x, x, {}, kSum),
                           triplet_margin_loss(x, x, x, 1, 2, 1e-6, false, kSum)};
  for (const Tensor& loss : losses) EXPECT_EQ(loss.item<double>(), 0);
  EXPECT_TRUE(std::isnan(cross_entropy(x, classes).item<double>()));  // the mean of nothing
}

TEST(MaskedAttention, a_query_without_keys_attends_to_nothing) {
  nn::MultiheadAttention attention(4, 2);
  const Tensor x = randn({3, 2, 4}).requires_grad_();
  Tensor padding = zeros({2, 3}, kBool);
  padding.select(0, 1).fill_(true);
  const auto [output, weights] = attention->forward(x, x, x, padding);
  EXPECT_TRUE(isfinite(output).all().item<bool>());
  EXPECT_TRUE(eq(weights.select(0, 1), 0).all().item<bool>());
  output.square().sum().backward();
  EXPECT_TRUE(isfinite(x.grad()).all().item<bool>());
  for (const Tensor& parameter : attention->parameters()) EXPECT_TRUE(isfinite(parameter.grad()).all().item<bool>());

  const Tensor keys = randn({2, 3, 4}).requires_grad_();
  const Tensor query = randn({2, 4}).requires_grad_();
  const auto [context, shares] = nn::DotProductAttention()->forward(query, keys, Tensor(), padding);
  EXPECT_TRUE(eq(context.select(0, 1), 0).all().item<bool>());
  EXPECT_TRUE(eq(shares.select(0, 1), 0).all().item<bool>());
  context.sum().backward();
  EXPECT_TRUE(isfinite(keys.grad()).all().item<bool>());
}

}  // namespace
}  // namespace xgrad
