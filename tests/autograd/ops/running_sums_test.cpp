// Long sums of float32 keep their digits: in every operation that adds up.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "autograd/autograd.h"

namespace xgrad {
namespace {

constexpr std::int64_t n = 4'000'000;
constexpr double total = n * static_cast<double>(0.1F);

Tensor tenths() { return full({n}, 0.1); }
Tensor nowhere_else() { return zeros({n}, kInt64); }

void expect_close(const Tensor& sums, const Tensor& exact) {
  EXPECT_TRUE(allclose(sums.to(kFloat64), exact, 1e-7, 0)) << (sums.to(kFloat64) / exact - 1).abs().max();
}

/// The gradient of the only element of a vector, whose copies are each weighted with a tenth.
double gradient_of(const std::function<Tensor(const Tensor&)>& copies) {
  const Tensor x = zeros({1}).requires_grad_();
  (copies(x).reshape({-1}) * tenths()).sum().backward();
  return x.grad().item<double>();
}

TEST(RunningSums, of_elements_that_an_index_sends_to_one_place) {
  const Tensor zero = zeros({1});
  const Tensor index = nowhere_else();
  EXPECT_NEAR(zero.index_add(0, index, tenths()).item<double>() / total, 1, 1e-7);
  EXPECT_NEAR(zero.scatter_add(0, index, tenths()).item<double>() / total, 1, 1e-7);
  EXPECT_NEAR(zero.scatter(0, index, tenths(), "add").item<double>() / total, 1, 1e-7);
  EXPECT_NEAR(zero.put(index, tenths(), true).item<double>() / total, 1, 1e-7);
  EXPECT_NEAR(index_put(zero, {index}, tenths(), true).item<double>() / total, 1, 1e-7);
  EXPECT_NEAR(zero.scatter_reduce(0, index, tenths(), "sum").item<double>() / total, 1, 1e-7);
  EXPECT_NEAR(zero.scatter_reduce(0, index, tenths(), "mean", false).item<double>(), 0.1, 1e-8);
  EXPECT_NEAR(zero.index_reduce(0, index, tenths(), "mean", false).item<double>(), 0.1, 1e-8);
  EXPECT_NEAR(zero.clone().index_add_(0, index, tenths()).item<double>() / total, 1, 1e-7);
  const double growth = 1 + 0x1p-20;
  EXPECT_NEAR(ones({1}).scatter_reduce(0, index, full({n}, growth), "prod").item<double>() / std::pow(growth, n), 1, 1e-6);
  const Tensor pairs = zeros({1, 2}).index_add(0, zeros({n / 2}, kInt64), tenths().view({n / 2, 2}));
  EXPECT_NEAR(pairs[0][1].item<double>() / (total / 2), 1, 1e-7);
}

TEST(RunningSums, of_gradients_of_what_was_taken_often) {
  const Tensor index = nowhere_else();
  EXPECT_NEAR(gradient_of([&](const Tensor& x) { return gather(x, 0, index); }) / total, 1, 1e-7);
  EXPECT_NEAR(gradient_of([&](const Tensor& x) { return index_select(x, 0, index); }) / total, 1, 1e-7);
  EXPECT_NEAR(gradient_of([&](const Tensor& x) { return take(x, index); }) / total, 1, 1e-7);
  EXPECT_NEAR(gradient_of([&](const Tensor& x) { return x.index({index}); }) / total, 1, 1e-7);
  EXPECT_NEAR(gradient_of([&](const Tensor& x) { return repeat_interleave(x, n); }) / total, 1, 1e-7);
  EXPECT_NEAR(gradient_of([&](const Tensor& x) { return as_strided(x, {n}, {0}); }) / total, 1, 1e-7);
  EXPECT_NEAR(gradient_of([&](const Tensor& x) { return embedding(x.view({1, 1}), index); }) / total, 1, 1e-7);
}

TEST(RunningSums, of_products_and_columns) {
  const double tenth = static_cast<double>(0.1F);
  EXPECT_NEAR(mm(tenths().view({1, n}), ones({n, 1})).item<double>() / total, 1, 4e-6);
  EXPECT_NEAR(mv(tenths().view({2, n / 2}), ones({n / 2}))[1].item<double>() / (total / 2), 1, 4e-6);
  EXPECT_NEAR(mm(tenths().view({2, n / 2}), ones({n / 2, 3}))[1][2].item<double>() / (total / 2), 1, 4e-6);
  EXPECT_NEAR(addmm(ones({1, 1}), tenths().view({n, 1}).t(), ones({1, n}).t()).item<double>() / (1 + total), 1, 4e-6);
  EXPECT_NEAR(tenths().view({n / 2, 2}).mean(0)[1].item<double>() / tenth, 1, 2e-7);
  // The gradient of a long softmax is a difference of a sum.
  const Tensor x = zeros({1, n}).requires_grad_();
  softmax(x, 1).mul(tenths()).sum().backward();
  EXPECT_NEAR(x.grad()[0][0].item<double>() * n, 0, 1e-6);
}

/// Rows that are named often, seldom and never, against the same in float64.
TEST(RunningSums, of_many_rows_are_as_close_to_exact_as_float_allows) {
  manual_seed(3);
  const Tensor index = randint(0, 50, {5000});
  const auto compare = [&](const Tensor& out, const Tensor& source, std::int64_t dim) {
    expect_close(out.index_add(dim, index, source), out.to(kFloat64).index_add(dim, index, source.to(kFloat64)));
  };
  compare(rand({60, 300}), rand({5000, 300}), 0);
  compare(rand({3, 60}), rand({3, 5000}), 1);
  compare(rand({3, 60, 2}), rand({3, 5000, 2}), 1);
  compare(rand({60}), rand({5000}), 0);
  compare(rand({20000}), rand({5000}), 0);
  const Tensor rows = randint(0, 50, {5000, 3});
  const Tensor source = rand({5000, 3});
  expect_close(zeros({60, 3}).scatter_add(0, rows, source),
               zeros({60, 3}, kFloat64).scatter_add(0, rows, source.to(kFloat64)));
  // The row of the padding index gets nothing.
  const Tensor weight = zeros({60, 3}).requires_grad_();
  (embedding(weight, index, 7) * source).sum().backward();
  Tensor expected = zeros({60, 3}, kFloat64).index_add(0, index, source.to(kFloat64));
  expected[7] = 0;
  expect_close(weight.grad(), expected);
}

}  // namespace
}  // namespace xgrad
