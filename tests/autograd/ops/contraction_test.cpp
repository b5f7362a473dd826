#include "autograd/ops/contraction.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(Contraction, "contraction",
                      {"tensordot",
                       [](const TensorList& x, const Json& a) {
                         return TensorList{tensordot(x[0], x[1], dims_at(a, 0), dims_at(a, 1))};
                       }},
                      {"chain_matmul", [](const TensorList& x, const Json&) { return TensorList{chain_matmul(x)}; }});

TEST(Contraction, rejects_bad_input) {
  EXPECT_THROW(tensordot(zeros({2, 3}), zeros({3, 4}), {1}, {}), ShapeError);
  EXPECT_THROW(tensordot(zeros({2, 3}), zeros({3, 4}), {0}, {0}), ShapeError);
  EXPECT_THROW(tensordot(zeros({2, 3}), zeros({3, 4}), {2}, {0}), IndexError);
  EXPECT_THROW(tensordot(zeros({3, 3}), zeros({3, 3}), {0, 0}, {0, 1}), ShapeError);
  EXPECT_THROW(tensordot(zeros({2, 3}), zeros({3, 4}, kFloat64), {1}, {0}), TypeError);
  EXPECT_THROW(chain_matmul({}), ValueError);
  EXPECT_THROW(chain_matmul({zeros({2})}), ShapeError);
  EXPECT_THROW(chain_matmul({zeros({2, 3}), zeros({2, 3})}), ShapeError);
}

}  // namespace xgrad::test
