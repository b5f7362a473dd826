// A sequence-to-sequence model with attention that learns to reverse its input, with teacher forcing.
#include <torch/torch.h>

#include <iostream>

namespace nn = torch::nn;
namespace F = torch::nn::functional;

constexpr int64_t kVocabulary = 8, kHidden = 24, kLength = 5;

struct EncoderImpl : nn::Module {
  EncoderImpl()
      : embedding(register_module("embedding", nn::Embedding(nn::EmbeddingOptions(kVocabulary, 16).padding_idx(0)))),
        gru(register_module("gru", nn::GRU(nn::GRUOptions(16, kHidden / 2).bidirectional(true).batch_first(true)))) {}
  std::tuple<torch::Tensor, torch::Tensor> forward(torch::Tensor x) {
    auto [out, h] = gru(embedding(x));
    return {out, torch::cat({h[0], h[1]}, 1).unsqueeze(0)};
  }
  nn::Embedding embedding;
  nn::GRU gru;
};
TORCH_MODULE(Encoder);

struct AttentionImpl : nn::Module {
  AttentionImpl() : score(register_module("score", nn::Linear(nn::LinearOptions(kHidden, kHidden).bias(false)))) {}
  std::tuple<torch::Tensor, torch::Tensor> forward(torch::Tensor query, torch::Tensor memory, const torch::Tensor& mask) {
    auto energy = torch::bmm(score(query), memory.transpose(1, 2)) / std::sqrt(static_cast<double>(kHidden));
    energy = energy.masked_fill(mask.unsqueeze(1), -1e9);
    auto weights = torch::softmax(energy, -1);
    return {weights.bmm(memory), weights};
  }
  nn::Linear score;
};
TORCH_MODULE(Attention);

struct DecoderImpl : nn::Module {
  DecoderImpl()
      : embedding(register_module("embedding", nn::Embedding(kVocabulary, 16))),
        gru(register_module("gru", nn::GRU(nn::GRUOptions(16, kHidden).batch_first(true)))),
        attention(register_module("attention", Attention())),
        out(register_module("out", nn::Linear(2 * kHidden, kVocabulary))) {}
  std::tuple<torch::Tensor, torch::Tensor, torch::Tensor> forward(torch::Tensor x, torch::Tensor h, torch::Tensor memory,
                                                                  torch::Tensor mask) {
    torch::Tensor states;
    std::tie(states, h) = gru(embedding(x), h);
    auto [context, weights] = attention(states, memory, mask);
    return {out(torch::cat({states, context}, -1)), h, weights};
  }
  nn::Embedding embedding;
  nn::GRU gru;
  Attention attention;
  nn::Linear out;
};
TORCH_MODULE(Decoder);

std::pair<torch::Tensor, torch::Tensor> batch(int64_t size) {
  auto x = torch::randint(2, kVocabulary, {size, kLength}, torch::kLong);
  return {x, x.flip({1})};
}

int main() {
  torch::manual_seed(9);
  Encoder encoder;
  Decoder decoder;
  std::vector<torch::Tensor> parameters = encoder->parameters();
  const auto more = decoder->parameters();
  parameters.insert(parameters.end(), more.begin(), more.end());
  torch::optim::Adam optimizer(parameters, torch::optim::AdamOptions(0.01));
  nn::CrossEntropyLoss criterion(nn::CrossEntropyLossOptions().ignore_index(0));
  const auto start = [](int64_t size) { return torch::ones({size, 1}, torch::kLong); };
  for (int step = 1; step <= 60; ++step) {
    auto [x, y] = batch(32);
    auto mask = x.eq(0);
    auto [memory, h] = encoder(x);
    auto input = torch::cat({start(32), y.narrow(1, 0, kLength - 1)}, 1);
    auto scores = std::get<0>(decoder(input, h, memory, mask));
    auto loss = criterion(scores.transpose(1, 2), y);
    optimizer.zero_grad();
    loss.backward();
    nn::utils::clip_grad_value_(parameters, 1.0);
    optimizer.step();
    if (step % 20 == 0) std::printf("step %d loss %.3f\n", step, loss.item<double>());
  }
  torch::NoGradGuard no_grad;
  encoder->eval();
  decoder->eval();
  auto [x, y] = batch(16);
  auto [memory, h] = encoder(x);
  auto token = start(16);
  std::vector<torch::Tensor> written;
  torch::Tensor weights;
  for (int64_t t = 0; t < kLength; ++t) {
    torch::Tensor scores;
    std::tie(scores, h, weights) = decoder(token, h, memory, x.eq(0));
    token = scores.argmax(-1);
    written.push_back(token);
  }
  std::cout << weights.sizes() << " " << torch::allclose(weights.sum(-1), torch::ones({16, 1})) << "\n";
  std::printf("right: %.2f\n", torch::cat(written, 1).eq(y).to(torch::kFloat).mean().item<double>());
}
