// Arguments of forward with defaults in containers, code for the type of a dtype, and names that programs use here and
// there.
#include <torch/torch.h>

#include <iostream>

struct ScaleImpl : torch::nn::Module {
  torch::Tensor forward(torch::Tensor x, int factor = 3) { return x * factor; }

 protected:
  FORWARD_HAS_DEFAULT_ARGS({1, torch::nn::AnyValue(int(3))})
};
TORCH_MODULE(Scale);

// What libtorch declares virtual may be overridden.
struct TravellingImpl : torch::nn::Module {
  using torch::nn::Module::to;
  std::shared_ptr<torch::nn::Module> clone(const torch::optional<torch::Device>& device = torch::nullopt) const override {
    std::cout << "clone " << device.has_value() << "\n";
    return std::make_shared<TravellingImpl>();
  }
  void to(torch::Device device, bool non_blocking = false) override {
    std::cout << "to " << device << "\n";
    torch::nn::Module::to(device, non_blocking);
  }
  void to(torch::Dtype dtype, bool non_blocking = false) override {
    std::cout << "to a dtype\n";
    torch::nn::Module::to(dtype, non_blocking);
  }
  bool is_training() const noexcept override { return false; }
};
TORCH_MODULE(Travelling);

int main() {
  namespace F = torch::nn::functional;
  torch::nn::Sequential sequential(Scale{});
  std::cout << sequential->forward(torch::ones({2})) << "\n";

  Travelling travelling;
  travelling->to(torch::kCPU);
  travelling->to(torch::kDouble);
  std::cout << travelling->is_training() << " " << (travelling->clone() != nullptr) << "\n";

  const auto bytes = [](torch::ScalarType dtype) {
    return AT_DISPATCH_ALL_TYPES_AND2(at::ScalarType::Half, at::ScalarType::Bool, dtype, "bytes",
                                      [&] { return sizeof(scalar_t); });
  };
  for (auto dtype : {torch::kByte, torch::kShort, torch::kInt, torch::kLong, torch::kHalf, torch::kFloat, torch::kDouble}) {
    std::cout << bytes(dtype) << " ";
  }
  AT_DISPATCH_FLOATING_TYPES_AND_HALF(torch::kHalf, "half", [&] { std::cout << sizeof(scalar_t) << "\n"; });
  AT_DISPATCH_ALL_TYPES_AND(at::ScalarType::Bool, torch::kBool, "all", [&] { std::cout << sizeof(scalar_t) << "\n"; });
  AT_DISPATCH_INDEX_TYPES(torch::kInt, "index", [&] { std::cout << sizeof(index_t) << "\n"; });

  std::cout << F::softmax(torch::zeros({2}), F::SoftmaxFuncOptions(0).dtype(torch::kDouble)) << "\n"
            << F::log_softmax(torch::zeros({1}), F::LogSoftmaxFuncOptions(0).dtype(torch::kDouble)) << "\n"
            << F::softmin(torch::zeros({2}), F::SoftminFuncOptions(0)) << "\n";

  torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> layers;
  layers.insert("first", torch::nn::Linear(1, 1).ptr());
  torch::nn::ModuleDict modules;
  modules->update(layers);
  std::cout << modules->size() << "\n";

  const auto [fan_in, fan_out] = torch::nn::init::_calculate_fan_in_and_fan_out(torch::ones({3, 4}));
  std::cout << fan_in << " " << fan_out << "\n" << torch::ones({2}).storage().data<float>()[1] << "\n";
  for (const auto& x : {torch::tensor(uint8_t(3)), torch::tensor({int16_t(3)}), torch::tensor(std::vector<int8_t>{1}),
                        torch::tensor(3), torch::tensor({3.0f}), torch::tensor(at::Half(2))}) {
    std::cout << x.dtype() << " ";
  }
  std::unordered_set<int> seen{1, 2};
  char copy[4];
  std::memcpy(copy, "abc", sizeof copy);
  std::cout << "\n" << seen.size() << copy << "\n";
}
