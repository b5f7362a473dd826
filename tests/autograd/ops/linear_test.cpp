#include "autograd/ops/linear.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

Operation product(const char* name, Tensor (*function)(const Tensor&, const Tensor&)) {
  return {name, [=](const TensorList& x, const Json&) { return TensorList{function(x[0], x[1])}; }};
}

}  // namespace

XGRAD_TEST_OPERATIONS(Linear, "linear", product("matmul", matmul), product("mm", mm), product("mv", mv), product("bmm", bmm),
                      product("dot", dot), product("outer", outer),
                      {"addmm",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{addmm(x[0], x[1], x[2], scalar_at(a, 0), scalar_at(a, 1))};
                       }},
                      {"linear", [](const TensorList& x, const Json&) {
                         return TensorList{linear(x[0], x[1], x.size() == 3 ? x[2] : Tensor())};
                       }});

}  // namespace xgrad::test
