#include "autograd/ops/scatter_reduce.h"
#include <cmath>

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(ScatterReduce, "scatter_reduce",
                      {"scatter_reduce",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{
                             scatter_reduce(x[0], a[0], x[1], x[2], a[1].get<std::string>(), a[2].get<bool>())};
                       }},
                      {"scatter_reduce_part",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{scatter_reduce(x[0].detach(), a[0], x[1], x[2].detach(), a[1].get<std::string>(),
                                                          a[2].get<bool>())};
                       },
                       Gradients::kNone},
                      {"product_with_zeros",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{
                             scatter_reduce(x[0], a[0], x[1], x[2], a[1].get<std::string>(), a[2].get<bool>())};
                       },
                       Gradients::kNone},
                      {"index_reduce", [](const TensorList& x, const Json& a) {
                         return TensorList{index_reduce(x[0], a[0], x[1], x[2], a[1].get<std::string>(), a[2].get<bool>())};
                       }});

TEST(ScatterReduce, what_the_index_leaves_out_has_no_gradient) {
  const Tensor source = ones({3, 5}, kFloat64).requires_grad_();
  const Tensor y = scatter_reduce(zeros({3, 4}, kFloat64), 1, tensor({{3, 3}, {0, 3}}), source, "sum");
  y.sum().backward();
  Tensor expected = zeros({3, 5}, kFloat64);
  expected.slice(0, 0, 2).slice(1, 0, 2).fill_(1);
  EXPECT_TRUE(equal(source.grad(), expected));
}

TEST(ScatterReduce, second_derivatives_of_products_with_zeros_are_refused) {
  const Tensor x = tensor({2.0, 3.0}, kFloat64).requires_grad_();
  const Tensor source = tensor({0.0, 1.0}, kFloat64).requires_grad_();
  const Tensor y = scatter_reduce(x, 0, tensor({0, 1}), source, "prod").sum();
  EXPECT_THROW(autograd::grad({y}, {x, source}, {}, true, true), GraphError);
}

TEST(ScatterReduce, nan_is_an_extremum) {
  const Tensor y = scatter_reduce(zeros({2}), 0, tensor({0, 0, 1}), tensor({NAN, 1.0, -1.0}), "amax");
  EXPECT_TRUE(std::isnan(y[0].item<float>()));
  EXPECT_EQ(y[1].item<float>(), 0);
}

TEST(ScatterReduce, rejects_bad_input) {
  const Tensor x = zeros({3, 4});
  EXPECT_THROW(scatter_reduce(x, 0, tensor({{0}}), ones({1, 1}), "median"), ValueError);
  EXPECT_THROW(scatter_reduce(x, 0, tensor({{3}}), ones({1, 1}), "amax"), IndexError);
  EXPECT_THROW(scatter_reduce(x, 0, tensor({{0, 1}}), ones({1, 1}), "amax"), ShapeError);
  EXPECT_THROW(scatter_reduce(x, 0, tensor({{0}}), ones({1, 1}, kFloat64), "amax"), TypeError);
  EXPECT_THROW(index_reduce(x, 0, tensor({0}), ones({1, 4}), "sum"), ValueError);
  EXPECT_THROW(index_reduce(x, 0, tensor({0}), ones({2, 4}), "prod"), ShapeError);
  EXPECT_THROW(index_reduce(x, 0, tensor({{0}}), ones({1, 4}), "prod"), ShapeError);
  EXPECT_THROW(index_reduce(x, 0, tensor({3}), ones({1, 4}), "prod"), IndexError);
}

}  // namespace xgrad::test
