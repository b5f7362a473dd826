#include "autograd/ops/quantile.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Quantile, "quantile",
                      {"quantile",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{
                             quantile(x[0], x[1], optional_at(a, 0), a[1].get<bool>(), a[2].get<std::string>())};
                       },
                       Gradients::kNone},
                      {"quantile_other",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{quantile(x[0], x[1].detach(), 0, false, a[0].get<std::string>())};
                       },
                       Gradients::kNone},
                      {"quantile_values",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{quantile(x[0].detach(), x[1].detach(), optional_at(a, 0))};
                       },
                       Gradients::kNone},
                      {"nanquantile",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{
                             nanquantile(x[0], x[1], optional_at(a, 0), a[1].get<bool>(), a[2].get<std::string>())};
                       },
                       Gradients::kNone},
                      {"nanquantile_other",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{nanquantile(x[0], x[1].detach(), 0, false, a[0].get<std::string>())};
                       },
                       Gradients::kNone},
                      {"nanquantile_values",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{nanquantile(x[0].detach(), x[1].detach(), optional_at(a, 0))};
                       },
                       Gradients::kNone});

TEST(Quantile, gradients_agree_with_finite_differences) {
  const Tensor x = rand({5, 3}, kFloat64).requires_grad_();
  const Tensor q = tensor({0.3, 0.55, 0.9}, kFloat64).requires_grad_();
  for (const char* interpolation : {"linear", "lower", "higher", "nearest", "midpoint"}) {
    const std::function<Tensor(const TensorList&)> function = [&](const TensorList& inputs) {
      return quantile(inputs[0], inputs[1], 0, false, interpolation) +
             nanquantile(inputs[0], inputs[1], 0, false, interpolation);
    };
    EXPECT_NO_THROW(autograd::gradcheck(function, {x, q})) << interpolation;
  }
  const std::function<Tensor(const TensorList&)> linear = [](const TensorList& inputs) {
    return quantile(inputs[0], inputs[1], 0);
  };
  EXPECT_NO_THROW(autograd::gradgradcheck(linear, {x, q}));
}

TEST(Quantile, takes_a_number) {
  const Tensor x = tensor({3.0, 1.0, 2.0}, kFloat64);
  EXPECT_EQ(quantile(x, 0.25).item<double>(), 1.5);
  EXPECT_EQ(nanquantile(tensor({3.0, NAN, 2.0}, kFloat64), 0.5).item<double>(), 2.5);
  EXPECT_EQ(quantile(x, 0.5, 0, true).sizes(), (IntArrayRef{1}));
}

TEST(Quantile, infinities_are_elements_like_others) {
  const Tensor x = tensor({-INFINITY, 1.0, INFINITY}, kFloat64);
  EXPECT_TRUE(equal(quantile(x, tensor({0.0, 0.25, 0.5, 0.75, 1.0}, kFloat64)),
                    tensor({-INFINITY, -INFINITY, 1.0, INFINITY, INFINITY}, kFloat64)));
}

TEST(Quantile, rejects_bad_input) {
  const Tensor x = ones({3});
  EXPECT_THROW(quantile(x, 1.5), ValueError);
  EXPECT_THROW(quantile(x, tensor({0.5, NAN})), ValueError);
  EXPECT_THROW(quantile(x, ones({1, 1})), ShapeError);
  EXPECT_THROW(quantile(ones({0}), 0.5), ShapeError);
  EXPECT_THROW(quantile(ones({3}, kInt64), ones({1}, kInt64)), TypeError);
  EXPECT_THROW(quantile(x, ones({1}, kFloat64)), TypeError);
  EXPECT_THROW(quantile(x, 0.5, 1), IndexError);
  EXPECT_THROW(nanquantile(x, 0.5, 0, false, "cubic"), ValueError);
}

}  // namespace xgrad::test
