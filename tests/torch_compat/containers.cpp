// Containers and any-modules: built in several ways, indexed, changed, cloned and printed.
#include <torch/torch.h>

#include <iostream>

using namespace torch::nn;

struct PairImpl : Module {
  std::tuple<torch::Tensor, torch::Tensor> forward(torch::Tensor x, double scale = 2.0) {
    return std::make_tuple(x, x * scale);
  }
};
TORCH_MODULE(Pair);

struct Residual : Module {
  explicit Residual(AnyModule inner_) : inner(std::move(inner_)) { register_module("inner", inner.ptr()); }
  torch::Tensor forward(torch::Tensor x) { return x + inner.forward(x); }
  AnyModule inner;
};

struct Stacked : Module {
  Stacked(int64_t width, int64_t depth) {
    for (int64_t i = 0; i < depth; ++i) layers->push_back(Linear(width, width));
    register_module("layers", layers);
    register_module("choices", choices);
    scales->append(torch::ones({1}));
    scales->append(torch::full({1}, 0.5));
    register_module("scales", scales);
    register_module("named", named);
  }
  torch::Tensor forward(torch::Tensor x, const std::string& choice) {
    for (const auto& layer : *layers) x = torch::tanh(layer->as<Linear>()->forward(x));
    if (choice == "relu") x = choices[choice]->as<ReLU>()->forward(x);
    else x = choices[choice]->as<ELUImpl>()->forward(x);
    return x * scales[0] * (*scales)[1] + named->get("offset");
  }
  ModuleList layers;
  ModuleDict choices{
      std::vector<std::pair<std::string, std::shared_ptr<Module>>>{{"relu", ReLU().ptr()}, {"elu", ELU().ptr()}}};
  ParameterList scales;
  ParameterDict named{torch::OrderedDict<std::string, torch::Tensor>({{"offset", torch::zeros({1})}})};
};

int main() {
  std::cout << std::boolalpha;
  torch::manual_seed(4);
  Sequential model(Linear(4, 3), ReLU(), Dropout(0.5), Linear(LinearOptions(3, 2).bias(false)), Softmax(SoftmaxOptions(1)));
  std::cout << model << "\n" << model->size() << " modules\n";
  model->eval();
  const auto x = torch::linspace(-1, 1, 8).view({2, 4});
  std::cout << model->forward(x).sum(1) << "\n";
  std::cout << model[0]->name() << " " << model->at<LinearImpl>(3).options.in_features() << " "
            << model->ptr<LinearImpl>(0)->weight.sizes() << "\n";
  for (auto& module : *model) std::cout << module.ptr()->name() << " ";
  std::cout << "\n";

  Sequential named({{"first", Linear(4, 4)}, {"act", Functional(torch::tanh)}, {"norm", LayerNorm(LayerNormOptions({4}))}});
  named->push_back("last", Linear(4, 1));
  for (const auto& pair : named->named_children()) std::cout << pair.key() << " ";
  std::cout << named->forward(x).sizes() << "\n" << named << "\n";
  auto copy = std::dynamic_pointer_cast<SequentialImpl>(named->clone());
  {
    torch::NoGradGuard guard;
    for (auto& parameter : copy->parameters()) parameter.zero_();
  }
  std::cout << copy->forward(x).abs().sum().item<float>() << " " << (named->forward(x).abs().sum().item<float>() > 0)
            << "\n";

  AnyModule any(Linear(4, 4));
  std::cout << any.forward(x).sizes() << " " << any.get<LinearImpl>().bias.sizes() << " " << any.is_empty() << "\n";
  any = AnyModule(Pair());
  const auto pair = any.forward<std::tuple<torch::Tensor, torch::Tensor>>(x, 3.0);
  std::cout << torch::allclose(std::get<0>(pair) * 3, std::get<1>(pair)) << "\n";
  Sequential steps;
  steps->push_back(Residual(AnyModule(Linear(4, 4))));
  steps->push_back(std::make_shared<Residual>(AnyModule(Tanh())));
  std::cout << steps->forward(x).sizes() << " " << steps->parameters().size() << "\n";
  try {
    any.forward(1.5);
  } catch (const c10::Error&) {
    std::cout << "arguments of other types are refused\n";
  }

  Stacked stacked(4, 2);
  for (const auto& pair : stacked.named_parameters()) std::cout << pair.key() << " ";
  std::cout << "\n" << stacked.forward(x, "relu").sizes() << stacked.forward(x, "elu").sizes() << "\n";
  std::cout << stacked.layers->size() << " " << stacked.layers[1]->name() << " " << stacked.choices->contains("gelu") << " "
            << stacked.choices->keys() << " " << stacked.scales->size() << " " << stacked.named->keys() << "\n";
  stacked.layers->insert(0, ReLU());
  stacked.choices->pop("elu");
  std::cout << *stacked.layers->ptr(0) << " " << stacked.choices->size() << "\n";

  torch::OrderedDict<std::string, int> order = {{"a", 1}, {"b", 2}};
  order.insert("c", 3);
  order["a"] = 10;
  int total = 0;
  for (const auto& item : order) total += *item;
  std::cout << order.keys() << " " << order.values() << " " << total << " " << order.contains("d") << " "
            << order.front().key() << "\n";
}
