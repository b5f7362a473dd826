#include "autograd/ops/pointwise.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

std::optional<Scalar> bound(const Json& arguments, std::size_t i) {
  if (arguments.at(i).is_null()) return std::nullopt;
  return scalar_at(arguments, i);
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Pointwise, "pointwise", unary("exp", exp), unary("expm1", expm1), unary("log", log), unary("log1p", log1p),
    unary("log2", log2), unary("log10", log10), unary("sqrt", sqrt), unary("rsqrt", rsqrt), unary("square", square),
    unary("reciprocal", reciprocal), unary("abs", abs), unary("sign", sign, Gradients::kConstant),
    unary("floor", floor, Gradients::kConstant), unary("ceil", ceil, Gradients::kConstant),
    unary("round", round, Gradients::kConstant), unary("trunc", trunc, Gradients::kConstant), unary("frac", frac),
    unary("erf", erf), unary("tanh", tanh), unary("sigmoid", sigmoid), unary("logsigmoid", logsigmoid), unary("relu", relu),
    unary("gelu", gelu), unary("silu", silu),
    {"leaky_relu", [](const TensorList& x, const Json& a) { return TensorList{leaky_relu(x[0], a[0])}; }},
    {"elu", [](const TensorList& x, const Json& a) { return TensorList{elu(x[0], a[0])}; }},
    {"softplus", [](const TensorList& x, const Json& a) { return TensorList{softplus(x[0], a[0], a[1])}; }},
    {"hardtanh", [](const TensorList& x, const Json& a) { return TensorList{hardtanh(x[0], a[0], a[1])}; }},
    {"clamp", [](const TensorList& x, const Json& a) { return TensorList{clamp(x[0], bound(a, 0), bound(a, 1))}; }});

}  // namespace xgrad::test
