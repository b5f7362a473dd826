#include "autograd/ops/special.h"

#include "autograd/ops/arithmetic.h"
#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Operation unary(const char* name, Tensor (*function)(const Tensor&)) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0])}; }};
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Special, "special", unary("exp2", exp2), unary("erfc", erfc), unary("erfinv", erfinv), unary("sinc", sinc),
    unary("lgamma", lgamma),
    {"digamma", [](const TensorList& x, const Json&) { return TensorList{digamma(x[0])}; }, Gradients::kNone},
    {"lgamma_values", [](const TensorList& x, const Json&) { return TensorList{lgamma(x[0].detach())}; }, Gradients::kNone},
    {"digamma_values", [](const TensorList& x, const Json&) { return TensorList{digamma(x[0].detach())}; },
     Gradients::kNone},
    {"polygamma", [](const TensorList& x, const Json& a) { return TensorList{polygamma(a[0], x[0])}; }},
    {"logit", [](const TensorList& x, const Json& a) {
       return TensorList{logit(x[0], a[0].is_null() ? std::nullopt : std::optional<double>(a[0].get<double>()))};
     }});

TEST(Special, known_values) {
  EXPECT_NEAR(digamma(tensor(1.0, kFloat64)).item<double>(), -0.57721566490153286, 1e-15);
  EXPECT_NEAR(polygamma(1, tensor(1.0, kFloat64)).item<double>(), 1.6449340668482264, 1e-14);
  EXPECT_NEAR(erfinv(tensor(0.5, kFloat64)).item<double>(), 0.47693627620446987, 1e-15);
  EXPECT_EQ(erfinv(tensor({1.0, -1.0})).to_vector<double>(), (std::vector<double>{INFINITY, -INFINITY}));
  EXPECT_TRUE(std::isnan(erfinv(tensor(1.5)).item<double>()));
  EXPECT_TRUE(std::isnan(digamma(tensor(-2.0)).item<double>()));
}

TEST(Special, gradients_of_digamma_agree_with_finite_differences) {
  const Tensor x = tensor({0.3, 1.5, 7.0, -0.6}, kFloat64).requires_grad_();
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& inputs) { return digamma(inputs[0]); };
  EXPECT_NO_THROW(autograd::gradcheck(function, {x}));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, {tensor({0.3, 1.5, 7.0}, kFloat64).requires_grad_()}));
}

TEST(Special, rejects_bad_input) {
  EXPECT_THROW(ones({2}, kInt64).exp2_(), TypeError);
  EXPECT_THROW(ones({2}, kBool).lgamma_(), TypeError);
  EXPECT_THROW(polygamma(-1, ones({2})), ValueError);
  EXPECT_THROW(ones({2}, kInt64).logit_(), TypeError);
}

}  // namespace xgrad::test
