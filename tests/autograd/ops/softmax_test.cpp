#include "autograd/ops/softmax.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Softmax, "softmax",
                      {"softmax", [](const TensorList& x, const Json& a) { return TensorList{softmax(x[0], a[0])}; }},
                      {"log_softmax",
                       [](const TensorList& x, const Json& a) { return TensorList{log_softmax(x[0], a[0])}; }});

}  // namespace xgrad::test
