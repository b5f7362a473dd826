#include "data/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <vector>

#include "autograd/autograd.h"

namespace xgrad::data {
namespace {

using Indices = std::vector<std::size_t>;

std::vector<Indices> cut(const BatchSampler& sampler, std::uint64_t epoch = 0) {
  const BatchIndices batches = sampler.batches(epoch);
  std::vector<Indices> result;
  for (std::size_t i = 0; i < batches.size(); ++i) result.emplace_back(batches[i].begin(), batches[i].end());
  return result;
}

BatchSampler sequential(std::size_t size, std::int64_t batch_size, bool drop_last) {
  return {std::make_shared<SequentialSampler>(size), batch_size, drop_last};
}

TEST(SequentialSampler, KeepsTheOrderInEveryEpoch) {
  const SequentialSampler sampler(4);
  EXPECT_EQ(sampler.size(), 4U);
  EXPECT_EQ(sampler.order(0), (Indices{0, 1, 2, 3}));
  EXPECT_EQ(sampler.order(9), (Indices{0, 1, 2, 3}));
}

TEST(RandomSampler, EveryEpochIsAnotherPermutation) {
  const RandomSampler sampler(50, 1);
  std::set<Indices> orders;
  for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
    Indices order = sampler.order(epoch);
    orders.insert(order);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, SequentialSampler(50).order(0));
  }
  EXPECT_EQ(orders.size(), 20U);
}

TEST(RandomSampler, OrderFollowsFromSeedAndEpochAlone) {
  const RandomSampler sampler(50, 1);
  const Indices third = sampler.order(3);
  manual_seed(99);
  std::ignore = sampler.order(0);
  EXPECT_EQ(sampler.order(3), third);
  EXPECT_EQ(RandomSampler(50, 1).order(3), third);
  EXPECT_NE(RandomSampler(50, 2).order(3), third);
}

TEST(RandomSampler, NeitherSeedsNorEpochsShareOrdersShifted) {
  // Seeds and epochs next to one another must not meet: (seed 0, epoch 1) is not (seed 1, epoch 0).
  std::set<Indices> orders;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (std::uint64_t epoch = 0; epoch < 20; ++epoch) orders.insert(RandomSampler(30, seed).order(epoch));
  }
  EXPECT_EQ(orders.size(), 400U);
}

TEST(RandomSampler, LeavesTheDefaultGeneratorAlone) {
  manual_seed(7);
  const auto expected = randint(1000, {4}).to_vector<std::int64_t>();
  manual_seed(7);
  std::ignore = RandomSampler(10, 7).order(0);
  EXPECT_EQ(randint(1000, {4}).to_vector<std::int64_t>(), expected);
}

TEST(RandomSampler, FirstPlaceIsUniform) {
  const RandomSampler sampler(4, 0);
  std::vector<int> first(4);
  for (std::uint64_t epoch = 0; epoch < 4000; ++epoch) ++first[sampler.order(epoch)[0]];
  for (const int count : first) EXPECT_NEAR(count, 1000, 5 * 28);  // five standard deviations
}

TEST(BatchSampler, LastBatchIsSmaller) {
  const BatchSampler sampler = sequential(5, 2, false);
  EXPECT_EQ(sampler.size(), 3U);
  EXPECT_EQ(cut(sampler), (std::vector<Indices>{{0, 1}, {2, 3}, {4}}));
}

TEST(BatchSampler, DropLastLeavesTheSmallerOneOut) {
  const BatchSampler sampler = sequential(5, 2, true);
  EXPECT_EQ(sampler.size(), 2U);
  EXPECT_EQ(cut(sampler), (std::vector<Indices>{{0, 1}, {2, 3}}));
  EXPECT_EQ(cut(sequential(4, 2, true)).size(), 2U);
}

TEST(BatchSampler, NothingGivesNoBatches) {
  EXPECT_EQ(sequential(0, 2, false).size(), 0U);
  EXPECT_TRUE(cut(sequential(0, 2, false)).empty());
  EXPECT_EQ(cut(sequential(3, 1'000'000'000'000, false)), (std::vector<Indices>{{0, 1, 2}}));
}

TEST(BatchSampler, RefusesWhatMakesNoSense) {
  EXPECT_THROW(sequential(5, 0, false), ValueError);
  EXPECT_THROW(sequential(5, -1, false), ValueError);
  EXPECT_THROW(BatchSampler(nullptr, 1, false), ValueError);
}

TEST(SubsetRandomSampler, PermutesItsIndices) {
  const SubsetRandomSampler sampler({5, 7, 9, 11}, 3);
  Indices order = sampler.order(0);
  EXPECT_NE(SubsetRandomSampler({5, 7, 9, 11}, 4).order(0), order);
  EXPECT_EQ(sampler.order(0), order);
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, (Indices{5, 7, 9, 11}));
  EXPECT_TRUE(SubsetRandomSampler({}).order(0).empty());
}

TEST(WeightedRandomSampler, DrawsByWeight) {
  const WeightedRandomSampler sampler({1, 0, 3}, 4000, true, 1);
  const Indices order = sampler.order(2);
  ASSERT_EQ(order.size(), 4000U);
  EXPECT_EQ(sampler.order(2), order);
  EXPECT_NE(sampler.order(3), order);
  EXPECT_EQ(std::count(order.begin(), order.end(), 1U), 0);
  EXPECT_NEAR(static_cast<double>(std::count(order.begin(), order.end(), 2U)), 3000, 150);
}

