#include "metrics/classification.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/support/golden.h"

namespace xgrad::metrics {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Tensor classes(const std::vector<std::int64_t>& values) { return tensor(values); }

TEST(ClassificationTest, AgreesWithScikitLearn) {
  for (const auto cases = test::load_golden("metrics")["classification"]; const auto& golden : cases) {
    const std::int64_t count = golden["classes"];
    const Tensor targets = classes(golden["targets"]);
    const Tensor predictions = classes(golden["predictions"]);
    Accuracy accuracy;
    accuracy.update(predictions, targets);
    EXPECT_DOUBLE_EQ(accuracy.compute(), golden["accuracy"]);
    ConfusionMatrix matrix(count);
    matrix.update(predictions, targets);
    for (std::int64_t i = 0; i < count; ++i) {
      for (std::int64_t k = 0; k < count; ++k) EXPECT_EQ(matrix.count(i, k), golden["confusion_matrix"][i][k]);
    }
    EXPECT_NEAR(BalancedAccuracy(matrix).compute(), golden["balanced_accuracy"], 1e-12);
    const auto expect_per_class = [&](const std::vector<double>& values, int row) {
      for (std::size_t c = 0; c < values.size(); ++c) EXPECT_NEAR(values[c], golden["per_class"][row][c], 1e-12);
    };
    expect_per_class(Precision(matrix).per_class(), 0);
    expect_per_class(Recall(matrix).per_class(), 1);
    expect_per_class(F1Score(matrix).per_class(), 2);
    for (const auto& [name, average] :
         {std::pair("micro", Average::Micro), {"macro", Average::Macro}, {"weighted", Average::Weighted}}) {
      EXPECT_NEAR(Precision(matrix, average).compute(), golden[name][0], 1e-12) << name;
      EXPECT_NEAR(Recall(matrix, average).compute(), golden[name][1], 1e-12) << name;
      EXPECT_NEAR(F1Score(matrix, average).compute(), golden[name][2], 1e-12) << name;
    }
  }
}

TEST(ClassificationTest, AMajorityClassIsNoBalancedAccuracy) {
  BalancedAccuracy balanced(2);
  F1Score f1(2);
  for (int i = 0; i < 10; ++i) {
    balanced.update(0, i < 9 ? 0 : 1);
    f1.update(0, i < 9 ? 0 : 1);
  }
  EXPECT_EQ(balanced.compute(), 0.5);
  EXPECT_EQ(f1.per_class()[1], 0);
  EXPECT_EQ(balanced.confusion_matrix().count(1, 0), 1);
}

TEST(ClassificationTest, TheGreatestScoreCountsAndTheFirstOfEquals) {
  const Tensor scores = tensor({{0.1F, 0.9F, 0.9F}, {2.0F, -1.0F, 0.0F}, {0.0F, 0.0F, 0.0F}});
  for (const Dtype dtype : {kFloat32, kFloat64, kFloat16, kBFloat16}) {
    ConfusionMatrix matrix(3);
    matrix.update(scores.to(dtype), classes({1, 0, 2}));
    EXPECT_EQ(matrix.compute().to_vector<std::int64_t>(), (std::vector<std::int64_t>{1, 0, 0, 0, 1, 0, 1, 0, 0}));
  }
  Accuracy accuracy;
  accuracy.update(scores.view({1, 3, 3}), classes({1, 0, 2}).view({1, 3}));
  EXPECT_EQ(accuracy.correct(), 2);
  accuracy.update(scores.t().contiguous().t(), classes({1, 0, 2}));
  EXPECT_EQ(accuracy.correct(), 4);
}

TEST(ClassificationTest, EmptyBatchesAnd0dTargetsCount) {
  Accuracy accuracy;
  accuracy.update(zeros({0, 3}), zeros({0}, kInt64));
  EXPECT_EQ(accuracy.total(), 0);
  accuracy.update(tensor({0.0F, 1.0F}), tensor(std::int64_t{1}));
  EXPECT_EQ(accuracy.compute(), 1);
  accuracy.update(tensor({true, false}), tensor({true, true}));
  EXPECT_EQ(accuracy.correct(), 2);
}

TEST(ClassificationTest, PartsMergeToTheWhole) {
  const Tensor targets = classes({0, 1, 2, 2, 1, 0});
  const Tensor predictions = classes({0, 2, 2, 1, 1, 1});
  F1Score whole(3);
  whole.update(predictions, targets);
  F1Score first(3);
  F1Score second(3);
  first.update(predictions.narrow(0, 0, 2), targets.narrow(0, 0, 2));
  second.update(predictions.narrow(0, 2, 4), targets.narrow(0, 2, 4));
  first.merge(second);
  EXPECT_EQ(first.compute(), whole.compute());
  first.reset();
  EXPECT_THROW(static_cast<void>(first.compute()), ValueError);
  EXPECT_THROW(first.merge(F1Score(4)), ValueError);
}

TEST(ClassificationTest, BadInputIsRefusedAndChangesNothing) {
  ConfusionMatrix matrix(2);
  EXPECT_THROW(matrix.update(classes({0, 2}), classes({0, 0})), IndexError);
  EXPECT_THROW(matrix.update(classes({0, 0}), classes({0, -1})), IndexError);
  EXPECT_THROW(matrix.update(classes({0}), classes({0, 0})), ShapeError);
  EXPECT_THROW(matrix.update(ones({2}), classes({0, 0})), ShapeError);
  EXPECT_THROW(matrix.update(ones({2, 3}), classes({0, 0})), ShapeError);
  EXPECT_THROW(matrix.update(classes({0}), ones({1})), TypeError);
  EXPECT_THROW(matrix.update(Tensor(), classes({0})), ValueError);
  EXPECT_THROW(matrix.update(full({1, 2}, std::numeric_limits<double>::quiet_NaN()), classes({0})), ValueError);
  EXPECT_THROW(matrix.update(2, 0), IndexError);
  EXPECT_EQ(matrix.total(), 0);
  EXPECT_THROW(ConfusionMatrix(0), ValueError);
  EXPECT_THROW(ConfusionMatrix(std::int64_t{1} << 40), ValueError);
  EXPECT_THROW(static_cast<void>(Accuracy().compute()), ValueError);
  EXPECT_THAT(
      [] {
        Accuracy().update(ones({2, 2}), tensor({std::int64_t{1}}));
      },
      ThrowsMessage<ShapeError>(HasSubstr("Accuracy: expected scores")));
}

TEST(ClassificationTest, TablesNameTheClasses) {
  ConfusionMatrix matrix(2);
  matrix.update(classes({0, 0, 1}), classes({0, 1, 1}));
  EXPECT_EQ(matrix.to_string({"ham", "\u00e9t\u00e9"}),
            "         ham    \u00e9t\u00e9\n  ham      1      0\n  \u00e9t\u00e9      1      1\n");
  EXPECT_THROW(static_cast<void>(matrix.to_string({"ham"})), ValueError);
  EXPECT_THAT(classification_report(matrix, {"ham", "spam"}), HasSubstr("ham      0.500   1.000  0.667         1"));
  EXPECT_THROW(classification_report(matrix, {"ham"}), ValueError);
}

}  // namespace
}  // namespace xgrad::metrics
