#include "autograd/ops/comparison.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

TensorList truth(bool value) { return {tensor(value)}; }

}  // namespace

XGRAD_TEST_OPERATIONS(
    Comparison, "comparison", binary("eq", eq, Gradients::kNone), binary("ne", ne, Gradients::kNone),
    binary("lt", lt, Gradients::kNone), binary("le", le, Gradients::kNone), binary("gt", gt, Gradients::kNone),
    binary("ge", ge, Gradients::kNone), with_scalar("eq_scalar", eq, Gradients::kNone),
    with_scalar("ne_scalar", ne, Gradients::kNone), with_scalar("lt_scalar", lt, Gradients::kNone),
    with_scalar("le_scalar", le, Gradients::kNone), with_scalar("gt_scalar", gt, Gradients::kNone),
    with_scalar("ge_scalar", ge, Gradients::kNone), binary("logical_and", logical_and, Gradients::kNone),
    binary("logical_or", logical_or, Gradients::kNone), binary("logical_xor", logical_xor, Gradients::kNone),
    unary("logical_not", logical_not, Gradients::kNone), unary("isnan", isnan, Gradients::kNone),
    unary("isinf", isinf, Gradients::kNone), unary("isfinite", isfinite, Gradients::kNone),
    {"where", [](const TensorList& x, const Json&) { return TensorList{where(x[0], x[1], x[2])}; }},
    {"masked_fill", [](const TensorList& x, const Json& a) { return TensorList{masked_fill(x[0], x[1], scalar_at(a, 0))}; }},
    {"equal", [](const TensorList& x, const Json&) { return truth(equal(x[0], x[1])); }, Gradients::kNone},
    {"allclose", [](const TensorList& x, const Json& a) { return truth(allclose(x[0], x[1], a[0], a[1])); },
     Gradients::kNone},
    {"allclose_nan", [](const TensorList& x, const Json&) { return truth(allclose(x[0], x[1], 1e-5, 1e-8, true)); },
     Gradients::kNone});

}  // namespace xgrad::test
