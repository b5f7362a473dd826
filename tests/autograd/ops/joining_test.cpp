#include "autograd/ops/joining.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Joining, "joining", unary("atleast_1d", atleast_1d), unary("atleast_2d", atleast_2d),
                      unary("atleast_3d", atleast_3d),
                      {"hstack", [](const TensorList& x, const Json&) { return TensorList{hstack(x)}; }},
                      {"vstack", [](const TensorList& x, const Json&) { return TensorList{vstack(x)}; }},
                      {"dstack", [](const TensorList& x, const Json&) { return TensorList{dstack(x)}; }},
                      {"column_stack", [](const TensorList& x, const Json&) { return TensorList{column_stack(x)}; }},
                      {"block_diag", [](const TensorList& x, const Json&) { return TensorList{block_diag(x)}; }},
                      {"broadcast_tensors", [](const TensorList& x, const Json&) { return broadcast_tensors(x); }});

TEST(Joining, rejects_bad_input) {
  EXPECT_THROW(hstack({}), ValueError);
  EXPECT_THROW(vstack({}), ValueError);
  EXPECT_THROW(dstack({}), ValueError);
  EXPECT_THROW(column_stack({}), ValueError);
  EXPECT_THROW(block_diag({}), ValueError);
  EXPECT_THROW(hstack({zeros({2, 3}), zeros({3, 3})}), ShapeError);
  EXPECT_THROW(vstack({zeros({2, 3}), zeros({2, 2})}), ShapeError);
  EXPECT_THROW(block_diag({zeros({2, 2, 2})}), ShapeError);
  EXPECT_THROW(broadcast_tensors({zeros({2}), zeros({3})}), ShapeError);
}

}  // namespace xgrad::test
