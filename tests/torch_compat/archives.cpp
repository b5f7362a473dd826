// Models, optimizers and values that are saved and loaded: paths, streams, archives, and a module with a save() of its own.
#include <torch/torch.h>

#include <cstdio>
#include <iostream>
#include <sstream>

/// Keeps the names of its classes beside its parameters.
struct ClassifierImpl : torch::nn::Module {
  ClassifierImpl(int64_t features, std::string classes_)
      : classes(std::move(classes_)),
        norm(torch::nn::BatchNorm1dOptions(features)),
        layers(torch::nn::Linear(features, 4), torch::nn::Tanh(), torch::nn::Linear(4, 2)) {
    register_module("norm", norm);
    register_module("layers", layers);
    bias = register_parameter("bias", torch::zeros({2}));
  }
  void save(torch::serialize::OutputArchive& archive) const override {
    torch::nn::Module::save(archive);
    archive.write("classes", torch::IValue(classes));
  }
  void load(torch::serialize::InputArchive& archive) override {
    torch::nn::Module::load(archive);
    c10::IValue value;
    archive.read("classes", value);
    classes = value.toStringRef();
  }
  torch::Tensor forward(torch::Tensor x) { return layers->forward(norm(x)) + bias; }

  std::string classes;
  torch::nn::BatchNorm1d norm;
  torch::nn::Sequential layers;
  torch::Tensor bias;
};
TORCH_MODULE(Classifier);

double train(Classifier& model, torch::optim::Optimizer& optimizer, const torch::Tensor& x, int steps) {
  double last = 0;
  for (int step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    auto loss = torch::nn::functional::cross_entropy(model->forward(x), x.select(1, 0).gt(0).to(torch::kLong));
    loss.backward();
    optimizer.step();
    last = loss.item<double>();
  }
  return last;
}

int main() {
  torch::manual_seed(5);
  const auto x = torch::randn({16, 3});
  Classifier model(3, "left right");
  torch::optim::Adam optimizer(model->parameters(), torch::optim::AdamOptions(0.05));
  std::printf("%.4f\n", train(model, optimizer, x, 10));

  torch::save(model, "archives_model.pt");
  torch::save(optimizer, "archives_optimizer.pt");
  std::stringstream stream;
  torch::save(model, stream);

  Classifier by_path(3, "");
  torch::optim::Adam continued(by_path->parameters(), torch::optim::AdamOptions(0.05));
  torch::load(by_path, "archives_model.pt", torch::Device(torch::kCPU));
  torch::load(continued, "archives_optimizer.pt");
  auto by_stream = std::make_shared<ClassifierImpl>(3, "");
  torch::load(by_stream, stream);
  std::printf("%s, %s\n", by_path->classes.c_str(), by_stream->classes.c_str());
  std::printf("%.4f %.4f\n", train(model, optimizer, x, 10), train(by_path, continued, x, 10));

  torch::serialize::OutputArchive output;
  torch::serialize::OutputArchive nested;
  nested.write("step", torch::IValue(int64_t{20}));
  nested.write("rate", torch::IValue(0.05));
  output.write("progress", nested);
  output.write("input", x, /*is_buffer=*/true);
  output.save_to("archives_values.pt");
  torch::serialize::InputArchive input;
  input.load_from("archives_values.pt");
  torch::serialize::InputArchive progress;
  input.read("progress", progress);
  torch::IValue step, rate;
  progress.read("step", step);
  torch::Tensor again;
  const bool found = input.try_read("input", again);
  std::printf("step %d, rate %d, input %d %d, other %d\n", static_cast<int>(step.toInt()), progress.try_read("rate", rate),
              found, torch::equal(again, x), input.try_read("other", again));
  std::printf("%.2f\n", rate.toDouble());
  try {
    input.read("other", again);
  } catch (const c10::Error&) {
    std::puts("what is not there is refused");
  }

  std::stringstream of_tensors;
  torch::save(std::vector<torch::Tensor>{x, torch::arange(4)}, of_tensors);
  std::vector<torch::Tensor> tensors;
  torch::load(tensors, of_tensors);
  torch::save(tensors[1], "archives_tensor.pt");
  torch::Tensor tensor;
  torch::load(tensor, "archives_tensor.pt");
  std::cout << tensors.size() << " " << torch::equal(tensors[0], x) << "\n" << tensor << "\n";

  const auto embed = torch::nn::functional::pdist(x.slice(0, 0, 3));
  std::printf("%.4f\n", embed.sum().item<double>());
  torch::nn::MultiheadAttention attention(torch::nn::MultiheadAttentionOptions(4, 2));
  const auto q = torch::randn({3, 2, 4});
  const auto [y, weights] = torch::nn::functional::multi_head_attention_forward(
      q, q, q,
      torch::nn::functional::MultiheadAttentionForwardFuncOptions(
          /*embed_dim_to_check=*/4, /*num_heads=*/2, attention->in_proj_weight, attention->in_proj_bias, attention->bias_k,
          attention->bias_v, /*add_zero_attn=*/false, /*dropout_p=*/0.0, attention->out_proj->weight,
          attention->out_proj->bias)
          .training(false)
          .average_attn_weights(false));
  std::cout << y.sizes() << " " << weights.sizes() << "\n";
  torch::nn::AdaptiveLogSoftmaxWithLoss adaptive(torch::nn::AdaptiveLogSoftmaxWithLossOptions(4, 6, {2, 4}).div_value(2.));
  const auto result = adaptive(torch::randn({3, 4}), torch::tensor({0, 3, 5}));
  std::printf("%d %d\n", result.output.mean().item<double>() == -result.loss, static_cast<int>(adaptive->n_clusters));
  std::cout << adaptive->log_prob(torch::randn({3, 4})).sizes() << adaptive->predict(torch::randn({3, 4})).sizes() << "\n";
  for (const char* name : {"model", "optimizer", "values", "tensor"}) {
    std::remove((std::string("archives_") + name + ".pt").c_str());
  }
}
