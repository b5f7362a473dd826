#include "autograd/ops/special.h"

#include "autograd/ops/arithmetic.h"
#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Operation unary(const char* name, Tensor (*function)(const Tensor&)) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0])}; }};
}

}  // namespace

XGRAD_TEST_OPERATIONS(Special, "special", unary("exp2", exp2), unary("erfc", erfc), unary("erfinv", erfinv),
                      unary("sinc", sinc), unary("lgamma", lgamma), unary("digamma", digamma),
                      {"polygamma", [](const TensorList& x, const Json& a) { return TensorList{polygamma(a[0], x[0])}; }},
                      {"logit", [](const TensorList& x, const Json& a) {
                         return TensorList{
                             logit(x[0], a[0].is_null() ? std::nullopt : std::optional<double>(a[0].get<double>()))};
                       }});

TEST(Special, known_values) {
  EXPECT_NEAR(digamma(tensor(1.0, kFloat64)).item<double>(), -0.57721566490153286, 1e-15);
  EXPECT_NEAR(polygamma(1, tensor(1.0, kFloat64)).item<double>(), 1.6449340668482264, 1e-14);
  EXPECT_NEAR(erfinv(tensor(0.5, kFloat64)).item<double>(), 0.47693627620446987, 1e-15);
  EXPECT_EQ(erfinv(tensor({1.0, -1.0})).to_vector<double>(), (std::vector<double>{INFINITY, -INFINITY}));
  EXPECT_TRUE(std::isnan(erfinv(tensor(1.5)).item<double>()));
  EXPECT_TRUE(std::isnan(digamma(tensor(-2.0)).item<double>()));
}

TEST(Special, rejects_bad_input) {
  EXPECT_THROW(exp2(ones({2}, kInt64)), TypeError);
  EXPECT_THROW(lgamma(ones({2}, kBool)), TypeError);
  EXPECT_THROW(polygamma(-1, ones({2})), ValueError);
  EXPECT_THROW(logit(ones({2}, kInt64)), TypeError);
}

}  // namespace xgrad::test
