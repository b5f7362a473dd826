// Indexing in all its forms.
#include <torch/torch.h>

#include <iostream>

using namespace torch::indexing;

int main() {
  std::cout << std::boolalpha;
  auto x = torch::arange(24).view({2, 3, 4});
  std::cout << x.index({0}) << "\n" << x.index({Slice(), 1}) << "\n";
  std::cout << x.index({"...", -1}) << "\n" << x.index({Slice(0, 1), None, Slice(1, None, 2)}).sizes() << "\n";
  std::cout << x.index({Slice(None), Slice(None, -1), Slice(None, None, 3)}) << "\n";
  std::cout << x.index({torch::tensor({0, 1}), torch::tensor({2, 0})}) << "\n";
  std::cout << x.index({x > 20}) << "\n";
  std::cout << x.index({true, 0}).sizes() << x.index({false}).sizes() << "\n";
  x.index_put_({Slice(), 0, Slice(None, 2)}, torch::tensor({-1, -2}));
  x.index_put_({x.eq(23)}, 100);
  x.index_put_({1, Ellipsis, 0}, x.index({1, Ellipsis, 3}));
  std::cout << x << "\n";
  x[0][1][2] = 77;
  x[1] += 1000;
  x.select(0, 0).select(0, 2).fill_(5);
  std::cout << x << "\n" << x[0][1][2].item<int64_t>() << " " << x.index({0, 1, 2}).item().toLong() << "\n";
  x.masked_fill_(x > 999, 0);
  std::cout << x.sum(torch::IntArrayRef{0, 2}) << "\n";

  auto grid = torch::zeros({3, 3});
  grid.index_put_({torch::arange(3), torch::arange(3)}, torch::tensor({1.0f, 2.0f, 3.0f}));
  grid.index_put_({torch::tensor({0, 0}), torch::tensor({0, 0})}, torch::tensor(5.0f), /*accumulate=*/true);
  std::cout << grid << "\n" << grid.nonzero() << "\n";
  std::cout << grid.index_select(1, torch::tensor({2, 0})) << "\n"
            << grid.gather(1, torch::tensor({{0}, {1}, {2}})).t() << "\n";
  std::cout << torch::zeros({2, 4}).scatter_(1, torch::tensor({{1}, {3}}), 1.0) << "\n";
  std::cout << torch::take(grid, torch::tensor({0, 4, 8})) << "\n" << grid.masked_select(grid > 1.5) << "\n";
  const auto where = torch::where(grid > 0, grid, -torch::ones_like(grid));
  std::cout << where << "\n" << torch::tril(where) << "\n";
  auto [top, at] = where.topk(2, 1);
  std::cout << top << at << "\n";
  auto rows = where.unbind(0);
  std::cout << rows.size() << " " << torch::stack({rows[0], rows[2]}, 1) << "\n";
  auto a = grid.accessor<float, 2>();
  float trace = 0;
  for (int64_t i = 0; i < a.size(0); ++i) trace += a[i][i];
  std::cout << trace << "\n";
  try {
    grid.index({0, 0, 0});
  } catch (const c10::IndexError& error) {
    std::cout << "too many indices\n";
  }
  try {
    grid[7];
  } catch (const c10::Error&) {
    std::cout << "out of range\n";
  }
  std::cout << Slice(1, 5, 2) << " " << TensorIndex(3) << " " << TensorIndex("...") << " " << TensorIndex(None) << "\n";
}
