#include "autograd/ops/histogram.h"

#include "tests/support/operations.h"

namespace xgrad::test {

namespace {

TensorList flat(const std::tuple<Tensor, TensorList>& results) {
  TensorList all = {std::get<0>(results)};
  all.insert(all.end(), std::get<1>(results).begin(), std::get<1>(results).end());
  return all;
}

}  // namespace

XGRAD_TEST_OPERATIONS(
    Histogram, "histogram",
    {"histogram",
     [](const TensorList& x, const Json& a) {
       return list(histogram(x[0], a[0].get<std::int64_t>(), {}, {}, a[1].get<bool>()));
     },
     Gradients::kNone},
    {"histogram_range",
     [](const TensorList& x, const Json& a) {
       return list(
           histogram(x[0], a[0].get<std::int64_t>(), {a[1].get<double>(), a[2].get<double>()}, {}, a[3].get<bool>()));
     },
     Gradients::kNone},
    {"histogram_weight",
     [](const TensorList& x, const Json& a) {
       return list(histogram(x[0], a[0].get<std::int64_t>(), {}, x[1], a[1].get<bool>()));
     },
     Gradients::kNone},
    {"histogram_edges", [](const TensorList& x, const Json& a) { return list(histogram(x[0], x[1], {}, a[0].get<bool>())); },
     Gradients::kNone},
    {"histogramdd",
     [](const TensorList& x, const Json& a) { return flat(histogramdd(x[0], dims_at(a, 0), {}, {}, a[1].get<bool>())); },
     Gradients::kNone},
    {"histogramdd_edges",
     [](const TensorList& x, const Json& a) {
       return flat(histogramdd(x[0], TensorList{x[1], x[2]}, {}, a[0].get<bool>()));
     },
     Gradients::kNone});

TEST(Histogram, counts_beyond_what_float32_can_count_to_by_ones) {
  const auto [counts, edges] = histogram(zeros({17000000}), 1, {-1, 1});
  EXPECT_EQ(counts.item<double>(), 17000000);
}

TEST(Histogram, integers_one_apart_fall_in_bins_of_their_own) {
  EXPECT_TRUE(equal(std::get<0>(histogram(arange(0, 151, 1, kFloat32), 151, {0, 151})), ones({151})));
}

TEST(Histogram, rejects_bad_input) {
  const Tensor x = ones({3});
  EXPECT_THROW(histogram(x, 0), ValueError);
  EXPECT_THROW(histogram(x, 3, {1, 0}), ValueError);
  EXPECT_THROW(histogram(x, 3, {1}), ValueError);
  EXPECT_THROW(histogram(tensor({1.0, NAN}), 3), ValueError);
  EXPECT_THROW(histogram(ones({3}, kInt64), 3), TypeError);
  EXPECT_THROW(histogram(x, 3, {}, ones({2})), ShapeError);
  EXPECT_THROW(histogram(x, 3, {}, ones({3}, kFloat64)), TypeError);
  EXPECT_THROW(histogram(x, tensor({1.0, 0.0})), ValueError);
  EXPECT_THROW(histogram(x, tensor({1.0})), ShapeError);
  EXPECT_THROW(histogram(x, tensor({0.0, 1.0}, kFloat64)), TypeError);
  EXPECT_THROW(histogramdd(ones({3, 2}), IntArrayRef{3}), ShapeError);
  EXPECT_THROW(histogramdd(ones({3, 2}), {3, 3}, {0, 1}), ValueError);
}

TEST(Histogram, bounds_belong_to_bins_however_far_they_lie) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Tensor x = tensor({-5.0, 0.0, 0.5, 1.0, 9.0, NAN}, kFloat64);
  const auto counts = [&](const Tensor& edges) { return std::get<0>(histogram(x, edges)); };
  EXPECT_TRUE(equal(counts(tensor({-infinity, 0.0, 1.0, infinity}, kFloat64)), tensor({1.0, 2.0, 2.0}, kFloat64)));
  EXPECT_TRUE(equal(counts(tensor({0.0, 0.1, 0.9, 1.0}, kFloat64)), tensor({1.0, 1.0, 1.0}, kFloat64)));
  EXPECT_TRUE(equal(counts(tensor({1.0, 1.0}, kFloat64)), tensor({1.0}, kFloat64)));
}

}  // namespace xgrad::test
