#include "autograd/ops/sort.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Sort, "sort",
                      {"sort", [](const TensorList& x, const Json& a) { return list(sort(x[0], a[0], a[1])); }},
                      {"argsort", [](const TensorList& x, const Json& a) { return TensorList{argsort(x[0], a[0], a[1])}; },
                       Gradients::kNone},
                      {"topk", [](const TensorList& x, const Json& a) { return list(topk(x[0], a[0], a[1], a[2])); }});

}  // namespace xgrad::test
