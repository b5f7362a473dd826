// A character model stepped by LSTMCell, saved, loaded into another one, and asked to go on.
#include <torch/torch.h>

#include <cstdio>
#include <iostream>
#include <string>

namespace F = torch::nn::functional;

struct CharacterModelImpl : torch::nn::Module {
  CharacterModelImpl(int64_t characters, int64_t hidden) : hidden_size(hidden) {
    cell = register_module("cell", torch::nn::LSTMCell(torch::nn::LSTMCellOptions(characters, hidden)));
    decoder = register_module("decoder", torch::nn::Linear(hidden, characters));
    scale = register_buffer("scale", torch::ones({1}));
  }

  std::tuple<torch::Tensor, std::tuple<torch::Tensor, torch::Tensor>> forward(
      torch::Tensor x, torch::optional<std::tuple<torch::Tensor, torch::Tensor>> state = torch::nullopt) {
    auto next = state ? cell->forward(x, *state) : cell->forward(x);
    return std::make_tuple(decoder->forward(std::get<0>(next)) * scale, next);
  }

  int64_t hidden_size;
  torch::nn::LSTMCell cell{nullptr};
  torch::nn::Linear decoder{nullptr};
  torch::Tensor scale;
};
TORCH_MODULE(CharacterModel);

int main() {
  torch::manual_seed(3);
  const std::string alphabet = " abcdefghijklmnopqrstuvwxyz";
  const std::string text = "the rain in spain stays mainly in the plain";
  std::vector<int64_t> ids;
  for (const char c : text) ids.push_back(static_cast<int64_t>(alphabet.find(c)));
  const auto characters = static_cast<int64_t>(alphabet.size());
  const torch::Tensor codes = torch::tensor(ids);
  const torch::Tensor x = F::one_hot(codes, characters).to(torch::kFloat);

  CharacterModel model(characters, 32);
  torch::optim::RMSprop optimizer(model->parameters(), torch::optim::RMSpropOptions(0.01).alpha(0.95));
  for (int step = 1; step <= 45; ++step) {
    optimizer.zero_grad();
    torch::optional<std::tuple<torch::Tensor, torch::Tensor>> state;
    std::vector<torch::Tensor> scores;
    for (int64_t t = 0; t + 1 < x.size(0); ++t) {
      auto [score, next] = model->forward(x.index({torch::indexing::Slice(t, t + 1)}), state);
      scores.push_back(score);
      state = next;
    }
    torch::Tensor loss = F::cross_entropy(torch::cat(scores), codes.narrow(0, 1, codes.size(0) - 1));
    loss.backward();
    optimizer.step();
    if (step % 15 == 0) std::printf("step %d loss %.2f\n", step, loss.item<double>());
  }

  torch::save(model, "character_model.pt");
  CharacterModel restored(characters, 32);
  torch::load(restored, "character_model.pt");
  std::remove("character_model.pt");
  for (const auto& pair : model->named_parameters()) {
    if (!torch::equal(pair.value(), restored->named_parameters()[pair.key()]))
      std::printf("%s differs\n", pair.key().c_str());
  }

  torch::NoGradGuard no_grad;
  torch::optional<std::tuple<torch::Tensor, torch::Tensor>> state;
  std::string written = "t";
  while (written.size() < text.size()) {
    const auto id = static_cast<int64_t>(alphabet.find(written.back()));
    auto [score, next] =
        restored->forward(F::one_hot(torch::full({1}, id, torch::kLong), characters).to(torch::kFloat), state);
    written += alphabet[static_cast<std::size_t>(score.argmax(1).item<int64_t>())];
    state = next;
  }
  std::cout << written << std::endl;
}
