// Random numbers from generators of the program's own: each worker and each epoch has one.
#include <ATen/CPUGeneratorImpl.h>
#include <torch/torch.h>

#include <iostream>
#include <mutex>
#include <vector>

// Indices of a data set, shuffled anew for each epoch and split among workers.
std::vector<torch::Tensor> split_epoch(int64_t examples, int64_t workers, uint64_t seed) {
  auto generator = at::detail::createCPUGenerator(seed);
  return torch::randperm(examples, generator, torch::kLong).chunk(workers);
}

struct NoisyLinear : torch::nn::Module {
  NoisyLinear(int64_t in, int64_t out, torch::Generator generator) : generator_(std::move(generator)) {
    weight = register_parameter("weight", torch::empty({out, in}).uniform_(-0.5, 0.5, generator_));
    bias = register_parameter("bias", torch::empty({out}).exponential_(2.0, generator_).neg_());
  }
  torch::Tensor forward(const torch::Tensor& x) {
    auto y = torch::addmm(bias, x, weight.t());
    if (!is_training()) return y;
    auto kept = torch::empty_like(y).bernoulli_(0.75, generator_);
    return y * kept / 0.75 + 0.01 * torch::randn(y.sizes(), generator_);
  }
  torch::Tensor weight, bias;

 private:
  torch::Generator generator_;
};

int main() {
  torch::manual_seed(0);
  for (uint64_t epoch = 0; epoch < 2; ++epoch) {
    for (const auto& part : split_epoch(10, 3, 100 + epoch))
      std::cout << part.sizes() << ' ' << part.sum().item<int64_t>() << "; ";
    std::cout << '\n';
  }

  auto generator = torch::make_generator<at::CPUGeneratorImpl>(42);
  std::cout << generator.current_seed() << '\n' << torch::rand({4}, generator) << '\n';
  {
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(42);
  }
  std::cout << torch::rand({4}, generator, torch::kDouble) << '\n';
  std::cout << torch::randint(10, {6}, generator, torch::kLong) << '\n';
  std::cout << torch::randint(-5, 5, {6}, generator, torch::kInt) << '\n';
  auto drawn = torch::empty({6}, torch::kLong);
  std::cout << drawn.random_(generator).ge(0).all().item<bool>() << ' ' << drawn.random_(100, generator) << '\n'
            << drawn.random_(-3, 4, generator) << '\n';
  std::cout << torch::empty({3}, torch::kByte).random_(250, c10::optional<int64_t>(), generator).ge(250) << '\n';
  auto real = torch::empty({3}, torch::kDouble);
  std::cout << real.cauchy_(0, 1, generator) << '\n'
            << real.geometric_(0.25, generator) << '\n'
            << real.log_normal_(0, 0.5, generator) << '\n'
            << real.exponential_(1.0, generator) << '\n';
  auto weights = torch::tensor({0.1, 0.2, 0.3, 0.4});
  std::cout << torch::multinomial(weights, 8, /*replacement=*/true, generator) << '\n'
            << weights.multinomial(3, false, generator) << '\n'
            << torch::bernoulli(weights, generator) << '\n'
            << weights.bernoulli(generator) << '\n'
            << at::normal(weights, weights, generator) << '\n'
            << torch::normal(0.0, 1.0, {2}, generator) << '\n';

  // Whoever draws from the default one meanwhile changes nothing.
  NoisyLinear first(3, 2, at::detail::createCPUGenerator(7));
  auto x = torch::ones({2, 3});
  const auto expected = first.forward(x);
  NoisyLinear second(3, 2, at::detail::createCPUGenerator(7));
  torch::rand({1000});
  std::cout << expected << '\n' << torch::equal(second.forward(x), expected) << '\n';
  first.eval();
  std::cout << first.forward(x) << '\n';
  const auto defaults = at::detail::getDefaultCPUGenerator();
  std::cout << (defaults.current_seed() == 0) << (generator == generator) << '\n';
}
