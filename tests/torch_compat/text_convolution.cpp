// Classifies sequences by what stands in them, with convolutions of several widths; then an autoencoder that strides in
// time.
#include <torch/torch.h>

#include <iostream>

namespace F = torch::nn::functional;

struct TextCNNImpl : torch::nn::Module {
  TextCNNImpl(int64_t words, int64_t width, int64_t classes, std::vector<int64_t> sizes) {
    embedding = register_module("embedding", torch::nn::Embedding(words, width));
    for (size_t i = 0; i < sizes.size(); ++i) {
      convolutions->push_back(torch::nn::Conv1d(torch::nn::Conv1dOptions(width, 12, sizes[i]).padding(sizes[i] / 2)));
    }
    register_module("convolutions", convolutions);
    linear = register_module("linear", torch::nn::Linear(12 * static_cast<int64_t>(sizes.size()), classes));
  }
  torch::Tensor forward(const torch::Tensor& ids) {
    auto x = embedding(ids).transpose(1, 2);
    std::vector<torch::Tensor> features;
    for (const auto& module : *convolutions) {
      auto y = torch::relu(module->as<torch::nn::Conv1d>()->forward(x));
      features.push_back(F::max_pool1d(y, F::MaxPool1dFuncOptions(y.size(2))).squeeze(2));
    }
    return linear(torch::cat(features, 1));
  }
  torch::nn::Embedding embedding{nullptr};
  torch::nn::ModuleList convolutions;
  torch::nn::Linear linear{nullptr};
};
TORCH_MODULE(TextCNN);

int main() {
  torch::manual_seed(8);
  TextCNN model(20, 8, 2, std::vector<int64_t>{2, 3, 5});
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(0.01));
  double last = 0;
  for (int step = 0; step < 80; ++step) {
    auto ids = torch::randint(0, 20, {32, 14}, torch::kLong);
    auto target = (ids.slice(1, 0, -1).eq(3) & ids.slice(1, 1).lt(10)).any(1).to(torch::kLong);
    auto loss = F::cross_entropy(model(ids), target);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    last = loss.item<double>();
    if (step == 0) std::printf("first loss %.3f\n", last);
  }
  std::cout << "learnt: " << (last < 0.45) << '\n';

  torch::nn::Sequential encoder(torch::nn::Conv1d(torch::nn::Conv1dOptions(1, 6, 8).stride(4).padding(2)), torch::nn::Tanh(),
                                torch::nn::ConvTranspose1d(torch::nn::ConvTranspose1dOptions(6, 1, 8).stride(4).padding(2)));
  torch::optim::Adam second(encoder->parameters(), torch::optim::AdamOptions(0.02));
  auto time = torch::linspace(0, 6.28, 64).view({1, 1, 64});
  auto waves = torch::sin(time * torch::arange(1, 5).view({4, 1, 1}));
  for (int step = 0; step < 60; ++step) {
    auto loss = F::mse_loss(encoder->forward(waves), waves);
    second.zero_grad();
    loss.backward();
    second.step();
    last = loss.item<double>();
  }
  std::cout << "restored: " << (last < 0.1) << ' ' << encoder->forward(waves).sizes() << '\n';
  auto pooled = torch::max_pool1d(waves, 4, 2, 1);
  std::cout << pooled.sizes() << torch::avg_pool1d(waves, {4}).sizes() << torch::adaptive_avg_pool1d(waves, 5).sizes()
            << torch::nn::ReflectionPad1d(3)->forward(waves).sizes() << '\n';
  auto fixed = torch::arange(8, torch::kFloat).view({1, 2, 4});
  std::cout << torch::conv1d(fixed, torch::ones({3, 2, 2}), {}, 1, 1) << '\n';
  std::cout << F::conv1d(fixed, torch::ones({2, 1, 3}), F::Conv1dFuncOptions().groups(2).padding(1)) << '\n';
  std::cout << torch::nn::Conv1d(torch::nn::Conv1dOptions(2, 4, 3).padding(1).dilation(2).bias(false)) << '\n';
  std::cout << torch::nn::Conv1d(torch::nn::Conv1dOptions(2, 4, 3).padding(torch::kSame).groups(2)) << '\n';
  std::cout << torch::nn::MaxPool1d(torch::nn::MaxPool1dOptions(3).stride(2)) << '\n';
  std::cout << torch::nn::AvgPool1d(3) << torch::nn::AdaptiveAvgPool1d(3) << torch::nn::LPPool1d(2, 3) << '\n';
  std::cout << torch::nn::ReflectionPad1d(3) << torch::nn::ConstantPad1d(torch::nn::ConstantPad1dOptions({1, 2}, 3.5))
            << '\n';
}
