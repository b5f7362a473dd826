// Predicts sine waves with two LSTM cells, trained by LBFGS with a closure.
#include <torch/torch.h>

#include <iostream>
#include <vector>

struct SequenceImpl : torch::nn::Module {
  SequenceImpl() {
    lstm1 = register_module("lstm1", torch::nn::LSTMCell(1, 12));
    lstm2 = register_module("lstm2", torch::nn::LSTMCell(12, 12));
    linear = register_module("linear", torch::nn::Linear(12, 1));
    to(torch::kDouble);
  }

  torch::Tensor forward(torch::Tensor input, int64_t future = 0) {
    std::vector<torch::Tensor> outputs;
    auto options = torch::TensorOptions().dtype(torch::kDouble).device(input.device());
    auto h_t = torch::zeros({input.size(0), 12}, options);
    auto c_t = torch::zeros({input.size(0), 12}, options);
    auto h_t2 = torch::zeros({input.size(0), 12}, options);
    auto c_t2 = torch::zeros({input.size(0), 12}, options);
    torch::Tensor output;
    for (const auto& input_t : input.split(1, /*dim=*/1)) {
      std::tie(h_t, c_t) = lstm1(input_t, std::make_tuple(h_t, c_t));
      std::tie(h_t2, c_t2) = lstm2(h_t, std::make_tuple(h_t2, c_t2));
      output = linear(h_t2);
      outputs.push_back(output);
    }
    for (int64_t i = 0; i < future; ++i) {
      std::tie(h_t, c_t) = lstm1(output, std::make_tuple(h_t, c_t));
      std::tie(h_t2, c_t2) = lstm2(h_t, std::make_tuple(h_t2, c_t2));
      output = linear(h_t2);
      outputs.push_back(output);
    }
    return torch::cat(outputs, 1);
  }

  torch::nn::LSTMCell lstm1{nullptr}, lstm2{nullptr};
  torch::nn::Linear linear{nullptr};
};
TORCH_MODULE(Sequence);

int main() {
  torch::manual_seed(0);
  const int64_t T = 20, L = 40, N = 6;
  auto x = torch::arange(L, torch::kFloat64).unsqueeze(0) + torch::randint(-4 * T, 4 * T, {N, 1}).to(torch::kFloat64);
  auto data = torch::sin(x / static_cast<double>(T) * 4);
  auto input = data.slice(0, 2).slice(1, 0, -1);
  auto target = data.slice(0, 2).slice(1, 1);
  auto test_input = data.slice(0, 0, 2).slice(1, 0, -1);
  auto test_target = data.slice(0, 0, 2).slice(1, 1);

  Sequence model;
  torch::nn::MSELoss criterion;
  torch::optim::LBFGS optimizer(model->parameters(), torch::optim::LBFGSOptions(0.8).max_iter(5));
  for (int i = 0; i < 3; ++i) {
    auto closure = [&]() {
      optimizer.zero_grad();
      auto out = model->forward(input);
      auto loss = criterion(out, target);
      loss.backward();
      return loss;
    };
    const auto loss = optimizer.step(closure);
    torch::NoGradGuard no_grad;
    auto prediction = model->forward(test_input, /*future=*/10);
    auto test_loss = criterion(
        prediction.index({torch::indexing::Slice(), torch::indexing::Slice(torch::indexing::None, -10)}), test_target);
    std::printf("STEP %d loss %.4f test %.4f\n", i, loss.item<double>(), test_loss.item<double>());
    std::cout << prediction.sizes() << "\n";
  }
}
