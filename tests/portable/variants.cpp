// variants save LEVEL LIBRARY FILE: checks which variant of the library was loaded, and from where, then writes results of
// its operations. variants compare FILE FILE: checks that two such files agree.
#include <dlfcn.h>
#include <xgrad/xgrad.h>

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>

namespace {

using xgrad::Tensor;

/// Values and gradients of operations over rows too long for any register, and not a multiple of one.
std::map<std::string, Tensor> results(xgrad::Dtype dtype) {
  const std::string suffix = "." + xgrad::to_string(dtype);
  std::map<std::string, Tensor> all;
  xgrad::manual_seed(7);
  const Tensor x = xgrad::randn({13, 67}, dtype).requires_grad_();
  const Tensor weight = xgrad::randn({67, 35}, dtype).requires_grad_();
  all["randn" + suffix] = x;
  const std::map<std::string, Tensor> outputs{
      {"exp", x.exp()},
      {"log", (x * x + 0.5).log()},
      {"tanh", x.tanh()},
      {"sigmoid", x.sigmoid()},
      {"sqrt", (x * x + 0.5).sqrt()},
      {"divide", x / (x * x + 0.5)},
      {"softmax", x.softmax(1)},
      {"log_softmax", x.log_softmax(0)},
      {"sum", x.sum({0})},
      {"mean", x.mean({1})},
      {"var", x.var({1})},
      {"cumsum", x.cumsum(1)},
      {"max", std::get<0>(x.max(1))},
      {"matmul", x.matmul(weight)},
      {"layer", x.matmul(weight).tanh().matmul(weight.t())},
  };
  for (const auto& [name, output] : outputs) {
    for (Tensor leaf : {x, weight}) leaf.mutable_grad() = Tensor();
    all[name + suffix] = output;
    (output * output).sum().backward(Tensor(), true);
    all[name + ".gradient" + suffix] = x.grad();
    if (weight.grad().defined()) all[name + ".weight_gradient" + suffix] = weight.grad();
  }
  xgrad::nn::LSTM lstm(xgrad::nn::LSTMOptions(67, 21).num_layers(2).bidirectional(true));
  lstm->to(dtype);
  const Tensor sequence = xgrad::randn({9, 5, 67}, dtype).requires_grad_();
  const Tensor output = std::get<0>(lstm->forward(sequence));
  (output * output).sum().backward();
  all["lstm" + suffix] = output;
  all["lstm.gradient" + suffix] = sequence.grad();
  for (const auto& parameter : lstm->named_parameters()) {
    all["lstm." + parameter.key() + ".gradient" + suffix] = parameter.value().grad();
  }
  return all;
}

int save(const std::string& level, const std::string& library, const std::string& path) {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&xgrad::instruction_set), &info) == 0) throw std::runtime_error("dladdr failed");
  std::printf("%s: %s, compiled for %s\n", level.c_str(), info.dli_fname, xgrad::instruction_set());
  if (std::string(info.dli_fname).rfind(library, 0) != 0) throw std::runtime_error("expected " + library);
  if (level != xgrad::instruction_set()) throw std::runtime_error("expected " + level);
  std::map<std::string, Tensor> all = results(xgrad::kFloat32);
  all.merge(results(xgrad::kFloat64));
  xgrad::save_safetensors(all, path);
  return 0;
}

int compare(const std::string& first, const std::string& second) {
  const auto expected = xgrad::load_safetensors(first);
  const auto actual = xgrad::load_safetensors(second);
  if (actual.size() != expected.size()) throw std::runtime_error("different sets of results");
  for (const auto& [name, tensor] : expected) {
    // Sums that are rounded in another order differ by their summands' size, not their own: relative to the largest element.
    const double largest = tensor.numel() > 0 ? tensor.abs().max().item<double>() : 0;
    const double tolerance = (tensor.dtype() == xgrad::kFloat32 ? 2e-5 : 1e-12) * (1 + largest);
    if (!actual.at(name).allclose(tensor, 0, tolerance)) {
      const double difference = (actual.at(name) - tensor).abs().max().item<double>();
      throw std::runtime_error(name + " differs by " + std::to_string(difference));
    }
  }
  std::printf("%zu results agree\n", expected.size());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string mode = count > 1 ? arguments[1] : "";
  try {
    if (mode == "save" && count == 5) return save(arguments[2], arguments[3], arguments[4]);
    if (mode == "compare" && count == 4) return compare(arguments[2], arguments[3]);
    throw std::runtime_error("usage: variants save LEVEL LIBRARY FILE | variants compare FILE FILE");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "variants: %s\n", error.what());
    return 1;
  }
}
