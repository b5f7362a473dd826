#include "autograd/ops/arithmetic.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Arithmetic, "arithmetic", binary("add", [](const Tensor& a, const Tensor& b) { return a + b; }),
    binary("sub", [](const Tensor& a, const Tensor& b) { return a - b; }), binary("mul", mul), binary("div", div),
    binary("floor_divide", floor_divide, Gradients::kNone), binary("remainder", remainder), binary("fmod", fmod),
    binary("pow", pow), binary("maximum", maximum), binary("minimum", minimum),
    {"add_alpha", [](const TensorList& x, const Json& a) { return TensorList{add(x[0], x[1], scalar_at(a, 0))}; }},
    {"sub_alpha", [](const TensorList& x, const Json& a) { return TensorList{sub(x[0], x[1], scalar_at(a, 0))}; }},
    with_scalar("add_scalar", [](const Tensor& a, Scalar b) { return a + b; }),
    with_scalar("sub_scalar", [](const Tensor& a, Scalar b) { return a - b; }), with_scalar("rsub", rsub),
    with_scalar("mul_scalar", mul), with_scalar("div_scalar", div), with_scalar("rdiv", rdiv),
    with_scalar("floor_divide_scalar", floor_divide, Gradients::kNone), with_scalar("remainder_scalar", remainder),
    with_scalar("fmod_scalar", fmod), with_scalar("pow_scalar", pow),
    with_scalar("scalar_pow", [](const Tensor& b, Scalar a) { return pow(a, b); }),
    {"pow_zero", [](const TensorList& x, const Json&) { return TensorList{pow(x[0], 0.0)}; }, Gradients::kConstant},
    unary("neg", neg),
    {"addcmul", [](const TensorList& x, const Json& a) { return TensorList{addcmul(x[0], x[1], x[2], scalar_at(a, 0))}; }},
    {"addcdiv", [](const TensorList& x, const Json& a) { return TensorList{addcdiv(x[0], x[1], x[2], scalar_at(a, 0))}; }},
    {"lerp", [](const TensorList& x, const Json& a) { return TensorList{lerp(x[0], x[1], scalar_at(a, 0))}; }});

TEST(Arithmetic, only_what_a_gradient_uses_must_stay_as_it_was) {
  const Tensor x = rand({3}).requires_grad_();
  const Tensor factor = rand({3});
  const auto changed = [&](const Tensor& operand, const Tensor& y) {
    {
      const NoGradGuard guard;
      operand.add_(1);
    }
    return y;
  };
  // Of the product, x's gradient is the factor alone; of the sum nothing, and of the quotient the divisor.
  changed(x, x * factor).sum().backward();
  changed(x, x / factor).sum().backward();
  changed(factor, x + factor).sum().backward();
  EXPECT_THROW(changed(factor, x * factor).sum().backward(), GraphError);
  EXPECT_THROW(changed(factor, x / factor).sum().backward(), GraphError);
}

}  // namespace xgrad::test
