// A word-level language model whose softmax is adaptive: rare words in clusters of their own.
#include <torch/torch.h>

#include <iomanip>
#include <iostream>
#include <vector>

struct LanguageModelImpl : torch::nn::Module {
  LanguageModelImpl(int64_t words, int64_t hidden)
      : embedding(words, hidden),
        lstm(torch::nn::LSTMOptions(hidden, hidden).batch_first(true)),
        output(torch::nn::AdaptiveLogSoftmaxWithLossOptions(hidden, words, {4, 10}).div_value(2.0)) {
    register_module("embedding", embedding);
    register_module("lstm", lstm);
    register_module("output", output);
  }

  torch::Tensor states(const torch::Tensor& text) {
    return std::get<0>(lstm(embedding(text))).reshape({-1, embedding->weight.size(1)});
  }

  torch::nn::Embedding embedding;
  torch::nn::LSTM lstm;
  torch::nn::AdaptiveLogSoftmaxWithLoss output;
};
TORCH_MODULE(LanguageModel);

int main() {
  torch::manual_seed(5);
  const int64_t words = 20;
  LanguageModel model(words, 16);
  // Each word is followed by one of two.
  auto text = torch::zeros({8, 13}, torch::kInt64);
  for (int64_t row = 0; row < 8; ++row) {
    int64_t word = row;
    for (int64_t t = 0; t < 13; ++t) {
      text[row][t] = word;
      word = (word * 7 + 3 + (t % 2)) % words;
    }
  }
  const auto input = text.slice(1, 0, 12);
  const auto target = text.slice(1, 1).reshape({-1});
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(0.02));
  std::cout << std::fixed << std::setprecision(3);
  for (int epoch = 0; epoch <= 40; ++epoch) {
    optimizer.zero_grad();
    const auto result = model->output(model->states(input), target);
    (-result.output.mean()).backward();
    optimizer.step();
    if (epoch % 20 == 0) std::cout << "loss " << result.loss << '\n';
  }
  torch::NoGradGuard no_grad;
  const auto states = model->states(input);
  const auto log_probabilities = model->output->log_prob(states);
  const auto predicted = model->output->predict(states);
  std::cout << log_probabilities.size(0) << ' ' << log_probabilities.size(1) << '\n';
  std::cout << "sum " << log_probabilities.exp().sum(1).mean().item<double>() << '\n';
  std::cout << "right " << predicted.eq(target).to(torch::kFloat64).mean().item<double>() << '\n';
  for (const auto& parameter : model->output->named_parameters()) {
    std::cout << parameter.key() << ' ' << parameter.value().sizes() << '\n';
  }
  return 0;
}
