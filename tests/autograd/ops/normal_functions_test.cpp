#include "autograd/ops/normal_functions.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    NormalFunctions, "normal_functions", unary("erfcx", special_erfcx),
    {"erfcx_values", [](const TensorList& x, const Json&) { return TensorList{special_erfcx(x[0].detach())}; },
     Gradients::kNone},
    unary("ndtr", special_ndtr),
    {"ndtr_values", [](const TensorList& x, const Json&) { return TensorList{special_ndtr(x[0].detach())}; },
     Gradients::kNone},
    unary("log_ndtr", special_log_ndtr),
    {"log_ndtr_values", [](const TensorList& x, const Json&) { return TensorList{special_log_ndtr(x[0].detach())}; },
     Gradients::kNone},
    unary("ndtri", special_ndtri),
    {"ndtri_values", [](const TensorList& x, const Json&) { return TensorList{special_ndtri(x[0].detach())}; },
     Gradients::kNone});

TEST(NormalFunctions, tails_are_exact) {
  const auto at = [](Tensor (*function)(const Tensor&), double x) { return function(tensor(x, kFloat64)).item<double>(); };
  EXPECT_NEAR(at(special_log_ndtr, -1e8) / -5e15, 1, 1e-14);
  EXPECT_NEAR(at(special_ndtri, 1e-300) / -37.0471, 1, 1e-5);
  EXPECT_NEAR(at(special_erfcx, 1e8) * 1e8, 0.5641895835477563, 1e-14);
  for (const double p : {1e-200, 1e-10, 0.01, 0.24, 0.26, 0.5, 0.75})
    EXPECT_NEAR(at(special_ndtr, at(special_ndtri, p)) / p, 1, 1e-11);
}

TEST(NormalFunctions, gradients_in_the_tails_are_finite_and_exact) {
  const Tensor x = tensor({-1e4, -40.0, 40.0}, kFloat64).requires_grad_();
  const Tensor slope = autograd::grad({special_log_ndtr(x).sum()}, {x}, {}, true, true)[0];
  EXPECT_NEAR(slope[0].item<double>(), 1e4 + 1e-4, 1e-7);
  EXPECT_EQ(slope[2].item<double>(), 0);
  const Tensor curvature = autograd::grad({slope.sum()}, {x})[0];
  EXPECT_NEAR(curvature[0].item<double>(), -1, 1e-6);
  EXPECT_EQ(curvature[2].item<double>(), 0);
  const Tensor far = tensor(1e8, kFloat64).requires_grad_();
  EXPECT_NEAR(autograd::grad({special_erfcx(far)}, {far})[0].item<double>() * 1e16, -0.5641895835477563, 1e-12);
}

TEST(NormalFunctions, integers_give_the_default_dtype) {
  EXPECT_EQ(special_ndtr(ones({2}, kInt64)).dtype(), kFloat32);
  EXPECT_TRUE(equal(special_erfcx(ones({2}, kBool)), special_erfcx(ones({2}))));
}

}  // namespace xgrad::test
