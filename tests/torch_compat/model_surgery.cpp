// Modules as trees: printed, walked, initialised, copied, frozen, converted, and exchanged through streams and archives.
#include <torch/torch.h>

#include <iostream>
#include <sstream>

struct HeadImpl : torch::nn::Cloneable<HeadImpl> {
  HeadImpl(int64_t in, int64_t out) : in_(in), out_(out) { reset(); }
  void reset() override {
    linear = register_module("linear", torch::nn::Linear(in_, out_));
    temperature = register_buffer("temperature", torch::ones({1}));
    bias = register_parameter("bias", torch::zeros({out_}), /*requires_grad=*/false);
  }
  void pretty_print(std::ostream& stream) const override { stream << "Head(" << in_ << " -> " << out_ << ")"; }
  torch::Tensor forward(torch::Tensor x) { return linear(x) / temperature + bias; }
  torch::nn::Linear linear{nullptr};
  torch::Tensor temperature, bias;
  int64_t in_, out_;
};
TORCH_MODULE(Head);

struct ModelImpl : torch::nn::Module {
  ModelImpl()
      : torch::nn::Module("Model"), body(torch::nn::Linear(4, 6), torch::nn::BatchNorm1d(6), torch::nn::ReLU()), head(6, 2) {
    register_module("body", body);
    register_module("head", head);
  }
  torch::Tensor forward(torch::Tensor x) { return head(body->forward(x)); }
  torch::nn::Sequential body;
  Head head;
};
TORCH_MODULE(Model);

void initialise(torch::nn::Module& module) {
  torch::NoGradGuard no_grad;
  if (auto* linear = module.as<torch::nn::Linear>()) {
    torch::nn::init::xavier_normal_(linear->weight);
    linear->bias.fill_(0.25);
  }
}

int main() {
  std::cout << std::boolalpha;
  torch::manual_seed(50);
  Model model;
  std::cout << model << "\n" << model->name() << "\n";
  for (const auto& item : model->named_modules("model")) std::cout << item.key() << " | ";
  std::cout << "\n";
  for (const auto& item : model->named_parameters())
    std::cout << item.key() << item.value().sizes() << item.value().requires_grad() << " ";
  std::cout << "\n";
  for (const auto& item : model->named_buffers()) std::cout << item.key() << " ";
  std::cout << "\n"
            << model->children().size() << " " << model->modules().size() << " " << model->parameters(false).size() << "\n";
  model->apply(initialise);
  model->apply(
      [](const std::string& name, torch::nn::Module& module) { std::cout << name << ":" << module.is_training() << " "; },
      "m");
  std::cout << "\n";
  model->body->eval();
  std::cout << model->is_training() << model->body->is_training() << model->body[1]->is_training() << "\n";

  auto x = torch::randn({5, 4});
  model->train();
  model->forward(x).sum().backward();
  auto* norm = model->body[1]->as<torch::nn::BatchNorm1d>();
  std::cout << norm->running_mean.sizes() << " " << norm->num_batches_tracked.item<int64_t>() << " "
            << model->head->linear->weight.grad().sizes() << "\n";
  model->zero_grad();
  const auto grad = model->head->linear->weight.grad();
  std::cout << (!grad.defined() || grad.abs().sum().item<float>() == 0) << "\n";

  model->eval();
  std::stringstream stream;
  torch::save(model, stream);
  Model other;
  torch::load(other, stream);
  other->eval();
  std::cout << torch::equal(other->forward(x), model->forward(x)) << "\n";
  auto head = std::dynamic_pointer_cast<HeadImpl>(model->head->clone());
  head->linear->weight.data().zero_();
  std::cout << (model->head->linear->weight.abs().sum().item<float>() > 0) << head->linear->weight.abs().sum().item<float>()
            << "\n";
  model->to(torch::kDouble);
  std::cout << model->forward(x.to(torch::kDouble)).dtype() << " " << model->head->temperature.dtype() << "\n";
  model->to(torch::kCPU, torch::kFloat);
  model->to(torch::Device("cpu"));
  std::cout << model->forward(x).dtype() << "\n";

  auto replaced = model->replace_module("head", Head(6, 3));
  std::cout << model->named_children()["head"]->as<Head>()->forward(torch::ones({1, 6})).sizes() << " " << replaced->out_
            << "\n";
  std::vector<torch::Tensor> tensors = {x, torch::arange(3), torch::tensor(true)};
  std::stringstream buffer;
  torch::save(tensors, buffer);
  std::vector<torch::Tensor> again;
  torch::load(again, buffer);
  std::cout << again.size() << torch::equal(again[0], x) << again[1].dtype() << again[2].item<bool>() << "\n";
  auto bytes = torch::pickle_save(torch::IValue(x));
  std::cout << torch::equal(torch::pickle_load(bytes).toTensor(), x) << "\n";
  const auto flat = torch::nn::utils::parameters_to_vector(other->parameters());
  torch::nn::utils::vector_to_parameters(torch::zeros_like(flat), other->parameters());
  std::cout << flat.sizes() << other->parameters()[0].abs().sum().item<float>() << "\n";
  auto unique = torch::make_unique<torch::nn::LinearImpl>(2, 3);
  std::cout << *unique << "\n";
}
