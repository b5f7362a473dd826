#include "autograd/backward/functional.h"

#include "tests/support/golden.h"

namespace xgrad::test {

namespace functional = autograd::functional;

namespace {

Tensor values(IntArrayRef sizes) { return seeded_uniform(sizes, 3, -1, 1, kFloat64); }

}  // namespace

TEST(Functional, jacobian_of_a_linear_map_is_its_matrix) {
  const Tensor matrix = values({3, 4});
  const Tensor x = values({4});
  EXPECT_TRUE(close(matrix, functional::jacobian([&](const Tensor& v) { return mv(matrix, v); }, x)));
  EXPECT_FALSE(x.requires_grad());
  const Tensor cube = functional::jacobian([](const Tensor& v) { return v * v * v; }, values({2, 2}));
  EXPECT_EQ(cube.sizes(), IntArrayRef({2, 2, 2, 2}));
  EXPECT_FALSE(cube.requires_grad());
}

TEST(Functional, jacobian_of_several_inputs_and_outputs_has_zeros_where_nothing_depends) {
  const Tensor a = values({2});
  const Tensor b = values({3});
  const auto blocks = functional::jacobian(
      [](const TensorList& x) {
        return TensorList{x[0] * 2, x[1].sum(), ones({2}, kFloat64)};
      },
      {a, b});
  ASSERT_EQ(blocks.size(), 3u);
  EXPECT_TRUE(close(eye(2, kFloat64) * 2, blocks[0][0]));
  EXPECT_TRUE(close(zeros({2, 3}, kFloat64), blocks[0][1]));
  EXPECT_TRUE(close(ones({3}, kFloat64), blocks[1][1]));
  EXPECT_TRUE(close(zeros({2, 2}, kFloat64), blocks[2][0]));
}

TEST(Functional, jacobian_of_nothing_has_no_rows) {
  EXPECT_EQ(functional::jacobian([](const Tensor& v) { return v * 2; }, values({0})).sizes(), IntArrayRef({0, 0}));
}

TEST(Functional, hessian_of_a_quadratic_form_is_its_symmetric_part) {
  const Tensor matrix = values({3, 3});
  const Tensor x = values({3});
  EXPECT_TRUE(close(matrix + matrix.t(), functional::hessian([&](const Tensor& v) { return dot(v, mv(matrix, v)); }, x)));
  const auto blocks = functional::hessian([](const TensorList& v) { return (v[0] * v[0] * v[1]).sum(); }, {x, values({3})});
  EXPECT_TRUE(close((x * 2).unsqueeze(1) * eye(3, kFloat64), blocks[0][1]));
  EXPECT_TRUE(close(zeros({3, 3}, kFloat64), blocks[1][1]));
  EXPECT_THROW(functional::hessian([](const Tensor& v) { return v * 2; }, x), ShapeError);
}

TEST(Functional, products_agree_with_the_jacobian) {
  const Tensor x = values({4});
  const auto function = [](const Tensor& v) { return (v * v).tanh().slice(0, 0, 3) * v.slice(0, 1, 4); };
  const Tensor jacobian = functional::jacobian(function, x);
  const Tensor rows = values({3});
  const Tensor columns = values({4});
  const auto [y, backwards] = functional::vjp(function, x, rows);
  EXPECT_TRUE(close(function(x), y));
  EXPECT_TRUE(close(mv(jacobian.t(), rows), backwards));
  EXPECT_TRUE(close(mv(jacobian, columns), functional::jvp(function, x, columns).second));
  EXPECT_THROW(functional::vjp(function, x, columns), ShapeError);
  EXPECT_THROW(functional::vjp(function, x), ShapeError);
  EXPECT_THROW(functional::jvp(function, x, rows), ShapeError);
  EXPECT_THROW(functional::jacobian(function, ones({4}, kInt64)), TypeError);
}

TEST(Functional, results_can_be_differentiated_with_create_graph) {
  const Tensor x = values({3}).requires_grad_();
  functional::jacobian([](const Tensor& v) { return v * v * v; }, x, true).sum().backward();
  EXPECT_TRUE(close(x.detach() * 6, x.grad()));
}

}  // namespace xgrad::test
