#include <gtest/gtest.h>
#include <xgrad/xgrad.h>

#include <cstring>

namespace xgrad {
namespace {

/// Trains a packed, bidirectional net of two layers, and returns all that it ends with.
template <class Layer, class Options>
std::vector<Tensor> train(int threads, double dropout) {
  const int before = get_num_threads();
  set_num_threads(threads);
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
  set_num_threads(before);
  return parameters;
}

void expect_same_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].nbytes(), b[i].nbytes());
    EXPECT_EQ(std::memcmp(a[i].data_ptr(), b[i].data_ptr(), a[i].nbytes()), 0) << "parameter " << i;
  }
}

TEST(TrainingTest, an_lstm_has_the_same_bits_on_any_number_of_threads) {
  const auto once = train<nn::LSTM, nn::LSTMOptions>(1, 0.2);
  for (const int threads : {2, 3, 8}) expect_same_bits(once, train<nn::LSTM, nn::LSTMOptions>(threads, 0.2));
}

TEST(TrainingTest, a_gru_has_the_same_bits_on_any_number_of_threads) {
  const auto once = train<nn::GRU, nn::GRUOptions>(1, 0);
  for (const int threads : {2, 3, 8}) expect_same_bits(once, train<nn::GRU, nn::GRUOptions>(threads, 0));
}

TEST(TrainingTest, an_rnn_has_the_same_bits_on_any_number_of_threads) {
  const auto once = train<nn::RNN, nn::RNNOptions>(1, 0);
  for (const int threads : {2, 3, 8}) expect_same_bits(once, train<nn::RNN, nn::RNNOptions>(threads, 0));
}

TEST(TrainingTest, large_products_and_sums_have_the_same_bits_on_any_number_of_threads) {
  const auto compute = [](int threads) {
    const int before = get_num_threads();
    set_num_threads(threads);
    manual_seed(6);
    const Tensor x = randn({700, 300}).requires_grad_();
    const Tensor w = randn({500, 300}).requires_grad_();
    const Tensor y = tanh(linear(x, w)).softmax(1);
    (y * y).sum().backward();
    set_num_threads(before);
    return std::vector<Tensor>{x.grad(), w.grad(), y.sum(), y.mean(0)};
  };
  const auto once = compute(1);
  for (const int threads : {2, 3, 8}) expect_same_bits(once, compute(threads));
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

/// Each layer kind, in double precision: gradients of the fused operation, and gradients of gradients.
TEST(RecurrentGradcheckTest, layers_pass_gradcheck_and_gradgradcheck) {
  for (const RecurrentCell cell : {RecurrentCell::RnnTanh, RecurrentCell::Lstm, RecurrentCell::Gru}) {
    for (const bool reverse : {false, true}) {
      manual_seed(7);
      const std::int64_t gates = cell == RecurrentCell::Lstm ? 4 : cell == RecurrentCell::Gru ? 3 : 1;
      const auto options = TensorOptions(kFloat64).requires_grad(true);
      const Tensor batch_sizes = tensor({3, 2, 2});
      TensorList inputs{randn({7, 2}, options),         randn({3, 3}, options),      randn({gates * 3, 2}, options),
                        randn({gates * 3, 3}, options), randn({gates * 3}, options), randn({gates * 3}, options)};
      if (cell == RecurrentCell::Lstm) inputs.push_back(randn({3, 3}, options));
      const auto layer = [&](const TensorList& in) {
        const RecurrentResult result = recurrent_layer(cell, in[0], batch_sizes, in[1], in.size() > 6 ? in[6] : Tensor(),
                                                       {in[2], in[3], in[4], in[5]}, reverse);
        TensorList outputs{result.output, result.h_n};
        if (result.c_n.defined()) outputs.push_back(result.c_n);
        return outputs;
      };
      EXPECT_TRUE(autograd::gradcheck(std::function<TensorList(const TensorList&)>(layer), inputs));
      EXPECT_TRUE(autograd::gradgradcheck(std::function<TensorList(const TensorList&)>(layer), inputs));
    }
  }
}

/// The fused kernels against the composition of cells, for sizes around whole vectors and blocks.
TEST(RecurrentKernelTest, fused_layers_equal_the_composition_of_cells) {
  for (const RecurrentCell cell :
       {RecurrentCell::RnnTanh, RecurrentCell::RnnRelu, RecurrentCell::Lstm, RecurrentCell::Gru}) {
    for (const std::int64_t hidden : {1, 7, 8, 16, 19, 50}) {
      for (const bool reverse : {false, true}) {
        manual_seed(8);
        const std::int64_t gates = cell == RecurrentCell::Lstm ? 4 : cell == RecurrentCell::Gru ? 3 : 1;
        const std::int64_t input = hidden + 3;
        const auto options = TensorOptions(kFloat64).requires_grad(true);
        const Tensor batch_sizes = tensor({19, 17, 12, 12, 5, 1});
        const TensorList in{randn({66, input}, options),
                            randn({19, hidden}, options),
                            randn({19, hidden}, options),
                            randn({gates * hidden, input}, options),
                            randn({gates * hidden, hidden}, options),
                            randn({gates * hidden}, options),
                            randn({gates * hidden}, options)};
        const auto run = [&](auto layer) {
          const RecurrentResult result =
              layer(cell, in[0], batch_sizes, in[1], in[2], {in[3], in[4], in[5], in[6]}, reverse);
          TensorList outputs{result.output, result.h_n};
          if (result.c_n.defined()) outputs.push_back(result.c_n);
          Tensor sum = (result.output * result.output).sum() + result.h_n.sum();
          if (result.c_n.defined()) sum = sum + (result.c_n * 0.3).sum();
          for (Tensor& gradient : autograd::grad({sum}, in, {}, std::nullopt, false, true)) outputs.push_back(gradient);
          return outputs;
        };
        const TensorList fused = run(recurrent_layer);
        const TensorList composed = run(recurrent_layer_composed);
        ASSERT_EQ(fused.size(), composed.size());
        for (std::size_t i = 0; i < fused.size(); ++i) {
          ASSERT_EQ(fused[i].defined(), composed[i].defined());
          if (!fused[i].defined()) continue;
          EXPECT_TRUE(fused[i].allclose(composed[i], 1e-10, 1e-10)) << "hidden " << hidden << " result " << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace xgrad
