// A dataset of the program's own, batched by make_data_loader.
#include <torch/torch.h>

#include <cmath>
#include <iomanip>
#include <iostream>

/// Windows of a sine wave, each with the value that follows.
class Waves : public torch::data::datasets::Dataset<Waves> {
 public:
  explicit Waves(size_t count) : count_(count) {}

  torch::data::Example<> get(size_t index) override {
    std::vector<float> window;
    for (int i = 0; i < 8; ++i) window.push_back(std::sin(0.3F * static_cast<float>(index + static_cast<size_t>(i))));
    const float next = std::sin(0.3F * static_cast<float>(index + 8));
    return {torch::tensor(window).unsqueeze(1), torch::tensor({next})};
  }
  torch::optional<size_t> size() const override { return count_; }

 private:
  size_t count_;
};

struct Net : torch::nn::Module {
  Net() : rnn(torch::nn::RNNOptions(1, 16).nonlinearity(torch::kTanh).batch_first(true)), head(16, 1) {
    register_module("rnn", rnn);
    register_module("head", head);
  }
  torch::Tensor forward(torch::Tensor x) { return head(std::get<0>(rnn(x)).select(1, -1)); }
  torch::nn::RNN rnn;
  torch::nn::Linear head;
};

int main() {
  torch::manual_seed(11);
  auto dataset = Waves(50).map(torch::data::transforms::Stack<>());
  const size_t examples = dataset.size().value();
  auto loader = torch::data::make_data_loader<torch::data::samplers::RandomSampler>(
      std::move(dataset), torch::data::DataLoaderOptions().batch_size(8).workers(0).drop_last(false));
  Net net;
  torch::optim::Adam optimizer(net.parameters(), /*lr=*/0.01);
  std::cout << examples << " examples" << std::endl << std::fixed << std::setprecision(4);
  for (size_t epoch = 1; epoch <= 6; ++epoch) {
    double total = 0;
    size_t batches = 0;
    for (torch::data::Example<>& batch : *loader) {
      optimizer.zero_grad();
      auto loss = torch::mse_loss(net.forward(batch.data), batch.target);
      loss.backward();
      optimizer.step();
      total += loss.item<double>();
      ++batches;
    }
    std::cout << "epoch " << epoch << ": " << batches << " batches, loss " << total / static_cast<double>(batches) << "\n";
  }
  auto in_order = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(
      Waves(5).map(torch::data::transforms::Stack<>()), 2);
  for (auto& batch : *in_order) std::cout << batch.data.sizes() << " " << batch.target.flatten() << "\n";
}
