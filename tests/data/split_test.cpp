#include "data/split.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "autograd/base/error.h"

namespace xgrad::data {
namespace {

using Indices = std::vector<std::size_t>;

TEST(SplitTest, APartIsHeldOutBySeed) {
  const HoldoutSplit split = holdout_split(100, 0.2, Generator(1));
  EXPECT_EQ(split.test.size(), 20U);
  EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
  Indices all = split.train;
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(all.at(i), i);
  EXPECT_EQ(holdout_split(100, 0.2, Generator(1)).test, split.test);
  EXPECT_NE(holdout_split(100, 0.2, Generator(2)).test, split.test);
}

TEST(SplitTest, SmallPartsAreNeitherEmptyNorAll) {
  EXPECT_EQ(holdout_split(2, 0.01).test.size(), 1U);
  EXPECT_EQ(holdout_split(3, 0.99).test.size(), 2U);
  EXPECT_EQ(holdout_split(1, 0.5).train, Indices{0});
  EXPECT_TRUE(holdout_split(0, 0.5).train.empty());
  for (const double fraction : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(holdout_split(10, fraction), ValueError) << fraction;
  }
}

TEST(SplitTest, ClassesKeepTheirShares) {
  std::vector<std::int64_t> labels(100, 0);
  for (std::size_t i = 0; i < 10; ++i) labels[i] = 1;
  labels[50] = 2;
  const HoldoutSplit split = stratified_split(labels, 0.2, Generator(0));
  const ClassCounts counts = count_classes(select(labels, split.test), 3);
  EXPECT_EQ(counts.counts, (std::vector<std::int64_t>{18, 2, 0}));
  EXPECT_EQ(split.train.size(), 80U);
  EXPECT_EQ(stratified_split(std::vector<std::string>{"a", "b", "a", "b"}, 0.5).test.size(), 2U);
  EXPECT_THROW(select(labels, {100}), IndexError);
}

TEST(SplitTest, DuplicatesAreCounted) {
  const DuplicateCounts counts = count_duplicates({"a", "b", "a", "a"}, {"a", "c", "c", "a"});
  EXPECT_EQ(counts.describe(), "duplicates: 2 within train, 2 within test; 2 of the test are in train");
}

TEST(SplitTest, ClassesAndLengthsAreSummed) {
  const ClassCounts counts = count_classes({1, 1, 0, 1}, 2);
  EXPECT_EQ(counts.majority, 1);
  EXPECT_EQ(counts.majority_share(), 0.75);
  EXPECT_EQ(counts.describe({"ham", "spam"}), "ham 1 (25.0 %), spam 3 (75.0 %)");
  EXPECT_EQ(count_classes({}, 2).majority_share(), 0);
  EXPECT_EQ(count_classes({}, 0).majority_share(), 0);
  EXPECT_THROW(count_classes({2}, 2), IndexError);
  EXPECT_THROW(count_classes({-1}, 2), IndexError);
  EXPECT_THROW(counts.describe({"ham"}), ValueError);
  std::vector<std::int64_t> lengths;
  for (std::int64_t i = 100; i > 0; --i) lengths.push_back(i);
  EXPECT_EQ(summarize_lengths(lengths).describe(), "1 to 100, mean 50.5, median 50, 95 % up to 95");
  EXPECT_EQ(summarize_lengths({7}).percentile_95, 7);
  EXPECT_EQ(summarize_lengths({}).count, 0U);
}

}  // namespace
}  // namespace xgrad::data
