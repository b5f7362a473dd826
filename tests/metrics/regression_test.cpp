#include "metrics/regression.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/golden.h"

namespace xgrad::metrics {
namespace {

Tensor numbers(const std::vector<double>& values) { return tensor(values, kFloat64); }

template <class Metric>
double score(const Tensor& predictions, const Tensor& targets) {
  Metric metric;
  metric.update(predictions, targets);
  return metric.compute();
}

TEST(RegressionTest, AgreesWithScikitLearn) {
  for (const auto cases = test::load_golden("metrics")["regression"]; const auto& golden : cases) {
    const Tensor targets = numbers(golden["targets"]);
    const Tensor predictions = numbers(golden["predictions"]);
    EXPECT_NEAR(score<MeanAbsoluteError>(predictions, targets), golden["mae"], 1e-10);
    EXPECT_NEAR(score<RootMeanSquaredError>(predictions, targets), golden["rmse"], 1e-10);
    EXPECT_NEAR(score<MeanAbsolutePercentageError>(predictions, targets), golden["mape"], 1e-10);
    EXPECT_NEAR(score<R2Score>(predictions, targets), golden["r2"], 1e-8);
  }
}

// The examples of sktime's pages.
TEST(RegressionTest, ForecastErrorsAgreeWithTheDocumentedExamples) {
  const Tensor targets = numbers({3, -0.5, 2, 7, 2});
  const Tensor predictions = numbers({2.5, 0.0, 2, 8, 1.25});
  MeanAbsoluteScaledError scaled(numbers({5, 0.5, 4, 6, 3, 5, 2}));
  scaled.update(predictions, targets);
  EXPECT_NEAR(scaled.compute(), 0.18333333333333335, 1e-12);
  EXPECT_NEAR(score<SymmetricMeanAbsolutePercentageError>(predictions, targets), 0.5553379953379953, 1e-12);
}

TEST(RegressionTest, TheScaleIsTheSeasonalNaiveForecasts) {
  const MeanAbsoluteScaledError scaled(numbers({1, 10, 2, 12, 5, 13}), 2);
  EXPECT_DOUBLE_EQ(scaled.scale(), (1 + 2 + 3 + 1) / 4.0);
  EXPECT_THROW(MeanAbsoluteScaledError(numbers({1, 2}), 2), ValueError);
  EXPECT_THROW(MeanAbsoluteScaledError(numbers({1, 2, 1, 2}), 2), ValueError);
  EXPECT_THROW(MeanAbsoluteScaledError(numbers({1, 2}), 0), ValueError);
  EXPECT_THROW(MeanAbsoluteScaledError(ones({2, 2})), ShapeError);
  MeanAbsoluteScaledError other(numbers({1, 3}));
  EXPECT_THROW(other.merge(scaled), ValueError);
}

TEST(RegressionTest, ZeroTargetsMakeNoNaN) {
  EXPECT_EQ(score<SymmetricMeanAbsolutePercentageError>(numbers({0, 1}), numbers({0, 0})), 1);
  EXPECT_GT(score<MeanAbsolutePercentageError>(numbers({1}), numbers({0})), 1e15);
  EXPECT_EQ(score<R2Score>(numbers({1, 1}), numbers({1, 1})), 1);
  EXPECT_EQ(score<R2Score>(numbers({1, 2}), numbers({1, 1})), 0);
}

TEST(RegressionTest, PartsMergeToTheWhole) {
  const Tensor targets = test::seeded_uniform({20}, 1, 1e6, 1e6 + 1, kFloat64);
  const Tensor predictions = test::seeded_uniform({20}, 2, 1e6, 1e6 + 1, kFloat64);
  R2Score r2;
  R2Score other;
  RootMeanSquaredError error;
  RootMeanSquaredError other_error;
  r2.merge(other);
  for (const std::int64_t begin : {0, 10}) {
    other.reset();
    other_error.reset();
    other.update(predictions.narrow(0, begin, 10), targets.narrow(0, begin, 10));
    other_error.update(predictions.narrow(0, begin, 10), targets.narrow(0, begin, 10));
    r2.merge(other);
    error.merge(other_error);
  }
  EXPECT_NEAR(r2.compute(), score<R2Score>(predictions, targets), 1e-9);
  EXPECT_NEAR(error.compute(), score<RootMeanSquaredError>(predictions, targets), 1e-12);
  EXPECT_EQ(error.count(), 20);
}

TEST(RegressionTest, BadInputIsRefused) {
  MeanAbsoluteError error;
  EXPECT_THROW(error.update(ones({2, 1}), ones({2})), ShapeError);
  EXPECT_THROW(error.update(tensor({true}), tensor({true})), TypeError);
  EXPECT_THROW(error.update(Tensor(), ones({2})), ValueError);
  EXPECT_THROW(static_cast<void>(error.compute()), ValueError);
  EXPECT_THROW(static_cast<void>(R2Score().compute()), ValueError);
  error.update(ones({0}), ones({0}));
  EXPECT_EQ(error.count(), 0);
  error.update(tensor({std::int64_t{3}}), tensor({1.0F}));
  EXPECT_EQ(error.compute(), 2);
  error.update(numbers({std::nan("")}), numbers({1}));
  EXPECT_TRUE(std::isnan(error.compute()));
}

TEST(RegressionTest, parts_may_be_merged_into_an_empty_one) {
  R2Score part;
  part.update(full({3}, 1.1, kFloat64), full({3}, 0.1, kFloat64));
  R2Score total;
  total.merge(part);
  total.merge(part);
  EXPECT_EQ(total.compute(), 0);  // all targets are equal
}

}  // namespace
}  // namespace xgrad::metrics
