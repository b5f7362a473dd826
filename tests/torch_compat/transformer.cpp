// nn::Transformer and its parts: what they are made of, what they compute, and a small one that learns to reverse sequences.
#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <iostream>

namespace F = torch::nn::functional;

torch::Tensor positions(int64_t length, int64_t size) {
  auto place = torch::arange(length, torch::kFloat).unsqueeze(1);
  auto rate = torch::exp(torch::arange(0, size, 2).to(torch::kFloat) * (-std::log(10000.0) / size));
  return torch::stack({torch::sin(place * rate), torch::cos(place * rate)}, 2).view({length, 1, size});
}

struct ReverserImpl : torch::nn::Module {
  ReverserImpl(int64_t words, int64_t size) : size_(size) {
    embedding = register_module("embedding", torch::nn::Embedding(words, size));
    transformer = register_module(
        "transformer",
        torch::nn::Transformer(
            torch::nn::TransformerOptions(size, 2, 1, 1).dim_feedforward(32).dropout(0).activation(torch::kGELU)));
    out = register_module("out", torch::nn::Linear(size, words));
  }
  torch::Tensor forward(const torch::Tensor& source, const torch::Tensor& target) {
    auto embed = [&](const torch::Tensor& ids) { return embedding(ids) + positions(ids.size(0), size_); };
    auto mask = torch::nn::TransformerImpl::generate_square_subsequent_mask(target.size(0));
    return out(transformer(embed(source), embed(target), torch::Tensor(), mask));
  }
  int64_t size_;
  torch::nn::Embedding embedding{nullptr};
  torch::nn::Transformer transformer{nullptr};
  torch::nn::Linear out{nullptr};
};
TORCH_MODULE(Reverser);

void describe(const torch::nn::Module& module) {
  for (const auto& item : module.named_parameters()) {
    std::cout << item.key() << ' ' << item.value().sizes();
    std::printf(" %.3f\n", item.value().abs().sum().item<double>());
    std::fflush(stdout);
  }
}

int main() {
  torch::manual_seed(4);
  torch::nn::TransformerEncoderLayer layer(torch::nn::TransformerEncoderLayerOptions(8, 2).dim_feedforward(16).dropout(0.0));
  describe(*layer);
  auto x = torch::linspace(-1, 1, 5 * 2 * 8).view({5, 2, 8});
  auto padding = torch::zeros({2, 5}, torch::kBool);
  padding[1][4] = true;
  std::printf("%.4f\n", (layer(x, torch::Tensor(), padding) * x).sum().item<double>());
  torch::nn::TransformerEncoder encoder(torch::nn::TransformerEncoderOptions(layer, 2).norm(
      torch::nn::AnyModule(torch::nn::LayerNorm(torch::nn::LayerNormOptions({8})))));
  auto mask = torch::nn::TransformerImpl::generate_square_subsequent_mask(5);
  auto memory = encoder(x, mask, padding);
  std::printf("%.4f %zu\n", (memory * x).sum().item<double>(), encoder->parameters().size());
  torch::nn::TransformerDecoder decoder(torch::nn::TransformerDecoderOptions(
      torch::nn::TransformerDecoderLayerOptions(8, 4).dim_feedforward(12).dropout(0.0).activation(
          [](const torch::Tensor& t) { return torch::tanh(t); }),
      2));
  describe(*decoder);
  auto decoded =
      decoder(x.slice(0, 0, 3), memory, mask.slice(0, 0, 3).slice(1, 0, 3), torch::Tensor(), torch::Tensor(), padding);
  std::printf("%.4f\n", (decoded * x.slice(0, 0, 3)).sum().item<double>());

  Reverser model(10, 16);
  std::cout << model->parameters().size() << " parameters\n";
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(3e-3));
  double last = 0;
  for (int step = 0; step < 250; ++step) {
    auto source = torch::randint(1, 10, {5, 32}, torch::kLong);
    auto reversed = source.flip(0);
    auto target = torch::cat({torch::zeros({1, 32}, torch::kLong), reversed.slice(0, 0, 4)});
    auto loss = F::cross_entropy(model(source, target).view({-1, 10}), reversed.reshape({-1}));
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    last = loss.item<double>();
    if (step == 0) std::printf("first loss %.2f\n", last);
  }
  std::cout << "learnt: " << (last < 1.0) << '\n';
}
