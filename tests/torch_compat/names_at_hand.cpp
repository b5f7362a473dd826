// What programs find in libtorch without asking for it: standard headers, small names, and a stream that says true.
#include <torch/torch.h>

static std::queue<int> waiting;

int main() {
  const torch::nn::Linear linear(torch::nn::LinearOptions(2, 3).bias(false));
  std::cout << true << ' ' << linear << ' ' << true << '\n';
  std::cout << std::setprecision(3) << std::fixed << 0.25 << '\n' << std::defaultfloat;
  assert(waiting.empty());
  const std::list<int> some{1, 2};
  const std::complex<float> number(1, 2);
  std::cout << some.size() << number.imag() << std::bitset<4>(5) << '\n';

  const torch::Tensor x = torch::tensor(at::ArrayRef<int64_t>({1, 2, 3})).to(torch::kFloat);
  torch::print(std::cout, x, 80) << '\n';
  std::cout << torch::special::log_softmax(x, 0, c10::nullopt) << '\n';
  std::cout << (c10::CppTypeToScalarType<float>::value == torch::kFloat) << '\n';

  const torch::autograd::Variable leaf = torch::autograd::make_variable(x, true);
  {
    at::AutoDispatchBelowADInplaceOrView guard;
    std::cout << (leaf * 2).requires_grad() << '\n';
  }
  const torch::autograd::edge_list edges;
  std::cout << (leaf * 2).requires_grad() << edges.size() << torch::autograd::GradMode::is_enabled() << '\n';

  torch::nn::Functional elu(torch::elu, 1, 0, 1);
  torch::nn::Functional leaky_relu(torch::leaky_relu, 0.5);
  std::cout << elu(-x) << '\n' << leaky_relu(-x) << '\n';

  const torch::Tensor one = torch::ones({2}, torch::requires_grad());
  const torch::Tensor other = torch::ones({2}, torch::requires_grad());
  torch::autograd::backward({(one * other).sum()}, {torch::tensor(3.0F)}, true, false, {one});
  std::cout << one.grad() << ' ' << other.grad().defined() << '\n';
}
