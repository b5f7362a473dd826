#include "autograd/ops/pooling.h"

#include <cmath>

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

std::int64_t integer(const Json& a, std::size_t i) { return a.at(i).get<std::int64_t>(); }

}  // namespace

XGRAD_TEST_OPERATIONS(
    Pooling, "pooling",
    {"max_pool1d",
     [](const TensorList& x, const Json& a) {
       return list(max_pool1d_with_indices(x[0], integer(a, 0), integer(a, 1), integer(a, 2), integer(a, 3), a[4]));
     }},
    {"avg_pool1d",
     [](const TensorList& x, const Json& a) {
       return TensorList{avg_pool1d(x[0], integer(a, 0), integer(a, 1), integer(a, 2), a[3].get<bool>(), a[4].get<bool>())};
     }},
    {"lp_pool1d", [](const TensorList& x,
                     const Json& a) { return TensorList{lp_pool1d(x[0], a[0], integer(a, 1), integer(a, 2), a[3])}; }},
    {"adaptive_avg_pool1d",
     [](const TensorList& x, const Json& a) { return TensorList{adaptive_avg_pool1d(x[0], integer(a, 0))}; }},
    {"adaptive_max_pool1d",
     [](const TensorList& x, const Json& a) { return list(adaptive_max_pool1d(x[0], integer(a, 0))); }},
    {"max_unpool1d",
     [](const TensorList& x, const Json& a) { return TensorList{max_unpool1d(x[0], x[1], integer(a, 0))}; }});

TEST(Pooling, the_largest_of_a_window_with_nan_is_nan) {
  const Tensor y = max_pool1d(tensor({{1.0, NAN, 3.0, 4.0, 2.0, 1.0}}), 3);
  EXPECT_TRUE(std::isnan(y[0][0].item<float>()));
  EXPECT_EQ(y[0][1].item<float>(), 4);
}

TEST(Pooling, rejects_bad_input) {
  const Tensor x = ones({2, 3, 8});
  EXPECT_THROW(max_pool1d(ones({8}), 2), ShapeError);
  EXPECT_THROW(max_pool1d(ones({2, 3, 0}), 2), ShapeError);
  EXPECT_THROW(max_pool1d(x, 9), ShapeError);
  EXPECT_THROW(max_pool1d(x, 0), ValueError);
  EXPECT_THROW(max_pool1d(x, {2, 2}), ValueError);
  EXPECT_THROW(max_pool1d(x, 2, 0), ValueError);
  EXPECT_THROW(max_pool1d(x, 2, 1, 2), ValueError);
  EXPECT_THROW(max_pool1d(x, 2, 1, -1), ValueError);
  EXPECT_THROW(max_pool1d(x, 2, 1, 0, 0), ValueError);
  EXPECT_THROW(max_pool1d(ones({2, 3, 1}), 2, 1, 1, 2), ShapeError);
  EXPECT_THROW(max_pool1d(x.to(kInt64), 2), TypeError);
  EXPECT_THROW(avg_pool1d(x, 0), ValueError);
  EXPECT_THROW(avg_pool1d(x, 9), ShapeError);
  EXPECT_THROW(lp_pool1d(x, 0, 2), ValueError);
  EXPECT_THROW(adaptive_avg_pool1d(x, -1), ValueError);
  EXPECT_THROW(adaptive_max_pool1d(ones({2, 3, 0}), 2), ShapeError);
  const auto [y, steps] = max_pool1d_with_indices(x, 2);
  EXPECT_THROW(max_unpool1d(y, steps, 3), IndexError);
  EXPECT_THROW(max_unpool1d(y, steps, 0), ValueError);
  EXPECT_THROW(max_unpool1d(y, steps.to(kFloat32), 8), TypeError);
  EXPECT_THROW(max_unpool1d(y, steps.narrow(2, 0, 2), 8), ShapeError);
}

}  // namespace xgrad::test
