// A library that lives in torch's namespaces: declared before it includes anything, with headers one by one.
namespace torch {
namespace nn {
class Module;
}
namespace optim {
class Optimizer;
}
namespace mine {
void describe(const torch::nn::Module& module);
void halve(torch::optim::Optimizer& optimizer);
}  // namespace mine
}  // namespace torch

#include <ATen/ATen.h>
#include <ATen/TensorIndexing.h>
#include <c10/util/ArrayRef.h>
#include <c10/util/Optional.h>
#include <c10/util/irange.h>
#include <torch/nn/cloneable.h>
#include <torch/nn/functional.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/rnn.h>
#include <torch/nn/pimpl.h>
#include <torch/optim/adam.h>
#include <torch/optim/sgd.h>
#include <torch/serialize.h>
#include <torch/types.h>

#include <iostream>
#include <sstream>
#include <type_traits>

namespace torch {
namespace nn {

struct GatedOptions {
  GatedOptions(int64_t size) : size_(size) {}
  TORCH_ARG(int64_t, size);
  TORCH_ARG(bool, bias) = true;
};

class GatedImpl : public Cloneable<GatedImpl> {
 public:
  explicit GatedImpl(const GatedOptions& options_) : options(options_) { reset(); }
  void reset() override {
    value = register_module("value", Linear(LinearOptions(options.size(), options.size()).bias(options.bias())));
    gate = register_module("gate", Linear(options.size(), options.size()));
  }
  Tensor forward(const Tensor& input) {
    return functional::glu(torch::cat({value(input), gate(input)}, -1), functional::GLUFuncOptions(-1));
  }

  GatedOptions options;
  Linear value{nullptr}, gate{nullptr};
};
TORCH_MODULE(Gated);

namespace functional {
inline Tensor gated(const Tensor& x, const Tensor& gate) { return x * torch::sigmoid(gate); }
}  // namespace functional

// Found by argument-dependent look-up.
inline int64_t count(const Module& module) {
  int64_t total = 0;
  for (const auto& parameter : module.parameters()) total += parameter.numel();
  return total;
}

}  // namespace nn

namespace serialize {
struct Progress {
  int64_t epoch = 0;
  Tensor best;
};
inline OutputArchive& operator<<(OutputArchive& archive, const Progress& progress) {
  archive.write("epoch", torch::tensor(progress.epoch));
  archive.write("best", progress.best);
  return archive;
}
inline InputArchive& operator>>(InputArchive& archive, Progress& progress) {
  Tensor epoch;
  archive.read("epoch", epoch);
  archive.read("best", progress.best);
  progress.epoch = epoch.item<int64_t>();
  return archive;
}
}  // namespace serialize

namespace mine {

void describe(const nn::Module& module) {
  for (const auto& pair : module.named_parameters()) std::cout << pair.key() << " " << pair->sizes() << "\n";
  std::cout << count(module) << " numbers\n";
}
void halve(optim::Optimizer& optimizer) {
  for (auto& group : optimizer.param_groups()) group.options().set_lr(0.5 * group.options().get_lr());
}

template <class T>
struct Name {
  static const char* get() { return "unknown"; }
};

}  // namespace mine
}  // namespace torch

// Specialisations, from outside and inside.
template <>
struct torch::mine::Name<torch::nn::LinearImpl> {
  static const char* get() { return "linear"; }
};
namespace torch {
namespace mine {
template <>
struct Name<nn::GatedImpl> {
  static const char* get() { return "gated"; }
};
}  // namespace mine
}  // namespace torch
namespace std {
template <>
struct hash<torch::nn::Gated> {
  size_t operator()(const torch::nn::Gated& module) const { return std::hash<const void*>()(module.get()); }
};
}  // namespace std

namespace at {
namespace mine {
inline Tensor twice(const Tensor& x) { return x + x; }
}  // namespace mine
}  // namespace at

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using namespace torch::indexing;

int main() {
  torch::manual_seed(2);
  nn::Gated gated(nn::GatedOptions(3).bias(false));
  torch::mine::describe(*gated);
  std::cout << torch::mine::Name<nn::LinearImpl>::get() << " " << torch::mine::Name<nn::GatedImpl>::get() << " "
            << torch::mine::Name<nn::Module>::get() << " " << (std::hash<nn::Gated>()(gated) != 0) << "\n";
  const auto x = at::ones({2, 3});
  const auto y = gated(x);
  std::cout << torch::allclose(y, F::gated(gated->value(x), gated->gate(x))) << "\n";
  std::cout << at::mine::twice(x).index({0, Slice(None, 2)}) << "\n";
  auto copy = std::dynamic_pointer_cast<nn::GatedImpl>(gated->clone());
  torch::optim::Adam optimizer(copy->parameters(), torch::optim::AdamOptions(0.5));
  torch::mine::halve(optimizer);
  std::cout << optimizer.param_groups()[0].options().get_lr() << "\n";
  copy->forward(x).sum().backward();
  optimizer.step();
  std::cout << torch::equal(copy->value->weight, gated->value->weight) << "\n";

  std::stringstream stream;
  torch::serialize::Progress progress{7, x}, again;
  torch::save(progress, stream);
  torch::load(again, stream);
  std::cout << again.epoch << " " << again.best.sizes() << "\n";

  // Found through the namespace of the argument, without a using-directive.
  std::cout << sum(relu(y - 10)) << " " << std::is_same<torch::Tensor, at::Tensor>::value << "\n";
  for (const auto i : c10::irange(3)) std::cout << i << (i < 2 ? " " : "\n");
}
