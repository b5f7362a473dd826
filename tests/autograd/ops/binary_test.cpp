#include "autograd/ops/binary.h"

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/reduce.h"
#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

/// The same outside the graph, at special values.
Operation values_of_two(const char* name, Tensor (*function)(const Tensor&, const Tensor&)) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0].detach(), x[1].detach())}; },
          Gradients::kNone};
}

}  // namespace

XGRAD_TEST_OPERATIONS(Binary, "binary", binary("copysign", copysign), binary("hypot", hypot), binary("logaddexp", logaddexp),
                      binary("logaddexp2", logaddexp2), binary("xlogy", xlogy), binary("xlog1py", special_xlog1py),
                      binary("float_power", float_power), binary("ldexp", ldexp), binary("fmax", fmax, Gradients::kConstant),
                      binary("fmin", fmin, Gradients::kConstant), binary("heaviside", heaviside, Gradients::kNone),
                      binary("nextafter", nextafter, Gradients::kNone), values_of_two("copysign_values", copysign),
                      values_of_two("fmax_values", fmax), values_of_two("fmin_values", fmin),
                      values_of_two("heaviside_values", heaviside), values_of_two("xlogy_values", xlogy),
                      values_of_two("logaddexp_values", logaddexp), values_of_two("logaddexp2_values", logaddexp2));

TEST(Binary, results_may_change_in_place_before_backward) {
  for (const auto function : {atan2, copysign, hypot, logaddexp, logaddexp2}) {
    const Tensor a = tensor({1.0, 2.0}, kFloat64).requires_grad_();
    const Tensor b = tensor({0.5, -3.0}, kFloat64).requires_grad_();
    Tensor changed = function(a, b);
    changed.mul_(3);
    const TensorList expected = autograd::grad({sum(function(a, b) * 3)}, {a, b});
    const TensorList gradients = autograd::grad({sum(changed)}, {a, b});
    EXPECT_TRUE(equal(gradients[0], expected[0]));
    EXPECT_TRUE(equal(gradients[1], expected[1]));
  }
}

TEST(Binary, rejects_bad_input) {
  EXPECT_THROW(hypot(ones({2}), ones({3})), ShapeError);
  EXPECT_THROW(heaviside(ones({2}), ones({2}, kInt64)), TypeError);
  EXPECT_THROW(nextafter(ones({2}, kInt64), ones({2}, kInt64)), TypeError);
}

TEST(Binary, the_gradient_of_copysign_is_the_sign_that_changes) {
  const Tensor x = tensor({2.0, -2.0, 0.0, INFINITY, -INFINITY}, kFloat64).requires_grad_();
  const Tensor sign = tensor({-1.0, -0.0, 1.0, 3.0, 3.0}, kFloat64);
  copysign(x, sign).sum().backward();
  EXPECT_TRUE(equal(x.grad(), tensor({-1.0, 1.0, 0.0, 1.0, -1.0}, kFloat64)));
}

TEST(Binary, logaddexp_of_equals_has_second_derivatives) {
  for (const bool two : {false, true}) {
    const auto function = [two](const TensorList& x) { return two ? logaddexp2(x[0], x[1]) : logaddexp(x[0], x[1]); };
    Tensor a = tensor({1.0, -2.0}, kFloat64).requires_grad_();
    Tensor b = tensor({1.0, -2.0}, kFloat64).requires_grad_();
    EXPECT_TRUE(autograd::gradgradcheck(function, {a, b}));
  }
  const double infinity = std::numeric_limits<double>::infinity();
  Tensor a = tensor({infinity, -infinity}, kFloat64).requires_grad_();
  logaddexp(a, tensor({infinity, -infinity}, kFloat64)).sum().backward();
  EXPECT_TRUE(equal(a.grad(), tensor({0.5, 0.0}, kFloat64)));
}

}  // namespace xgrad::test
