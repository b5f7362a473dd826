// Writes libtorch/*.pt: files of libtorch 1.13's C++ archives. Not part of the build:
//   g++ -std=c++17 make_libtorch_files.cpp -I/usr/include/torch/csrc/api/include -ltorch -ltorch_cpu -lc10 -o make_files
//   mkdir -p libtorch && ./make_files
// tests/xgrad/libtorch_files_test.cpp has the same module.
#include <torch/torch.h>

struct NetImpl : torch::nn::Module {
  NetImpl()
      : lstm(register_module("lstm", torch::nn::LSTM(2, 3))),
        head(register_module(
            "head", torch::nn::Sequential(torch::nn::Linear(3, 3), torch::nn::BatchNorm1d(3), torch::nn::Linear(3, 1)))) {
    scale = register_buffer("scale", torch::full({1}, 0.5));
  }
  torch::Tensor forward(torch::Tensor x) { return head->forward(std::get<0>(lstm(x)).select(0, -1)) * scale; }
  torch::nn::LSTM lstm;
  torch::nn::Sequential head;
  torch::Tensor scale;
};
TORCH_MODULE(Net);

const torch::Tensor x = torch::linspace(-1, 1, 4 * 5 * 2).reshape({4, 5, 2});
const torch::Tensor y = torch::linspace(0, 1, 5).reshape({5, 1});

torch::Tensor train(Net& net, torch::optim::Optimizer& optimizer) {
  std::vector<torch::Tensor> losses;
  for (int step = 0; step < 4; ++step) {
    optimizer.zero_grad();
    losses.push_back(torch::mse_loss(net->forward(x), y));
    losses.back().backward();
    optimizer.step();
  }
  return torch::stack(losses).detach();
}

/// The state of a run after four steps, and the losses of the next four.
template <class Optimizer, class Options>
void write_run(const std::string& name, const Options& options) {
  torch::Tensor losses;
  {
    torch::manual_seed(0);
    Net net;
    Optimizer optimizer(net->parameters(), options);
    train(net, optimizer);
    losses = train(net, optimizer);
  }
  torch::manual_seed(0);
  Net net;
  Optimizer optimizer(net->parameters(), options);
  train(net, optimizer);
  torch::serialize::OutputArchive model;
  net->save(model);
  torch::serialize::OutputArchive state;
  optimizer.save(state);
  torch::serialize::OutputArchive run;
  run.write("model", model);
  run.write("optimizer", state);
  run.write("losses", losses, /*is_buffer=*/true);
  run.save_to("libtorch/" + name + ".pt");
}

int main() {
  write_run<torch::optim::SGD>("sgd", torch::optim::SGDOptions(0.1).momentum(0.9).nesterov(true));
  write_run<torch::optim::Adam>("adam", torch::optim::AdamOptions(0.05).amsgrad(true).weight_decay(0.01));
  write_run<torch::optim::AdamW>("adamw", torch::optim::AdamWOptions(0.05).betas({0.8, 0.9}));
  write_run<torch::optim::RMSprop>("rmsprop", torch::optim::RMSpropOptions(0.01).momentum(0.5).centered(true));
  write_run<torch::optim::Adagrad>("adagrad", torch::optim::AdagradOptions(0.05).lr_decay(0.1));
  torch::manual_seed(0);
  torch::save(Net(), "libtorch/module.pt");
  torch::save(torch::arange(6).view({2, 3}), "libtorch/tensor.pt");
  torch::save(std::vector<torch::Tensor>{torch::ones({2}), torch::arange(3), torch::tensor(true)}, "libtorch/tensors.pt");
  torch::serialize::OutputArchive values;
  values.write("real", torch::IValue(0.5));
  values.write("integer", torch::IValue(int64_t{1} << 40));
  values.write("flag", torch::IValue(true));
  values.write("text", torch::IValue(std::string("naïve")));
  values.write("dotted.name", torch::ones({2, 2}).t(), /*is_buffer=*/true);
  values.save_to("libtorch/values.pt");
}
