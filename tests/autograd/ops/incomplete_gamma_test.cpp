#include "autograd/ops/incomplete_gamma.h"
#include <cmath>

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(IncompleteGamma, "incomplete_gamma",
                      {"igamma", [](const TensorList& x, const Json&) { return TensorList{igamma(x[0].detach(), x[1])}; }},
                      {"igamma_values",
                       [](const TensorList& x, const Json&) { return TensorList{igamma(x[0].detach(), x[1].detach())}; },
                       Gradients::kNone},
                      {"igammac", [](const TensorList& x, const Json&) { return TensorList{igammac(x[0].detach(), x[1])}; }},
                      {"igammac_values",
                       [](const TensorList& x, const Json&) { return TensorList{igammac(x[0].detach(), x[1].detach())}; },
                       Gradients::kNone},
                      {"mvlgamma", [](const TensorList& x, const Json& a) { return TensorList{mvlgamma(x[0], a[0])}; }});

TEST(IncompleteGamma, parts_add_up_to_one_at_any_size) {
  for (const double a : {1e-8, 0.3, 1.0, 7.0, 19.9, 20.1, 300.0, 0.9e6, 1.1e6, 1e9}) {
    for (const double ratio : {0.2, 0.9, 0.99999, 1.0, 1.00001, 1.1, 3.0}) {
      const Tensor order = full({}, a, kFloat64);
      const Tensor x = full({}, a * ratio, kFloat64);
      EXPECT_NEAR(igamma(order, x).item<double>() + igammac(order, x).item<double>(), 1, 1e-12) << a << ' ' << ratio;
    }
  }
}

TEST(IncompleteGamma, small_parts_are_exact) {
  // Q(1, x) = e^-x; P(a, x) is near x^a / Gamma(a + 1) for a small x; Q(a, x) is near a E1(x) for a small a.
  EXPECT_NEAR(igammac(tensor(1.0, kFloat64), tensor(40.0, kFloat64)).item<double>() / std::exp(-40.0), 1, 1e-13);
  // e^-20 times the sum of 20^k / k! up to k = 20, where PyTorch 1.13 is right to nine digits only.
  EXPECT_NEAR(igammac(tensor(21.0, kFloat64), tensor(20.0, kFloat64)).item<double>(), 0.5590925842313252, 1e-14);
  EXPECT_NEAR(igamma(tensor(3.0, kFloat64), tensor(1e-5, kFloat64)).item<double>() / (1e-15 / 6), 1, 1e-4);
  EXPECT_NEAR(igammac(tensor(1e-10, kFloat64), tensor(0.5, kFloat64)).item<double>() / 1e-10, 0.5597735947761607, 1e-9);
}

TEST(IncompleteGamma, the_expansion_for_large_orders_meets_the_series) {
  const Tensor below = full({}, 1e6 - 1, kFloat64);
  const Tensor above = full({}, 1e6 + 1, kFloat64);
  for (const double offset : {-3000.0, -100.0, 0.0, 100.0, 3000.0}) {
    const double low = igamma(below, below + offset).item<double>();
    const double high = igamma(above, above + offset).item<double>();
    EXPECT_NEAR(low, high, 4e-5 * std::abs(low)) << offset;
  }
}

TEST(IncompleteGamma, rejects_bad_input) {
  EXPECT_THROW(igamma(ones({2}, kInt64), ones({2}, kInt64)), TypeError);
  EXPECT_THROW(igamma(ones({2}), ones({3})), ShapeError);
  EXPECT_THROW(mvlgamma(ones({2}), 0), ValueError);
  EXPECT_THROW(mvlgamma(ones({2}), 4), ValueError);
  EXPECT_THROW(mvlgamma(ones({2}, kInt64), 1), TypeError);
  const Tensor a = ones({2}).requires_grad_();
  const Tensor gradient = autograd::grad({igamma(a, ones({2})).sum()}, {a}, {}, true, true)[0];
  EXPECT_THROW(gradient.sum().backward(), GraphError);
}

}  // namespace xgrad::test
