// A GRU over sequences of different lengths, packed, with one decision for each.
#include <torch/torch.h>

#include <cstdio>
#include <vector>

namespace rnn = torch::nn::utils::rnn;

class Classifier : public torch::nn::Module {
 public:
  Classifier() {
    gru = register_module("gru", torch::nn::GRU(torch::nn::GRUOptions(3, 8).num_layers(1).batch_first(true)));
    dropout = register_module("dropout", torch::nn::Dropout(0.25));
    output = register_module("output", torch::nn::Linear(torch::nn::LinearOptions(8, 1).bias(true)));
  }

  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& lengths) {
    const rnn::PackedSequence packed = rnn::pack_padded_sequence(x, lengths, /*batch_first=*/true, /*enforce_sorted=*/false);
    const auto [out, h_n] = gru->forward_with_packed_input(packed);
    const auto [padded, sizes] = rnn::pad_packed_sequence(out, /*batch_first=*/true);
    TORCH_CHECK(padded.size(0) == x.size(0), "one row for each sequence");
    return torch::sigmoid(output(dropout(h_n[-1]))).squeeze(1);
  }

 private:
  torch::nn::GRU gru{nullptr};
  torch::nn::Dropout dropout{nullptr};
  torch::nn::Linear output{nullptr};
};

int main() {
  torch::manual_seed(7);
  auto model = std::make_shared<Classifier>();
  const auto lengths = torch::tensor({5, 2, 7, 4, 1, 6}, torch::kInt64);
  auto x = torch::randn({6, 7, 3});
  const auto target = (x.select(1, 0).sum(1) > 0).to(torch::kFloat32);
  torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(0.5).momentum(0.9).nesterov(true));
  model->train();
  for (int epoch = 0; epoch < 30; ++epoch) {
    optimizer.zero_grad();
    auto loss = torch::nn::functional::binary_cross_entropy(
        model->forward(x, lengths), target, torch::nn::functional::BinaryCrossEntropyFuncOptions().reduction(torch::kMean));
    loss.backward();
    const double norm = torch::nn::utils::clip_grad_norm_(model->parameters(), 1.0);
    optimizer.step();
    if (epoch % 10 == 9) {
      for (auto& group : optimizer.param_groups()) group.options().set_lr(group.options().get_lr() * 0.5);
    }
    if (epoch % 6 == 5) {
      const double lr = static_cast<torch::optim::SGDOptions&>(optimizer.param_groups()[0].options()).lr();
      std::printf("epoch %d loss %.4f norm %.4f lr %.4f\n", epoch + 1, loss.item<double>(), norm, lr);
    }
  }
  model->eval();
  torch::NoGradGuard guard;
  const auto probabilities = model->forward(x, lengths);
  auto values = probabilities.accessor<float, 1>();
  for (int64_t i = 0; i < values.size(0); ++i) std::printf("%.3f ", values[i]);
  std::printf("\nright: %ld of %ld\n", (probabilities > 0.5).eq(target > 0.5).sum().item<int64_t>(), target.numel());
}
