#include "autograd/ops/special.h"

#include <cmath>

#include "autograd/ops/arithmetic.h"
#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Special, "special", unary("exp2", exp2), unary("erfc", erfc), unary("erfinv", erfinv), unary("sinc", sinc),
    unary("lgamma", lgamma), unary("digamma", digamma, Gradients::kNone),
    {"lgamma_values", [](const TensorList& x, const Json&) { return TensorList{lgamma(x[0].detach())}; }, Gradients::kNone},
    {"digamma_values", [](const TensorList& x, const Json&) { return TensorList{digamma(x[0].detach())}; },
     Gradients::kNone},
    unary("entr", special_entr),
    {"zeta", [](const TensorList& x, const Json&) { return TensorList{special_zeta(x[0].detach(), x[1].detach())}; },
     Gradients::kNone},
    {"zeta_values", [](const TensorList& x, const Json&) { return TensorList{special_zeta(x[0].detach(), x[1].detach())}; },
     Gradients::kNone},
    {"frexp", [](const TensorList& x, const Json&) { return list(frexp(x[0])); }, Gradients::kConstant},
    {"frexp_values", [](const TensorList& x, const Json&) { return list(frexp(x[0].detach())); }, Gradients::kNone},
    {"polygamma", [](const TensorList& x, const Json& a) { return TensorList{polygamma(a[0], x[0])}; }},
    {"logit", [](const TensorList& x, const Json& a) {
       return TensorList{logit(x[0], a[0].is_null() ? std::nullopt : std::optional<double>(a[0].get<double>()))};
     }});

TEST(Special, known_values) {
  EXPECT_NEAR(digamma(tensor(1.0, kFloat64)).item<double>(), -0.57721566490153286, 1e-15);
  EXPECT_NEAR(polygamma(1, tensor(1.0, kFloat64)).item<double>(), 1.6449340668482264, 1e-14);
  EXPECT_NEAR(erfinv(tensor(0.5, kFloat64)).item<double>(), 0.47693627620446987, 1e-15);
  EXPECT_EQ(erfinv(tensor({1.0, -1.0})).to_vector<double>(), (std::vector<double>{INFINITY, -INFINITY}));
  for (int power = -2; power >= -53; --power) {  // up to the last number below 1
    const double rest = std::ldexp(1, power);
    EXPECT_NEAR(std::erfc(erfinv(tensor(1 - rest, kFloat64)).item<double>()) / rest, 1, 1e-13) << power;
  }
  EXPECT_TRUE(std::isnan(erfinv(tensor(1.5)).item<double>()));
  EXPECT_TRUE(std::isnan(digamma(tensor(-2.0)).item<double>()));
}

TEST(Special, gradients_of_digamma_agree_with_finite_differences) {
  const Tensor x = tensor({0.3, 1.5, 7.0, -0.6}, kFloat64).requires_grad_();
  const std::function<Tensor(const TensorList&)> function = [](const TensorList& inputs) { return digamma(inputs[0]); };
  EXPECT_NO_THROW(autograd::gradcheck(function, {x}));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, {tensor({0.3, 1.5, 7.0}, kFloat64).requires_grad_()}));
}

TEST(Special, gradients_of_zeta_agree_with_finite_differences) {
  const Tensor s = tensor({2.0, 3.5, 1.2}, kFloat64);
  const Tensor q = tensor({0.3, 1.5, 7.0}, kFloat64).requires_grad_();
  const std::function<Tensor(const TensorList&)> function = [&](const TensorList& inputs) {
    return special_zeta(s, inputs[0]);
  };
  EXPECT_NO_THROW(autograd::gradcheck(function, {q}));
  EXPECT_NO_THROW(autograd::gradgradcheck(function, {q}));
  EXPECT_THROW(special_zeta(s.requires_grad_(), q).sum().backward(), GraphError);
}

TEST(Special, frexp_of_what_is_not_finite) {
  const auto [mantissa, exponent] = frexp(tensor({INFINITY, -INFINITY, NAN}));
  EXPECT_EQ(mantissa[1].item<float>(), -INFINITY);
  EXPECT_TRUE(std::isnan(mantissa[2].item<float>()));
  EXPECT_TRUE(equal(exponent, zeros({3}, kInt32)));
}

TEST(Special, names_of_the_namespace_are_the_same_functions) {
  const Tensor x = tensor({0.25, 0.5}, kFloat64);
  EXPECT_TRUE(equal(special::expit(x), sigmoid(x)));
  EXPECT_TRUE(equal(special::gammaln(x), lgamma(x)));
  EXPECT_TRUE(equal(special::logit(x), special_logit(x)));
  EXPECT_TRUE(allclose(special::xlog1py(x, 2), x * std::log(3.0)));
  EXPECT_TRUE(equal(special::softmax(x, 0), softmax(x, 0)));
}

TEST(Special, integers_give_the_default_dtype) {
  for (Tensor (*function)(const Tensor&) : {special_entr, exp2, lgamma}) {
    EXPECT_TRUE(equal(function(ones({2}, kInt64)), function(ones({2}))));
  }
  EXPECT_EQ(logit(ones({2}, kBool)).dtype(), kFloat32);
}

TEST(Special, rejects_bad_input) {
  EXPECT_THROW(frexp(ones({2}, kInt64)), TypeError);
  EXPECT_THROW(special_zeta(ones({2}, kInt64), ones({2}, kInt64)), TypeError);
  EXPECT_THROW(ones({2}, kInt64).exp2_(), TypeError);
  EXPECT_THROW(ones({2}, kBool).lgamma_(), TypeError);
  EXPECT_THROW(polygamma(-1, ones({2})), ValueError);
  EXPECT_THROW(ones({2}, kInt64).logit_(), TypeError);
}

TEST(Special, derivatives_of_digamma_below_zero) {
  const auto doubles = [](NestedNumbers numbers) { return tensor(std::move(numbers), kFloat64); };
  EXPECT_TRUE(allclose(polygamma(2, doubles({-0.5, -2.3, -100.25})),
                       doubles({-0.8287966442343199, 68.7137925292703, 124.025008206918}), 1e-10));
  EXPECT_TRUE(allclose(polygamma(3, doubles({-2.5, -0.1})), doubles({194.7478762191877, 60009.73901409384}), 1e-10));
  for (const int n : {1, 2, 3, 4}) {
    EXPECT_TRUE(autograd::gradcheck([n](const TensorList& x) { return polygamma(n, x[0]); },
                                    {doubles({-0.7, -3.4, 1.2}).requires_grad_()}, 1e-6, 1e-3));
    EXPECT_EQ(polygamma(n, doubles({INFINITY})).item<double>(), 0);
  }
  Tensor x = doubles({-0.7, -2.4, 0.6}).requires_grad_();
  EXPECT_TRUE(autograd::gradgradcheck([](const TensorList& inputs) { return digamma(inputs[0]); }, {x}));
}

}  // namespace xgrad::test