TEST(WeightedRandomSampler, WithoutReplacementNoIndexComesTwice) {
  Indices order = WeightedRandomSampler({1, 0, 3, 2}, 3, false).order(0);
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, (Indices{0, 2, 3}));
}

TEST(WeightedRandomSampler, RefusesWhatMakesNoSense) {
  EXPECT_THROW(WeightedRandomSampler({1, -1}, 1), ValueError);
  EXPECT_THROW(WeightedRandomSampler({0, 0}, 1), ValueError);
  EXPECT_THROW(WeightedRandomSampler({std::numeric_limits<double>::infinity()}, 1), ValueError);
  EXPECT_THROW(WeightedRandomSampler({1, 0, 1}, 3, false), ValueError);
  EXPECT_TRUE(WeightedRandomSampler({}, 0).order(0).empty());
}

std::vector<std::int64_t> mixed_lengths(std::size_t count) {
  std::vector<std::int64_t> lengths;
  for (std::size_t i = 0; i < count; ++i) lengths.push_back(static_cast<std::int64_t>((i * 7919) % 101 + 1));
  return lengths;
}

TEST(BucketBatchSampler, EveryExampleComesOnceInBatchesOfSimilarLength) {
  const auto lengths = mixed_lengths(1003);
  for (const bool shuffle : {true, false}) {
    const BucketBatchSampler sampler(lengths, {.batch_size = 10, .shuffle = shuffle, .seed = 1, .pool_batches = 20});
    const BatchIndices batches = sampler.batches(0);
    EXPECT_EQ(batches.size(), 101U);
    EXPECT_EQ(sampler.size(), 101U);
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      EXPECT_EQ(batches[i].size(), i == 100 ? 3U : 10U);
      seen.insert(batches[i].begin(), batches[i].end());
    }
    EXPECT_EQ(seen.size(), 1003U);
    const Padding random = padding_of(BatchSampler(std::make_shared<RandomSampler>(1003, 1), 10, false).batches(0), lengths);
    EXPECT_GT(random.share(), 0.4);
    EXPECT_LT(sampler.padding(0).share(), 0.1);
    EXPECT_EQ(sampler.padding(0).elements, random.elements);
  }
}

TEST(BucketBatchSampler, EveryEpochHasOtherBatchesAndEveryRunTheSame) {
  const BucketBatchSampler sampler(mixed_lengths(200), {.batch_size = 8, .seed = 5});
  const BucketBatchSampler again(mixed_lengths(200), {.batch_size = 8, .seed = 5});
  const auto first = sampler.batches(1);
  const Indices batch(first[0].begin(), first[0].end());
  const auto same = again.batches(1);
  EXPECT_EQ(Indices(same[0].begin(), same[0].end()), batch);
  const auto other = sampler.batches(2);
  EXPECT_NE(Indices(other[0].begin(), other[0].end()), batch);
}

TEST(BucketBatchSampler, ShortBatchesOfLongOnesAreNotFirst) {
  // In random order: were the batches sorted as a whole, the first one would have the shortest sequences.
  const auto lengths = mixed_lengths(400);
  const BucketBatchSampler sampler(lengths, {.batch_size = 20, .pool_batches = 1000});
  const BatchIndices batches = sampler.batches(0);
  std::vector<std::int64_t> longest;
  for (std::size_t i = 0; i < batches.size(); ++i) longest.push_back(lengths[batches[i].back()]);
  EXPECT_FALSE(std::is_sorted(longest.begin(), longest.end()));
}

TEST(BucketBatchSampler, SmallCases) {
  EXPECT_EQ(BucketBatchSampler({}, {}).batches(0).size(), 0U);
  EXPECT_EQ(BucketBatchSampler({3, 1}, {.batch_size = 5}).batches(0)[0].size(), 2U);
  EXPECT_EQ(BucketBatchSampler({3, 1}, {.batch_size = 5, .drop_last = true}).batches(0).size(), 0U);
  EXPECT_EQ(BucketBatchSampler({0, 0}, {}).padding(0).share(), 0);
  EXPECT_THROW(BucketBatchSampler({-1}, {}), ValueError);
  EXPECT_THROW(BucketBatchSampler({1}, {.batch_size = 0}), ValueError);
  EXPECT_THROW(BucketBatchSampler({1}, {.pool_batches = 0}), ValueError);
  EXPECT_THROW(padding_of(BatchIndices({2}, 1, false), {1, 1}), IndexError);
}

TEST(BatchIndices, RefuseWhatMakesNoSense) {
  EXPECT_THROW(BatchIndices({0, 1, 2}, 0, false), ValueError);
  const BatchIndices batches({0, 1, 2}, 2, false);
  EXPECT_THROW(batches[2], IndexError);
}

/// As many examples as have ten tokens together.
class TokenBatches : public BatchOrder {
 public:
  BatchIndices batches(std::uint64_t /*epoch*/) const override {
    return BatchIndices(std::vector<std::vector<std::size_t>>{{2, 0, 1}, {}, {3}});
  }
  std::size_t size() const override { return 3; }
  std::size_t batch_size() const override { return 3; }
};

TEST(BatchIndices, MayBeOfAnySize) {
  const BatchIndices batches = TokenBatches().batches(0);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(std::vector<std::size_t>(batches[0].begin(), batches[0].end()), (std::vector<std::size_t>{2, 0, 1}));
  EXPECT_TRUE(batches[1].empty());
  EXPECT_EQ(batches[2][0], 3U);
}

}  // namespace
}  // namespace xgrad::data
