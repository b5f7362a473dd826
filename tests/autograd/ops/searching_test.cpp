#include "autograd/ops/searching.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Searching, "searching",
    {"searchsorted",
     [](const TensorList& x, const Json& a) {
       return TensorList{searchsorted(x[0], x[1], a[0].get<bool>(), a[1].get<bool>())};
     },
     Gradients::kNone},
    {"searchsorted_sorter",
     [](const TensorList& x, const Json& a) {
       return TensorList{searchsorted(x[0], x[1], false, a[0].get<bool>(), std::nullopt, x[2])};
     },
     Gradients::kNone},
    {"bucketize",
     [](const TensorList& x, const Json& a) {
       return TensorList{bucketize(x[0], x[1], a[0].get<bool>(), a[1].get<bool>())};
     },
     Gradients::kNone},
    {"isin", [](const TensorList& x, const Json& a) { return TensorList{isin(x[0], x[1], false, a[0].get<bool>())}; },
     Gradients::kNone},
    unary("argwhere", argwhere, Gradients::kNone),
    {"nonzero_numpy", [](const TensorList& x, const Json&) { return nonzero_numpy(x[0]); }, Gradients::kNone});

TEST(Searching, takes_numbers_sides_and_dtypes) {
  const Tensor edges = tensor({1.0, 3.0, 5.0});
  EXPECT_EQ(searchsorted(edges, 3).item<std::int64_t>(), 1);
  EXPECT_EQ(searchsorted(edges, 3, false, false, "right").item<std::int64_t>(), 2);
  EXPECT_EQ(bucketize(4.5, edges).item<std::int64_t>(), 2);
  EXPECT_EQ(bucketize(edges, edges, true).dtype(), kInt32);
  EXPECT_TRUE(equal(isin(edges, 3), tensor({false, true, false})));
  EXPECT_TRUE(isin(5, edges).item<bool>());
  EXPECT_TRUE(equal(isin(tensor({1, 2}).to(kInt8), tensor({2.0, 7.5})), tensor({false, true})));
}

TEST(Searching, many_values_on_several_threads) {
  const Tensor edges = arange(0, 1000, 1, kFloat64);
  const Tensor values = rand({50000}, kFloat64) * 999;
  EXPECT_TRUE(equal(bucketize(values, edges), ceil(values).to(kInt64)));
}

TEST(Searching, rejects_bad_input) {
  const Tensor edges = tensor({1.0, 3.0, 5.0});
  EXPECT_THROW(searchsorted(tensor(1.0), edges), ShapeError);
  EXPECT_THROW(searchsorted(zeros({2, 3}), edges), ShapeError);
  EXPECT_THROW(searchsorted(zeros({2, 3}), zeros({3, 3})), ShapeError);
  EXPECT_THROW(searchsorted(edges, tensor({1, 2})), TypeError);
  EXPECT_THROW(searchsorted(edges, edges, false, false, "middle"), ValueError);
  EXPECT_THROW(searchsorted(edges, edges, false, true, "left"), ValueError);
  EXPECT_THROW(searchsorted(edges, edges, false, false, std::nullopt, tensor({0, 1})), ShapeError);
  EXPECT_THROW(searchsorted(edges, edges, false, false, std::nullopt, tensor({0, 1, 3})), IndexError);
  EXPECT_THROW(bucketize(edges, zeros({2, 2})), ShapeError);
}

}  // namespace xgrad::test
