#include "autograd/ops/combinatorics.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Combinatorics, "combinatorics",
    {"tril_indices", [](const TensorList&, const Json& a) { return TensorList{tril_indices(a[0], a[1], a[2])}; },
     Gradients::kNone},
    {"triu_indices", [](const TensorList&, const Json& a) { return TensorList{triu_indices(a[0], a[1], a[2])}; },
     Gradients::kNone},
    {"combinations",
     [](const TensorList& x, const Json& a) { return TensorList{combinations(x[0], a[0], a[1].get<bool>())}; },
     Gradients::kConstant},
    {"cartesian_prod", [](const TensorList& x, const Json&) { return TensorList{cartesian_prod(x)}; }, Gradients::kConstant},
    {"vander",
     [](const TensorList& x, const Json& a) {
       return TensorList{vander(x[0].detach(), optional_at(a, 0), a[1].get<bool>())};
     },
     Gradients::kNone});

TEST(Combinatorics, gradients_of_vander_agree_with_finite_differences) {
  const Tensor x = tensor({0.5, -1.5, 0.0, 2.0}, kFloat64).requires_grad_();
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& inputs) { return vander(inputs[0], 4); };
  EXPECT_NO_THROW(autograd::gradcheck(function, {x}));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, {tensor({0.5, -1.5, 2.0}, kFloat64).requires_grad_()}));
}

TEST(Combinatorics, indices_have_the_dtype_of_the_options) {
  EXPECT_EQ(tril_indices(2, 2, 0, kInt32).dtype(), kInt32);
  EXPECT_EQ(triu_indices(2, 2).dtype(), kInt64);
}

TEST(Combinatorics, rejects_bad_input) {
  EXPECT_THROW(tril_indices(-1, 2), ShapeError);
  EXPECT_THROW(triu_indices(2, -1), ShapeError);
  EXPECT_THROW(combinations(zeros({2, 2})), ShapeError);
  EXPECT_THROW(combinations(zeros({2}), -1), ValueError);
  EXPECT_THROW(cartesian_prod({}), ValueError);
  EXPECT_THROW(cartesian_prod({zeros({2, 2})}), ShapeError);
  EXPECT_THROW(vander(zeros({2, 2})), ShapeError);
  EXPECT_THROW(vander(zeros({2}), -1), ValueError);
}

}  // namespace xgrad::test
