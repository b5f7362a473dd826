// Tells waves apart: convolutions in time, the norms that programs choose from, and a learning rate that falls in steps.
#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>

namespace F = torch::nn::functional;

struct BlockImpl : torch::nn::Module {
  BlockImpl(int64_t in, int64_t out, const std::string& norm)
      : conv(register_module("conv",
                             torch::nn::Conv1d(torch::nn::Conv1dOptions(in, out, 5).padding(2).bias(norm == "none")))) {
    if (norm == "batch") layers->push_back(torch::nn::BatchNorm1d(out));
    if (norm == "group") layers->push_back(torch::nn::GroupNorm(torch::nn::GroupNormOptions(2, out)));
    if (norm == "instance") layers->push_back(torch::nn::InstanceNorm1d(torch::nn::InstanceNorm1dOptions(out).affine(true)));
    layers->push_back(torch::nn::ReLU());
    layers->push_back(torch::nn::MaxPool1d(2));
    register_module("layers", layers);
  }
  torch::Tensor forward(torch::Tensor x) { return layers->forward(conv(x)); }
  torch::nn::Conv1d conv;
  torch::nn::Sequential layers;
};
TORCH_MODULE(Block);

struct ClassifierImpl : torch::nn::Module {
  explicit ClassifierImpl(const std::string& norm) {
    features = register_module("features", torch::nn::Sequential(Block(1, 8, norm)));
    features->push_back(Block(8, 8, norm));
    out = register_module("out", torch::nn::Linear(8, 3));
  }
  torch::Tensor forward(torch::Tensor x) { return out(features->forward(x).mean(2)); }
  torch::nn::Sequential features{nullptr};
  torch::nn::Linear out{nullptr};
};
TORCH_MODULE(Classifier);

// Sines, triangles and squares of several lengths.
std::pair<torch::Tensor, torch::Tensor> waves() {
  auto time = torch::linspace(0, 12, 48).unsqueeze(0);
  auto rate = torch::linspace(0.8, 1.6, 10).unsqueeze(1);
  auto sine = torch::sin(time * rate);
  auto all = torch::cat({sine, torch::asin(sine * 0.999) * (2 / M_PI), torch::sign(sine)}).unsqueeze(1);
  return {all, torch::arange(3).repeat_interleave(10)};
}

int main() {
  const auto [x, y] = waves();
  for (const std::string norm : {"none", "batch", "group", "instance"}) {
    torch::manual_seed(3);
    Classifier model(norm);
    torch::optim::SGD optimizer(model->parameters(), torch::optim::SGDOptions(0.1).momentum(0.9));
    torch::optim::StepLR schedule(optimizer, /*step_size=*/4, /*gamma=*/0.5);
    int64_t count = 0;
    for (const auto& p : model->parameters()) count += p.numel();
    std::printf("%s: %ld parameters\n", norm.c_str(), static_cast<long>(count));
    for (int epoch = 0; epoch < 12; ++epoch) {
      model->train();
      optimizer.zero_grad();
      auto loss = F::cross_entropy(model(x), y);
      loss.backward();
      torch::nn::utils::clip_grad_norm_(model->parameters(), 1.0);
      optimizer.step();
      schedule.step();
      if (epoch % 3 == 2) {
        std::printf("epoch %d loss %.3f lr %.4f\n", epoch, loss.item<double>(),
                    static_cast<torch::optim::SGDOptions&>(optimizer.param_groups()[0].options()).lr());
      }
    }
    torch::NoGradGuard no_grad;
    model->eval();
    std::printf("right %.2f\n", model(x).argmax(1).eq(y).to(torch::kFloat).mean().item<double>());
  }
  std::fflush(stdout);
  torch::manual_seed(0);
  std::cout << Classifier("group") << '\n'
            << Classifier("instance")->features[0]->as<BlockImpl>()->layers[0]->name() << '\n';
  const auto z = torch::arange(24, torch::kFloat).square().view({2, 4, 3});
  std::cout << F::group_norm(z, F::GroupNormFuncOptions(2).eps(1e-3)) << '\n'
            << F::instance_norm(z, F::InstanceNormFuncOptions().weight(torch::arange(4, torch::kFloat))) << '\n'
            << F::local_response_norm(z, F::LocalResponseNormFuncOptions(2).alpha(0.1)) << '\n'
            << torch::group_norm(z, 2).sum().abs().lt(1e-2).item<int>() << '\n'
            << torch::instance_norm(z, {}, {}, {}, {}, true, 0.1, 1e-5, false).sizes() << '\n'
            << torch::batch_norm(z, torch::ones({4}), torch::zeros({4}), torch::ones({4}), torch::full({4}, 4.0), false, 0.1,
                                 0.0, false)
            << '\n'
            << torch::nn::LocalResponseNorm(torch::nn::LocalResponseNormOptions(2)) << torch::nn::GroupNorm(2, 4) << '\n';
}
