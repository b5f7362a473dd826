#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::test {

namespace {

TEST(Sampling, counts_and_gammas_after_manual_seed_are_PyTorchs) {
  for (const Json& entry : load_golden("sampling")) {
    const auto name = entry["name"].get<std::string>();
    SCOPED_TRACE(name);
    TensorList inputs;
    for (const Json& input : entry["inputs"]) inputs.push_back(stored_tensor(input));
    manual_seed(entry["seed"].get<std::uint64_t>());
    const Tensor drawn = name == "poisson"          ? poisson(inputs[0])
                         : name == "binomial"       ? binomial(inputs[0], inputs[1])
                         : name == "standard_gamma" ? standard_gamma(inputs[0])
                                                    : sample_dirichlet(inputs[0]);
    EXPECT_TRUE(close(stored_tensor(entry["drawn"]), drawn, drawn.dtype() == kFloat32 ? 1e-5 : 1e-6));
  }
}

TEST(Sampling, counts_broadcast_and_keep_their_bounds) {
  manual_seed(1);
  const Tensor drawn = binomial(tensor({{3.0}, {100.0}}), tensor({0.0, 0.4, 1.0}));
  EXPECT_EQ(drawn.sizes(), IntArrayRef({2, 3}));
  EXPECT_TRUE(equal(drawn.select(1, 0), zeros({2})));
  EXPECT_TRUE(equal(drawn.select(1, 2), tensor({3.0, 100.0})));
  EXPECT_TRUE(equal(poisson(zeros({3})), zeros({3})));
  EXPECT_TRUE(equal(standard_gamma(zeros({3})), zeros({3})));
  EXPECT_EQ(poisson(zeros({0, 2})).sizes(), IntArrayRef({0, 2}));
  EXPECT_EQ(standard_gamma(zeros({0})).sizes(), IntArrayRef({0}));
  EXPECT_EQ(sample_dirichlet(zeros({0, 2})).sizes(), IntArrayRef({0, 2}));
  EXPECT_EQ(sample_dirichlet(ones({1})).item<float>(), 1 - std::numeric_limits<float>::epsilon() / 2);
  EXPECT_TRUE(allclose(sample_dirichlet(full({5, 4}, 0.3).t()).sum(-1), ones({4})));
}

TEST(Sampling, other_generators_are_left_alone) {
  manual_seed(1);
  const Tensor expected = rand({2});
  manual_seed(1);
  Generator own(7);
  poisson(ones({3}), own);
  binomial(ones({3}), full({3}, 0.5), own);
  standard_gamma(ones({3}), own);
  EXPECT_TRUE(equal(rand({2}), expected));
}

TEST(Sampling, rejects_bad_input) {
  EXPECT_THROW(poisson(tensor({1.0, -1.0})), ValueError);
  EXPECT_THROW(poisson(tensor({NAN})), ValueError);
  EXPECT_THROW(poisson(ones({2}, kInt64)), TypeError);
  EXPECT_THROW(binomial(tensor({2.0}), tensor({1.5})), ValueError);
  EXPECT_THROW(binomial(tensor({-2.0}), tensor({0.5})), ValueError);
  EXPECT_THROW(binomial(ones({2}), full({3}, 0.5)), ShapeError);
  EXPECT_THROW(standard_gamma(tensor({-1.0})), ValueError);
  EXPECT_THROW(standard_gamma(ones({2}, kInt64)), TypeError);
  EXPECT_THROW(sample_dirichlet(scalar_tensor(1.0)), ShapeError);
}

TEST(IncompleteGamma, is_differentiable_in_its_order) {
  const Tensor a = tensor({{0.3, 2.0, 0.9}, {7.5, 3.0, 11.0}}, kFloat64).requires_grad_();
  const Tensor x = tensor({0.5, 2.5, 9.0}, kFloat64).requires_grad_();
  for (Tensor (*function)(const Tensor&, const Tensor&) : {igamma, igammac}) {
    const std::function<Tensor(const TensorList&)> checked = [&](const TensorList& inputs) {
      return function(inputs[0], inputs[1]);
    };
    EXPECT_NO_THROW(autograd::gradcheck(checked, {a, x}));
  }
}

TEST(Triangular, systems_are_solved_and_differentiable) {
  manual_seed(2);
  const Tensor a = (randn({2, 3, 3}, kFloat64) + 3 * eye(3, kFloat64)).requires_grad_();
  const Tensor b = randn({3, 2}, kFloat64).requires_grad_();
  for (const bool upper : {false, true}) {
    for (const bool unit : {false, true}) {
      Tensor triangle = upper ? triu(a.detach()) : tril(a.detach());
      if (unit) triangle = triangle - diag_embed(diagonal(triangle, 0, -2, -1)) + eye(3, kFloat64);
      const Tensor x = linalg_solve_triangular(a, b, upper, true, unit);
      EXPECT_TRUE(allclose(matmul(triangle, x.detach()), b.detach().expand({2, 3, 2}), 1e-10));
      const Tensor left = linalg_solve_triangular(a, b.t(), upper, false, unit);
      EXPECT_TRUE(allclose(matmul(left.detach(), triangle), b.detach().t().expand({2, 2, 3}), 1e-10));
      const std::function<Tensor(const TensorList&)> solve = [&](const TensorList& inputs) {
        return linalg_solve_triangular(inputs[0], inputs[1], upper, true, unit);
      };
      EXPECT_NO_THROW(autograd::gradcheck(solve, {a, b}));
      EXPECT_NO_THROW(autograd::gradgradcheck(solve, {a, b}));
    }
  }
  EXPECT_EQ(linalg_solve_triangular(ones({0, 2, 2}), ones({2, 1}), true).sizes(), IntArrayRef({0, 2, 1}));
  EXPECT_EQ(linalg_solve_triangular(ones({0, 0}), ones({0, 3}), true).sizes(), IntArrayRef({0, 3}));
}

TEST(Triangular, factors_give_their_matrix_and_gradients) {
  manual_seed(3);
  const Tensor root = randn({2, 3, 3}, kFloat64).requires_grad_();
  const std::function<Tensor(const TensorList&)> factor = [](const TensorList& inputs) {
    return linalg_cholesky(matmul(inputs[0], inputs[0].transpose(-2, -1)) + 0.1 * eye(3, kFloat64));
  };
  const Tensor lower = factor({root}).detach();
  EXPECT_TRUE(equal(tril(lower), lower));
  const Tensor positive = matmul(lower, lower.transpose(-2, -1));
  EXPECT_TRUE(allclose(linalg_cholesky(positive, true), lower.transpose(-2, -1), 1e-10));
  EXPECT_TRUE(allclose(matmul(lower, lower.transpose(-2, -1)),
                       (matmul(root, root.transpose(-2, -1)) + 0.1 * eye(3, kFloat64)).detach(), 1e-10));
  EXPECT_NO_THROW(autograd::gradcheck(factor, {root}));
  EXPECT_NO_THROW(autograd::gradgradcheck(factor, {root}));
  EXPECT_EQ(linalg_cholesky(ones({0, 0})).sizes(), IntArrayRef({0, 0}));
}

TEST(Triangular, rejects_bad_input) {
  EXPECT_THROW(linalg_cholesky(tensor({{1.0, 2.0}, {2.0, 1.0}})), ValueError);
  EXPECT_THROW(linalg_cholesky(ones({2, 3})), ShapeError);
  EXPECT_THROW(linalg_cholesky(ones({2, 2}, kInt64)), TypeError);
  EXPECT_THROW(linalg_solve_triangular(ones({2, 2}), ones({3, 1}), true), ShapeError);
  EXPECT_THROW(linalg_solve_triangular(ones({2, 2}), ones({2}), true), ShapeError);
  EXPECT_THROW(linalg_solve_triangular(ones({2, 2}), ones({2, 1}, kFloat64), true), TypeError);
}

}  // namespace

}  // namespace xgrad::test
