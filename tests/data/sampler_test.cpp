#include "data/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
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

}  // namespace
}  // namespace xgrad::data
