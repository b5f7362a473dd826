#include "autograd/ops/bessel.h"
#include <cmath>

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Bessel, "bessel", unary("i0", i0),
    {"i0_values", [](const TensorList& x, const Json&) { return TensorList{i0(x[0].detach())}; }, Gradients::kNone},
    unary("i0e", special_i0e),
    {"i0e_values", [](const TensorList& x, const Json&) { return TensorList{special_i0e(x[0].detach())}; },
     Gradients::kNone},
    unary("i1", special_i1),
    {"i1_values", [](const TensorList& x, const Json&) { return TensorList{special_i1(x[0].detach())}; }, Gradients::kNone},
    unary("i1e", special_i1e),
    {"i1e_values", [](const TensorList& x, const Json&) { return TensorList{special_i1e(x[0].detach())}; },
     Gradients::kNone},
    {"bessel_j0_values", [](const TensorList& x, const Json&) { return TensorList{special_bessel_j0(x[0].detach())}; },
     Gradients::kNone},
    {"bessel_j1_values", [](const TensorList& x, const Json&) { return TensorList{special_bessel_j1(x[0].detach())}; },
     Gradients::kNone},
    {"bessel_y0_values", [](const TensorList& x, const Json&) { return TensorList{special_bessel_y0(x[0].detach())}; },
     Gradients::kNone},
    {"bessel_y1_values", [](const TensorList& x, const Json&) { return TensorList{special_bessel_y1(x[0].detach())}; },
     Gradients::kNone});

TEST(Bessel, gradients_of_j_and_y_agree_with_finite_differences) {
  for (Tensor (*function)(const Tensor&) : {special_bessel_j0, special_bessel_j1, special_bessel_y0, special_bessel_y1}) {
    const Tensor x = tensor({0.7, 2.5, 11.0}, kFloat64).requires_grad_();
    const std::function<Tensor(const TensorList&)> call = [=](const TensorList& inputs) { return function(inputs[0]); };
    EXPECT_NO_THROW(autograd::gradcheck(call, {x}));
    EXPECT_NO_THROW(autograd::gradgradcheck(call, {x}));
  }
}

TEST(Bessel, derivatives_near_zero_are_exact) {
  const Tensor x = tensor({0.0, 1e-8, -1e-8}, kFloat64).requires_grad_();
  const Tensor first = autograd::grad({special_i1(x).sum()}, {x}, {}, true, true)[0];
  EXPECT_TRUE(allclose(first, full({3}, 0.5, kFloat64)));
  const Tensor second = autograd::grad({first.sum()}, {x}, {}, true, true)[0];
  EXPECT_TRUE(allclose(second, x * 0.375, 1e-10, 0));
}

TEST(Bessel, neither_overflows_early_nor_late) {
  EXPECT_NEAR(std::log(i0(tensor(712.0, kFloat64)).item<double>()), 712 - 0.5 * std::log(2 * M_PI * 712) + 1.0 / (8 * 712),
              1e-6);
  EXPECT_TRUE(std::isinf(i0(tensor(800.0, kFloat64)).item<double>()));
  EXPECT_EQ(special_i1(tensor(-INFINITY, kFloat64)).item<double>(), -INFINITY);
}

TEST(Bessel, integers_give_the_default_dtype) {
  EXPECT_EQ(i0(ones({2}, kInt64)).dtype(), kFloat32);
  EXPECT_TRUE(equal(special_bessel_y1(ones({2}, kBool)), special_bessel_y1(ones({2}))));
}

}  // namespace xgrad::test
