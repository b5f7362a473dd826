// Hooks, retained gradients, gradients of gradients, detached and frozen parts.
#include <torch/torch.h>

#include <iostream>

using torch::autograd::Variable;
using torch::autograd::variable_list;

// Backward reverses the gradient, as in domain-adversarial training.
struct GradientReversal : public torch::autograd::Function<GradientReversal> {
  static variable_list forward(torch::autograd::AutogradContext* ctx, Variable x, double lambda) {
    ctx->saved_data["lambda"] = lambda;
    ctx->saved_data["sizes"] = x.sizes();
    return {x.view_as(x), x.sum()};
  }
  static variable_list backward(torch::autograd::AutogradContext* ctx, variable_list grads) {
    const auto sizes = ctx->saved_data["sizes"].toIntVector();
    return {-ctx->saved_data["lambda"].toDouble() * grads[0] + grads[1].expand(sizes), Variable()};
  }
};

int main() {
  auto x = torch::tensor({1.0, 2.0, 3.0}, torch::requires_grad());
  auto y = x * x;
  y.retain_grad();
  int calls = 0;
  auto handle = y.register_hook([&](torch::Tensor grad) {
    ++calls;
    return grad * 2;
  });
  x.register_hook([&](torch::Tensor grad) { ++calls; });
  auto z = (y * torch::tensor({1.0, 10.0, 100.0})).sum();
  z.backward(torch::Tensor(), /*retain_graph=*/true);
  std::cout << x.grad() << "\n" << y.grad() << "\n" << calls << "\n";
  y.remove_hook(handle);
  x.mutable_grad().zero_();
  z.backward();
  std::cout << x.grad() << "\n";

  auto w = torch::tensor(0.5, torch::dtype(torch::kDouble).requires_grad(true));
  auto s = torch::sin(w) * w;
  auto first = torch::autograd::grad({s}, {w}, /*grad_outputs=*/{}, /*retain_graph=*/true, /*create_graph=*/true)[0];
  auto second = torch::autograd::grad({first}, {w}, {}, true, true)[0];
  auto third = torch::autograd::grad({second}, {w})[0];
  std::cout << first.item<double>() << " " << second.item<double>() << " " << third.item<double>() << "\n";

  // A penalty on the gradient, as in WGAN-GP.
  torch::manual_seed(6);
  torch::nn::Sequential critic(torch::nn::Linear(2, 8),
                               torch::nn::LeakyReLU(torch::nn::LeakyReLUOptions().negative_slope(0.2)),
                               torch::nn::Linear(8, 1));
  auto real = torch::randn({4, 2}), fake = torch::randn({4, 2});
  auto alpha = torch::rand({4, 1});
  auto mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(true);
  auto scores = critic->forward(mixed);
  auto gradients = torch::autograd::grad({scores}, {mixed}, {torch::ones_like(scores)}, true, true)[0];
  auto penalty = (gradients.norm(2, 1) - 1).pow(2).mean() * 10;
  penalty.backward();
  std::cout << penalty.item<float>() << "\n" << critic->parameters()[0].grad() << "\n";

  auto v = torch::ones({2, 2}, torch::requires_grad());
  auto outputs = GradientReversal::apply(v * 3, 0.5);
  (outputs[0].sum() * 4 + outputs[1]).backward();
  std::cout << v.grad() << "\n";

  auto frozen = torch::nn::Linear(2, 2);
  for (auto& parameter : frozen->parameters()) parameter.set_requires_grad(false);
  std::cout << frozen->forward(real).requires_grad() << " " << v.requires_grad() << " " << (v * 2).detach().requires_grad()
            << "\n";
  {
    torch::NoGradGuard guard;
    std::cout << (v * 2).requires_grad() << torch::GradMode::is_enabled() << "\n";
    torch::AutoGradMode enable(true);
    std::cout << (v * 2).requires_grad() << "\n";
  }
  std::cout << v.is_leaf() << (v * 2).is_leaf() << " " << (v.grad_fn() == nullptr) << ((v * 2).grad_fn() != nullptr) << " "
            << (v * v).grad_fn()->next_edges().size() << " " << (v * v).grad_fn()->next_edges()[0].is_valid() << "\n";
  auto p = torch::ones({3}, torch::requires_grad()), q = torch::ones({3}, torch::requires_grad());
  torch::autograd::backward({(p * 2).sum(), (p * q).sum()}, {});
  std::cout << p.grad() << "\n" << q.grad() << "\n";
  try {
    torch::ones({2}, torch::requires_grad()).add_(1);
  } catch (const std::exception&) {
    std::cout << "a leaf that requires a gradient is not changed in place\n";
  }
}
