// How the results of functions of elements lie in memory.
#include <torch/torch.h>

#include <iostream>

namespace {

void print(const char* name, const torch::Tensor& y) {
  std::cout << name << ": " << y.sizes() << " strides " << y.strides() << (y.is_contiguous() ? " contiguous" : "") << "\n";
}

}  // namespace

int main() {
  const torch::Tensor x = torch::arange(24, torch::kFloat).view({2, 3, 4});
  const torch::Tensor turned = x.permute({2, 0, 1});
  const torch::Tensor matrix = torch::arange(12, torch::kFloat).view({3, 4});
  const torch::Tensor other = torch::arange(12, torch::kFloat).view({4, 3});
  const torch::Tensor row = torch::arange(3, torch::kFloat);
  const torch::Tensor column = torch::arange(4, torch::kFloat).view({4, 1});

  print("neg of contiguous", -x);
  print("neg of transposed", -matrix.t());
  print("relu of permuted", torch::relu(turned));
  print("exp of every other column", torch::exp(x.slice(2, 0, 4, 2)));
  print("sigmoid of every other row, transposed", torch::sigmoid(matrix.slice(1, 0, 4, 2).t()));
  print("tanh of expanded", torch::tanh(row.expand({4, 3})));
  print("transposed + number", matrix.t() + 1);
  print("number - transposed", 1 - matrix.t());
  print("transposed + contiguous", matrix.t() + other);
  print("contiguous + transposed", other + matrix.t());
  print("transposed * row", matrix.t() * row);
  print("row * transposed", row * matrix.t());
  print("column / transposed", column / matrix.t());
  print("column + row", column + row);
  print("permuted + transposed row", turned + column.view({4, 1, 1}));
  print("pow of transposed", torch::pow(matrix.t(), 2));
  print("transposed < number", matrix.t() < 3);
  print("transposed == contiguous", matrix.t() == other);
  print("isnan of permuted", torch::isnan(turned));
  print("logical_not of transposed", torch::logical_not(matrix.t()));
  print("where of transposed condition", torch::where(matrix.t() > 3, other, row));
  print("addcmul of transposed", torch::addcmul(matrix.t(), matrix.t(), other));
  print("lerp of transposed", torch::lerp(matrix.t(), other, 0.5));
  print("transposed to double", matrix.t().to(torch::kDouble));
  print("maximum of transposed", torch::maximum(matrix.t(), other));
  print("clamp of transposed", torch::clamp(matrix.t(), 1, 3));
  print("of sizes of one", -matrix.view({3, 1, 4}).transpose(0, 1));
  print("of no elements", -matrix.slice(0, 0, 0).t());
  print("contiguous of transposed", matrix.t().contiguous());

  print("zeros_like of transposed", torch::zeros_like(matrix.t()));
  print("ones_like of expanded", torch::ones_like(row.expand({4, 3})));
  print("empty_like of permuted", torch::empty_like(turned, torch::kInt));
  print("full_like of every other row, transposed", torch::full_like(matrix.slice(1, 0, 4, 2).t(), 2));
  print("zeros_like in row-major order", torch::zeros_like(matrix.t(), {}, torch::MemoryFormat::Contiguous));
  torch::manual_seed(1);
  print("rand_like of transposed", torch::rand_like(matrix.t()));
  std::cout << torch::rand_like(matrix.t()) << "\n" << torch::randn_like(matrix.t()) << "\n";
  std::cout << torch::randint_like(matrix.t(), 10) << "\n" << torch::dropout(matrix.t(), 0.5, true) << "\n";
  std::cout << torch::alpha_dropout(matrix.t(), 0.5, true) << "\n";

  const torch::Tensor leaf = torch::ones({3, 4}, torch::requires_grad());
  leaf.t().mul(matrix.t()).exp().sum().backward();
  std::cout << "gradient\n" << leaf.grad().log() << "\n";
}
