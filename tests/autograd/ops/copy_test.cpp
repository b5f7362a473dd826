#include "autograd/ops/copy.h"

#include <map>

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Copy, "copy",
                      {"to",
                       [](const TensorList& x, const Json& a) {
                         const std::map<std::string, Dtype> dtypes = {
                             {"bool", kBool}, {"int64", kInt64}, {"float32", kFloat32}, {"float64", kFloat64}};
                         return TensorList{to(x[0], dtypes.at(a[0]))};
                       },
                       Gradients::kNone},  // float32 on one side or the other: too coarse for finite differences
                      {"clone", [](const TensorList& x, const Json&) { return TensorList{clone(x[0])}; }},
                      {"contiguous", [](const TensorList& x, const Json&) { return TensorList{contiguous(x[0])}; }});

}  // namespace xgrad::test
