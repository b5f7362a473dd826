#include "autograd/ops/comparison.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Operation unary(const char* name, Tensor (*function)(const Tensor&)) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0])}; }, Gradients::kNone};
}

Operation binary(const char* name, Tensor (*function)(const Tensor&, const Tensor&)) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0], x[1])}; }, Gradients::kNone};
}

Operation with_scalar(const char* name, Tensor (*function)(const Tensor&, Scalar)) {
  return {name, [=](const TensorList& x, const Json& a) { return TensorList{function(x[0], scalar_at(a, 0))}; },
          Gradients::kNone};
}

TensorList truth(bool value) { return {tensor(value)}; }

}  // namespace

XGRAD_TEST_OPERATIONS(
    Comparison, "comparison", binary("eq", eq), binary("ne", ne), binary("lt", lt), binary("le", le), binary("gt", gt),
    binary("ge", ge), with_scalar("eq_scalar", eq), with_scalar("ne_scalar", ne), with_scalar("lt_scalar", lt),
    with_scalar("le_scalar", le), with_scalar("gt_scalar", gt), with_scalar("ge_scalar", ge),
    binary("logical_and", logical_and), binary("logical_or", logical_or), binary("logical_xor", logical_xor),
    unary("logical_not", logical_not), unary("isnan", isnan), unary("isinf", isinf), unary("isfinite", isfinite),
    {"where", [](const TensorList& x, const Json&) { return TensorList{where(x[0], x[1], x[2])}; }},
    {"masked_fill", [](const TensorList& x, const Json& a) { return TensorList{masked_fill(x[0], x[1], scalar_at(a, 0))}; }},
    {"equal", [](const TensorList& x, const Json&) { return truth(equal(x[0], x[1])); }, Gradients::kNone},
    {"allclose", [](const TensorList& x, const Json& a) { return truth(allclose(x[0], x[1], a[0], a[1])); },
     Gradients::kNone},
    {"allclose_nan", [](const TensorList& x, const Json&) { return truth(allclose(x[0], x[1], 1e-5, 1e-8, true)); },
     Gradients::kNone});

}  // namespace xgrad::test
