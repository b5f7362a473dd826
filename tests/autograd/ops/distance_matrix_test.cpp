#include "autograd/ops/distance_matrix.h"
#include <cmath>

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(DistanceMatrix, "distance_matrix",
                      {"cdist", [](const TensorList& x, const Json& a) {
                         return TensorList{cdist(x[0], x[1], scalar_at(a, 0).to<double>())};
                       }});

TEST(DistanceMatrix, the_gradient_is_the_same_whether_it_is_differentiated_or_not) {
  for (const double p : {0.5, 1.0, 1.5, 2.0, 3.0}) {
    const Tensor a = rand({7, 5}, kFloat64).requires_grad_();
    const Tensor b = rand({6, 5}, kFloat64).requires_grad_();
    const Tensor weights = rand({7, 6}, kFloat64);
    const TensorList fused = autograd::grad({cdist(a, b, p)}, {a, b}, {weights});
    const TensorList composed = autograd::grad({cdist(a, b, p)}, {a, b}, {weights}, true, true);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(allclose(fused[i], composed[i])) << p;
  }
}

TEST(DistanceMatrix, close_rows_keep_their_digits) {
  const Tensor a = tensor({{1e6, 1e6}}, kFloat64);
  EXPECT_NEAR(cdist(a, a + 1e-6).item<double>(), std::sqrt(2.0) * 1e-6, 1e-9);
  EXPECT_EQ(cdist(a, a).item<double>(), 0);
}

TEST(DistanceMatrix, rejects_bad_input) {
  EXPECT_THROW(cdist(zeros({2}), zeros({2, 2})), ShapeError);
  EXPECT_THROW(cdist(zeros({2, 3}), zeros({2, 2})), ShapeError);
  EXPECT_THROW(cdist(zeros({2, 2, 3}), zeros({3, 2, 3})), ShapeError);
  EXPECT_THROW(cdist(zeros({2, 3}), zeros({2, 3}, kFloat64)), TypeError);
  EXPECT_THROW(cdist(zeros({2, 3}, kInt64), zeros({2, 3}, kInt64)), TypeError);
  EXPECT_THROW(cdist(zeros({2, 3}), zeros({2, 3}), -1), ValueError);
}

}  // namespace xgrad::test
