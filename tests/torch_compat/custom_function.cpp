// An operation of the program's own, with a hand-written gradient, and the everyday interface of tensors.
#include <torch/torch.h>

#include <iostream>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using namespace torch::indexing;

/// min(max(x, 0), limit) ^ 2 * weight
class ClippedSquare : public torch::autograd::Function<ClippedSquare> {
 public:
  static torch::Tensor forward(AutogradContext* context, torch::Tensor x, torch::Tensor weight, double limit) {
    context->save_for_backward({x, weight});
    context->saved_data["limit"] = limit;
    return x.clamp(0, limit).pow(2) * weight;
  }

  static variable_list backward(AutogradContext* context, variable_list grad_outputs) {
    const auto saved = context->get_saved_variables();
    const auto limit = context->saved_data["limit"].toDouble();
    const auto& x = saved[0];
    const auto inside = x.gt(0).logical_and(x.lt(limit)).to(x.dtype());
    torch::Tensor grad_weight;
    if (context->needs_input_grad(1)) grad_weight = (grad_outputs[0] * x.clamp(0, limit).pow(2)).sum();
    return {grad_outputs[0] * 2 * x * inside * saved[1], grad_weight, torch::Tensor()};
  }
};

int main() {
  const auto options = torch::TensorOptions().dtype(torch::kFloat64).requires_grad(true);
  auto x = torch::tensor({-1.0, 0.5, 1.5, 3.0}, options);
  auto weight = torch::tensor(2.0, options);
  auto y = ClippedSquare::apply(x, weight, 2.0);
  std::cout << y << "\n";
  y.sum().backward();
  std::cout << x.grad() << "\n" << weight.grad() << "\n";

  auto z = torch::tensor({0.25, 1.0}, options);
  const auto first = torch::autograd::grad({ClippedSquare::apply(z, weight, 2.0).sum()}, {z}, {}, torch::nullopt, true)[0];
  const auto second = torch::autograd::grad({first.sum()}, {z})[0];
  std::cout << first << "\n" << second << "\n";

  auto table = torch::arange(24, torch::kFloat32).reshape({2, 3, 4});
  std::cout << table.index({1, Slice(None, None, 2), "..."}) << "\n";
  std::cout << table.index({Ellipsis, torch::tensor({0, 3})}) << "\n";
  table.index_put_({0, Slice(), Slice(1, 3)}, -1);
  std::cout << table[0] << "\n"
            << table.sum(torch::IntArrayRef({0, 2})) << "\n"
            << table.mean(-1, /*keepdim=*/true).sizes() << "\n";
  const auto [values, indices] = table.max(2);
  std::cout << values << "\n" << indices << "\n";
  std::cout << torch::cat({table[0], table[1]}, 1).sizes() << " " << torch::stack({table, table}).dim() << "\n";
  std::cout << std::boolalpha << torch::allclose(table, table + 1e-9) << " " << table.is_same(table) << " "
            << (table.sizes() == torch::IntArrayRef({2, 3, 4})) << " " << (table.scalar_type() == torch::kFloat) << "\n";
  float numbers[] = {1, 2, 3, 4, 5, 6};
  std::cout << torch::from_blob(numbers, {2, 3}).t().matmul(torch::eye(2)) << "\n";
  std::cout << torch::full({2, 2}, 7, torch::kInt).to(torch::kDouble) / 2 << "\n";
  std::cout << torch::linspace(0, 1, 5) << "\n" << torch::where(x > 1, x, torch::zeros_like(x)).detach() << "\n";
  try {
    torch::ones({2, 3}).matmul(torch::ones({2, 3}));
  } catch (const c10::Error&) {
    std::cout << "shapes that do not fit are refused\n";
  }
}
