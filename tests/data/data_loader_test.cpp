#include "data/data_loader.h"

#include <gtest/gtest.h>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "tests/data/batches.h"

namespace xgrad::data {
namespace {

struct Review {
  std::string text;
  std::int64_t label = 0;
};

std::pair<Tensor, Tensor> collate(const std::vector<Review>& reviews) {
  Ints lengths;
  Ints labels;
  for (const Review& review : reviews) {
    lengths.push_back(static_cast<std::int64_t>(review.text.size()));
    labels.push_back(review.label);
  }
  return {tensor(lengths), tensor(labels)};
}

const std::vector<Review> reviews = {{"a", 0}, {"bb", 1}, {"ccc", 0}};

TEST(DataLoader, ReadsAsInPython) {
  const VectorDataset<Review> dataset(reviews);
  DataLoader loader(dataset, {.batch_size = 32, .shuffle = true, .num_workers = 2, .drop_last = false, .seed = 0}, collate);
  std::size_t batches = 0;
  for (auto& [lengths, labels] : loader) {
    static_assert(std::same_as<decltype(lengths), Tensor>);
    auto sorted = lengths.sort();
    EXPECT_EQ(std::get<0>(sorted).to_vector<int>(), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(labels.sum().item<int>(), 1);
    ++batches;
  }
  EXPECT_EQ(batches, 1U);
  EXPECT_EQ(loader.size(), 1U);
}

template <class Loader>
using BatchOf = std::remove_reference_t<decltype(*std::declval<Loader&>().begin())>;

TEST(DataLoader, DeducesTheBatchFromDatasetAndCollateFunction) {
  DataLoader plain(numbers(3));
  static_assert(std::same_as<BatchOf<decltype(plain)>, Tensor>);
  DataLoader rows(TensorDataset(zeros({4, 2}), ones({4})), {.batch_size = 2});
  static_assert(std::same_as<BatchOf<decltype(rows)>, TensorList>);
  DataLoader kept(reviews, {.batch_size = 2});
  static_assert(std::same_as<BatchOf<decltype(kept)>, std::vector<Review>>);
  DataLoader joined(reviews, {}, [](std::vector<Review> batch) { return collate(batch).first; });
  static_assert(std::same_as<BatchOf<decltype(joined)>, Tensor>);
  DataLoader list(reviews, {.batch_size = 2}, [](const auto& batch) { return TensorList{collate(batch).first}; });
  static_assert(std::same_as<BatchOf<decltype(list)>, TensorList>);
  DataLoader same_type(numbers(3), {}, [](TensorList batch) { return batch; });
  static_assert(std::same_as<BatchOf<decltype(same_type)>, TensorList>);
  DataLoader own_default(reviews, {}, [](std::vector<Review> batch) { return batch; });
  static_assert(std::same_as<BatchOf<decltype(own_default)>, std::vector<Review>>);
  DataLoader two(reviews, {}, [](const auto&) { return std::tuple(tensor(1), tensor(2)); });
  static_assert(std::same_as<BatchOf<decltype(two)>, std::tuple<Tensor, Tensor>>);
  DataLoader three(reviews, {}, [](const auto&) { return std::tuple(tensor(1), tensor(2), tensor(3)); });
  static_assert(std::same_as<BatchOf<decltype(three)>, std::tuple<Tensor, Tensor, Tensor>>);
  const std::shared_ptr<const Dataset<Review>> pointer = std::make_shared<VectorDataset<Review>>(reviews);
  DataLoader shared(pointer, {.batch_size = 3}, collate);
  static_assert(std::same_as<BatchOf<decltype(shared)>, std::pair<Tensor, Tensor>>);

  EXPECT_EQ((*rows.begin())[0].sizes(), IntArrayRef({2, 2}));
  EXPECT_EQ((*kept.begin())[1].text, "bb");
  EXPECT_EQ((*joined.begin()).to_vector<int>(), std::vector<int>{1});
  EXPECT_EQ((*list.begin())[0].to_vector<int>(), (std::vector<int>{1, 2}));
  EXPECT_EQ(std::get<2>(*three.begin()).item<int>(), 3);
  EXPECT_EQ(shared.begin()->second.to_vector<int>(), (std::vector<int>{0, 1, 0}));
}

TEST(DataLoader, TakesABatchTypeOfOnesOwn) {
  struct Totals {
    std::int64_t characters = 0;
  };
  const auto count = [](const std::vector<Review>& batch) {
    Totals totals;
    for (const Review& review : batch) totals.characters += static_cast<std::int64_t>(review.text.size());
    return totals;
  };
  DataLoader loader(reviews, {.batch_size = 2}, count);
  static_assert(std::same_as<decltype(loader), DataLoader<Review, Totals>>);
  Ints characters;
  for (const Totals& totals : loader) characters.push_back(totals.characters);
  EXPECT_EQ(characters, (Ints{3, 3}));
}

TEST(DataLoader, BatchesCanBeMoved) {
  DataLoader loader(reviews, {.batch_size = 2},
                    [](const std::vector<Review>& batch) { return std::make_unique<std::size_t>(batch.size()); });
  std::vector<std::unique_ptr<std::size_t>> taken;
  for (auto& batch : loader) taken.push_back(std::move(batch));
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(*taken[0], 2U);
  EXPECT_EQ(*taken[1], 1U);
}

TEST(DataLoader, IteratorIsAnInputIterator) {
  using Iterator = DataLoader<Tensor>::Iterator;
  static_assert(std::input_iterator<Iterator>);
  static_assert(std::sentinel_for<std::default_sentinel_t, Iterator>);
}

TEST(DataLoader, GoesInOrderAndKeepsTheSmallerLastBatch) {
  DataLoader loader(numbers(5), {.batch_size = 2});
  EXPECT_EQ(loader.size(), 3U);
  EXPECT_EQ(one_epoch(loader), (std::vector<Ints>{{0, 1}, {2, 3}, {4}}));
  DataLoader dropping(numbers(5), {.batch_size = 2, .drop_last = true});
  EXPECT_EQ(dropping.size(), 2U);
  EXPECT_EQ(one_epoch(dropping), (std::vector<Ints>{{0, 1}, {2, 3}}));
}

TEST(DataLoader, AnEmptyDatasetGivesNoBatches) {
  for (const int workers : {0, 2}) {
    DataLoader loader(numbers(0), {.batch_size = 2, .shuffle = true, .num_workers = workers});
    EXPECT_EQ(loader.size(), 0U);
    EXPECT_TRUE(one_epoch(loader).empty());
  }
}

TEST(DataLoader, ShufflesAnewInEveryEpochAndLikewiseInEveryRun) {
  DataLoader loader(numbers(40), {.batch_size = 7, .shuffle = true, .seed = 3});
  DataLoader again(numbers(40), {.batch_size = 7, .shuffle = true, .seed = 3});
  DataLoader other(numbers(40), {.batch_size = 7, .shuffle = true, .seed = 4});
  std::set<std::vector<Ints>> epochs;
  for (int epoch = 0; epoch < 5; ++epoch) {
    const auto batches = one_epoch(loader);
    EXPECT_EQ(batches, one_epoch(again));
    EXPECT_NE(batches, one_epoch(other));
    epochs.insert(batches);
    std::multiset<std::int64_t> seen;
    for (const Ints& batch : batches) seen.insert(batch.begin(), batch.end());
    EXPECT_EQ(std::vector(seen.begin(), seen.end()), arange(40).to_vector<std::int64_t>());
  }
  EXPECT_EQ(epochs.size(), 5U);
}

TEST(DataLoader, BatchesDoNotDependOnTheNumberOfWorkers) {
  // Examples take different times, so that workers overtake one another.
  const NumbersDataset dataset(101, [](std::size_t index) {
    if (index % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
  });
  std::vector<std::vector<Ints>> expected;
  for (const int workers : {0, 1, 2, 4}) {
    for (const int prefetch_factor : {1, 3}) {
      DataLoader loader(
          dataset,
          {.batch_size = 4, .shuffle = true, .num_workers = workers, .seed = 1, .prefetch_factor = prefetch_factor});
      std::vector<std::vector<Ints>> epochs;
      for (int epoch = 0; epoch < 3; ++epoch) epochs.push_back(one_epoch(loader));
      if (expected.empty()) expected = epochs;
      EXPECT_EQ(epochs, expected) << workers << " workers, " << prefetch_factor << " batches ahead each";
    }
  }
}

TEST(DataLoader, ARunThatIsResumedGoesOnWithTheSameBatches) {
  DataLoader whole(numbers(30), {.batch_size = 4, .shuffle = true, .seed = 9});
  std::vector<std::vector<Ints>> epochs;
  for (int epoch = 0; epoch < 4; ++epoch) {
    EXPECT_EQ(whole.epoch(), static_cast<std::uint64_t>(epoch));
    epochs.push_back(one_epoch(whole));
  }
  DataLoader first(numbers(30), {.batch_size = 4, .shuffle = true, .seed = 9});
  one_epoch(first);
  one_epoch(first);
  DataLoader resumed(numbers(30), {.batch_size = 4, .shuffle = true, .num_workers = 2, .seed = 9});
  resumed.set_epoch(first.epoch());
  EXPECT_EQ(one_epoch(resumed), epochs[2]);
  EXPECT_EQ(one_epoch(resumed), epochs[3]);
}

/// Backwards, and each index twice.
class BackwardsTwice : public Sampler {
 public:
  explicit BackwardsTwice(std::size_t count) : count_(count) {}
  std::vector<std::size_t> order(std::uint64_t /*epoch*/) const override {
    std::vector<std::size_t> indices;
    for (std::size_t i = count_; i-- > 0;) indices.insert(indices.end(), {i, i});
    return indices;
  }
  std::size_t size() const override { return 2 * count_; }

 private:
  std::size_t count_;
};

TEST(DataLoader, FollowsASampler) {
  DataLoader loader(numbers(3), {.batch_size = 4, .sampler = std::make_shared<BackwardsTwice>(3)});
  EXPECT_EQ(loader.size(), 2U);
  EXPECT_EQ(one_epoch(loader), (std::vector<Ints>{{2, 2, 1, 1}, {0, 0}}));
}

TEST(DataLoader, ASamplerThatLeavesTheDatasetIsAnError) {
  DataLoader loader(numbers(3), {.batch_size = 2, .sampler = std::make_shared<BackwardsTwice>(4)});
  EXPECT_THROW(one_epoch(loader), IndexError);
}

TEST(DataLoader, RefusesOptionsThatMakeNoSense) {
  const auto data = numbers(3);
  EXPECT_THROW((DataLoader(data, {.batch_size = 0})), ValueError);
  EXPECT_THROW((DataLoader(data, {.batch_size = -3})), ValueError);
  EXPECT_THROW((DataLoader(data, {.num_workers = -1})), ValueError);
  EXPECT_THROW((DataLoader(data, {.num_workers = 1, .prefetch_factor = 0})), ValueError);
  EXPECT_THROW((DataLoader(data, {.shuffle = true, .sampler = std::make_shared<SequentialSampler>(3)})), ValueError);
  EXPECT_THROW((DataLoader(data, {}, std::function<Tensor(TensorList)>())), ValueError);
  EXPECT_THROW(DataLoader(std::shared_ptr<NumbersDataset>()), ValueError);
}

}  // namespace
}  // namespace xgrad::data
