/// Special functions at the ends of their ranges. Numbers from mpmath.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/autograd.h"

namespace xgrad {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

using Numbers = std::vector<double>;

TEST(SpecialCorners, digamma_and_its_derivatives_keep_tiny_negative_numbers) {
  EXPECT_NEAR(digamma(tensor(Numbers{-1e-17}, kFloat64)).item<double>() / 1e17, 1, 1e-12);
  EXPECT_NEAR(digamma(tensor(Numbers{-1e-28}, kFloat64)).item<double>() / 1e28, 1, 1e-12);
  EXPECT_NEAR(digamma(tensor(Numbers{-1e-20}, kFloat32)).item<double>() / 1e20, 1, 1e-6);
  EXPECT_NEAR(digamma(tensor(Numbers{-0.5}, kFloat64)).item<double>(), 0.0364899739785765, 1e-14);
  EXPECT_NEAR(digamma(tensor(Numbers{-2.25}, kFloat64)).item<double>(), 4.158583564657970, 1e-12);
  EXPECT_NEAR(polygamma(1, tensor(Numbers{-1e-28}, kFloat64)).item<double>() / 1e56, 1, 1e-12);
  EXPECT_NEAR(polygamma(2, tensor(Numbers{-1e-28}, kFloat64)).item<double>() / 2e84, 1, 1e-12);
  EXPECT_NEAR(polygamma(3, tensor(Numbers{-0.25}, kFloat64)).item<double>(), 1555.763312534850, 1e-9);
}

TEST(SpecialCorners, erfcx_far_below_zero_is_infinite) {
  for (const Dtype dtype : {kFloat32, kFloat64}) {
    const Tensor y = special_erfcx(tensor(Numbers{-inf, -1e20, -3.16e8, -27}, dtype));
    EXPECT_TRUE(isposinf(y).all().item<bool>());
  }
  EXPECT_NEAR(special_erfcx(tensor(Numbers{-26}, kFloat64)).item<double>() / 7.65772493149057e293, 1, 1e-12);
}

TEST(SpecialCorners, logit_outside_of_its_range_has_no_slope) {
  const Tensor x = tensor(Numbers{-2.5, 0.5, 3}, kFloat64).requires_grad_();
  const auto slope = autograd::grad({logit(x).sum()}, {x})[0].to_vector<double>();
  EXPECT_TRUE(std::isnan(slope[0]));
  EXPECT_EQ(slope[1], 4);
  EXPECT_TRUE(std::isnan(slope[2]));
}

TEST(SpecialCorners, lgamma_has_its_roots) {
  for (const Dtype dtype : {kFloat32, kFloat64}) {
    EXPECT_TRUE(equal(lgamma(tensor(Numbers{1, 2, 1, 2, 1}, dtype)), zeros({5}, dtype)));
  }
}

}  // namespace
}  // namespace xgrad
