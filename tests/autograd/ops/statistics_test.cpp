#include "autograd/ops/statistics.h"

#include "autograd/ops/unique.h"
#include "tests/support/operations.h"

namespace xgrad::test {

XGRAD_TEST_OPERATIONS(
    Statistics, "statistics", unary("median", median),
    {"median_dim", [](const TensorList& x, const Json& a) { return list(median(x[0], a[0], a[1].get<bool>())); }},
    {"median_values",
     [](const TensorList& x, const Json& a) { return TensorList{std::get<0>(median(x[0], a[0], a[1].get<bool>()))}; },
     Gradients::kNone},
    {"multinomial",
     [](const TensorList& x, const Json& a) {
       return TensorList{multinomial(x[0], a[0], a[1].get<bool>(), Generator(a[2]))};
     },
     Gradients::kNone},
    unary("nanmedian", nanmedian),
    {"nanmedian_values",
     [](const TensorList& x, const Json& a) {
       return TensorList{std::get<0>(nanmedian(x[0].detach(), a[0].get<std::int64_t>(), a[1].get<bool>()))};
     },
     Gradients::kNone},
    {"kthvalue",
     [](const TensorList& x, const Json& a) {
       return list(kthvalue(x[0], a[0].get<std::int64_t>(), a[1].get<std::int64_t>(), a[2].get<bool>()));
     }},
    {"mode_values",
     [](const TensorList& x, const Json& a) {
       const Tensor values = a[2] == "int64" ? x[0] : x[0].to(kFloat64);
       return TensorList{std::get<0>(mode(values, a[0].get<std::int64_t>(), a[1].get<bool>()))};
     },
     Gradients::kNone},
    {"cov", [](const TensorList& x, const Json& a) { return TensorList{cov(x[0], a[0].get<std::int64_t>())}; }},
    {"corrcoef", [](const TensorList& x, const Json&) { return TensorList{corrcoef(x[0].detach())}; }, Gradients::kNone},
    {"histc",
     [](const TensorList& x, const Json& a) {
       return TensorList{histc(x[0], a[0].get<std::int64_t>(), scalar_at(a, 1), scalar_at(a, 2))};
     },
     Gradients::kNone},
    {"bincount", [](const TensorList& x, const Json& a) { return TensorList{bincount(x[0], {}, a[1].get<std::int64_t>())}; },
     Gradients::kNone},
    {"bincount_weights",
     [](const TensorList& x, const Json& a) { return TensorList{bincount(x[0], x[1], a[0].get<std::int64_t>())}; },
     Gradients::kNone},
    {"normal", [](const TensorList& x, const Json& a) { return TensorList{normal(x[0], x[1], Generator(a[0]))}; },
     Gradients::kNone});

TEST(Statistics, multinomial_draws_by_weight) {
  const Tensor drawn = multinomial(tensor({1.0, 0.0, 3.0}), 20000, true, Generator(1));
  const Tensor counts = std::get<2>(unique(drawn));
  ASSERT_EQ(counts.numel(), 2);
  EXPECT_NEAR(counts[0].item<double>() / 20000, 0.25, 0.02);
}

TEST(Statistics, mode_names_the_last_of_the_most_frequent) {
  const auto [values, indices] = mode(tensor({3, 1, 3, 2, 1, 3}));
  EXPECT_EQ(values.item<int>(), 3);
  EXPECT_EQ(indices.item<int>(), 5);
}

TEST(Statistics, rejects_bad_input) {
  EXPECT_THROW(median(ones({3}), 1), IndexError);
  EXPECT_THROW(median(ones({0, 3}), 0), ShapeError);
  EXPECT_THROW(median(ones({0}, kInt64)), ShapeError);
  EXPECT_THROW(nanmedian(ones({0, 3}), 0), ShapeError);
  EXPECT_THROW(kthvalue(ones({3}), 4), ValueError);
  EXPECT_THROW(kthvalue(ones({3}), 0), ValueError);
  EXPECT_THROW(mode(ones({3, 0})), ShapeError);
  EXPECT_THROW(cov(ones({2, 2, 2})), ShapeError);
  EXPECT_THROW(bincount(ones({2, 2}, kInt64)), ShapeError);
  EXPECT_THROW(bincount(tensor({1, -1})), ValueError);
  EXPECT_THROW(bincount(ones({2})), TypeError);
  EXPECT_THROW(bincount(tensor({1, 2}), ones({3})), ShapeError);
  EXPECT_THROW(histc(ones({3}), 0), ValueError);
  EXPECT_THROW(histc(ones({3}), 4, 2, 1), ValueError);
  EXPECT_THROW(histc(ones({3}, kInt64)), TypeError);
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
