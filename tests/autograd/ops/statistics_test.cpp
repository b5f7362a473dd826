#include "autograd/ops/statistics.h"

#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Statistics, "statistics", {"median", [](const TensorList& x, const Json&) { return TensorList{median(x[0])}; }},
    {"median_dim", [](const TensorList& x, const Json& a) { return list(median(x[0], a[0], a[1].get<bool>())); }},
    {"median_values",
     [](const TensorList& x, const Json& a) { return TensorList{std::get<0>(median(x[0], a[0], a[1].get<bool>()))}; },
     Gradients::kNone},
    {"unique",
     [](const TensorList& x, const Json&) {
       const auto [values, inverse, counts] = unique(x[0]);
       return TensorList{values, inverse, counts};
     },
     Gradients::kNone},
    {"multinomial",
     [](const TensorList& x, const Json& a) {
       return TensorList{multinomial(x[0], a[0], a[1].get<bool>(), Generator(a[2]))};
     },
     Gradients::kNone},
    {"normal", [](const TensorList& x, const Json& a) { return TensorList{normal(x[0], x[1], Generator(a[0]))}; },
     Gradients::kNone});

TEST(Statistics, multinomial_draws_by_weight) {
  const Tensor drawn = multinomial(tensor({1.0, 0.0, 3.0}), 20000, true, Generator(1));
  const Tensor counts = std::get<2>(unique(drawn));
  ASSERT_EQ(counts.numel(), 2);
  EXPECT_NEAR(counts[0].item<double>() / 20000, 0.25, 0.02);
}

TEST(Statistics, rejects_bad_input) {
  EXPECT_THROW(median(ones({3}), 1), IndexError);
  EXPECT_THROW(median(ones({0, 3}), 0), ShapeError);
  EXPECT_THROW(median(ones({0}, kInt64)), ShapeError);
  EXPECT_THROW(multinomial(ones({2, 2, 2}), 1), ShapeError);
  EXPECT_THROW(multinomial(ones({3}, kInt64), 1), TypeError);
  EXPECT_THROW(multinomial(ones({3}), 4), ValueError);
  EXPECT_THROW(multinomial(zeros({3}), 1), ValueError);
  EXPECT_THROW(multinomial(tensor({1.0, -1.0}), 1), ValueError);
  EXPECT_THROW(multinomial(tensor({1.0, NAN}), 1), ValueError);
  EXPECT_THROW(normal(ones({3}), -1.0), ValueError);
  EXPECT_THROW(normal(ones({3}, kInt64), ones({3}, kInt64)), TypeError);
  EXPECT_THROW(normal(ones({3}), ones({4})), ShapeError);
}

}  // namespace xgrad::test
