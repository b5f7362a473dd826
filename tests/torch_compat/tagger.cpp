// A stacked bidirectional LSTM that tags every element of a sequence.
#include <torch/torch.h>

#include <iomanip>
#include <iostream>

struct TaggerImpl : torch::nn::Module {
  TaggerImpl(int64_t words, int64_t tags)
      : embedding(torch::nn::EmbeddingOptions(words, 12)),
        lstm(torch::nn::LSTMOptions(12, 10).num_layers(2).bidirectional(true).batch_first(true)),
        classifier(torch::nn::Linear(20, tags)) {
    register_module("embedding", embedding);
    register_module("lstm", lstm);
    register_module("classifier", classifier);
  }

  torch::Tensor forward(const torch::Tensor& words) {
    torch::Tensor output;
    std::tuple<torch::Tensor, torch::Tensor> state;
    std::tie(output, state) = lstm->forward(embedding->forward(words));
    return classifier->forward(torch::relu(output));
  }

  torch::nn::Embedding embedding{nullptr};
  torch::nn::LSTM lstm{nullptr};
  torch::nn::Linear classifier{nullptr};
};
TORCH_MODULE(Tagger);

int main() {
  torch::manual_seed(1);
  const torch::Device device(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
  Tagger tagger(20, 4);
  tagger->to(device);
  int64_t parameters = 0;
  for (const auto& item : tagger->named_parameters()) {
    std::cout << item.key() << " " << item.value().sizes() << "\n";
    parameters += item.value().numel();
  }
  std::cout << parameters << " parameters\n" << tagger << "\n";

  const torch::Tensor words = torch::randint(0, 20, {8, 6}, torch::TensorOptions().dtype(torch::kLong).device(device));
  const torch::Tensor tags = words.remainder(4);
  torch::nn::CrossEntropyLoss criterion;
  torch::optim::Adam optimizer(tagger->parameters(), torch::optim::AdamOptions(1e-2).betas(std::make_tuple(0.9, 0.99)));
  std::cout << std::fixed << std::setprecision(4);
  for (int step = 1; step <= 20; ++step) {
    optimizer.zero_grad();
    const torch::Tensor scores = tagger(words);
    torch::Tensor loss = criterion(scores.view({-1, 4}), tags.flatten());
    loss.backward();
    optimizer.step();
    if (step % 5 == 0) {
      const double accuracy = scores.argmax(-1).eq(tags).to(torch::kFloat).mean().item<double>();
      std::cout << "step " << step << " loss " << loss.item<float>() << " accuracy " << accuracy << "\n";
    }
  }
  tagger->eval();
  torch::NoGradGuard no_grad;
  std::cout << tagger->forward(words).softmax(-1).slice(0, 0, 1).squeeze(0).slice(0, 0, 2) << "\n";
}
