#include "data/data_loader.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <concepts>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "tests/data/batches.h"

namespace xgrad::data {
namespace {

/// 0, 1, ... count - 1, with something that happens on the way.
class NumbersDataset : public Dataset<Tensor> {
 public:
  explicit NumbersDataset(
      std::size_t count, std::function<void(std::size_t)> on_get = [](std::size_t) {})
      : count_(count), on_get_(std::move(on_get)) {}
  Tensor get(std::size_t index) const override {
    on_get_(index);
    return tensor(static_cast<std::int64_t>(index));
  }
  std::size_t size() const override { return count_; }

 private:
  std::size_t count_;
  std::function<void(std::size_t)> on_get_;
};

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

TEST(DataLoader, AnExceptionReachesTheLoopAtTheBatchWhereItHappened) {
  for (const int workers : {0, 1, 2, 4}) {
    const NumbersDataset dataset(20, [](std::size_t index) {
      if (index == 9) throw std::runtime_error("example 9 is broken");
    });
    DataLoader loader(dataset, {.batch_size = 2, .num_workers = workers});
    for (int epoch = 0; epoch < 3; ++epoch) {
      std::vector<Ints> batches;
      try {
        for (const Tensor& batch : loader) batches.push_back(batch.to_vector<std::int64_t>());
        ADD_FAILURE() << "no exception with " << workers << " workers";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "example 9 is broken");
      }
      EXPECT_EQ(batches, (std::vector<Ints>{{0, 1}, {2, 3}, {4, 5}, {6, 7}})) << workers << " workers";
    }
  }
}

TEST(DataLoader, AnExceptionEndsTheEpoch) {
  for (const int workers : {0, 2}) {
    const NumbersDataset dataset(6, [](std::size_t index) {
      if (index == 2) throw std::runtime_error("broken");
    });
    DataLoader loader(dataset, {.batch_size = 2, .num_workers = workers});
    auto batch = loader.begin();
    EXPECT_THROW(++batch, std::runtime_error);
    EXPECT_TRUE(batch == loader.end());
    ++batch;
    EXPECT_TRUE(batch == loader.end());
  }
}

TEST(DataLoader, ACollateFunctionMayThrow) {
  const auto picky = [](const std::vector<Review>& batch) {
    if (batch[0].text == "ccc") throw ValueError("too long");
    return tensor(1);
  };
  DataLoader loader(reviews, {.num_workers = 2}, picky);
  auto batch = loader.begin();
  ++batch;
  EXPECT_THROW(++batch, ValueError);
}

TEST(DataLoader, ALoopThatIsLeftEarlyWaitsForWorkUnderWay) {
  std::atomic<int> under_way = 0;
  for (int round = 0; round < 50; ++round) {
    const NumbersDataset dataset(1000, [&](std::size_t) {
      ++under_way;
      std::this_thread::sleep_for(std::chrono::microseconds(50));
      --under_way;
    });
    DataLoader loader(dataset, {.batch_size = 2, .num_workers = 4});
    int batches = 0;
    for ([[maybe_unused]] const Tensor& batch : loader) {
      if (++batches == 3) break;
    }
    EXPECT_EQ(under_way, 0);
  }
}

TEST(DataLoader, ABatchAheadIsNotPreparedForALoopThatWasLeft) {
  std::atomic<std::size_t> highest = 0;
  const NumbersDataset dataset(1000, [&](std::size_t index) {
    std::size_t seen = highest;
    while (seen < index && !highest.compare_exchange_weak(seen, index)) {
    }
  });
  DataLoader loader(dataset, {.batch_size = 1, .num_workers = 2, .prefetch_factor = 2});
  std::size_t taken = 0;
  for ([[maybe_unused]] const Tensor& batch : loader) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_LE(highest, taken + 4);  // two workers, two batches each
    if (++taken == 20) break;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LE(highest, 19U + 4U);
}

TEST(DataLoader, WorkersPrepareBatchesAhead) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  const NumbersDataset dataset(64, [&](std::size_t) {
    std::this_thread::sleep_for(std::chrono::microseconds(300));
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
  });
  DataLoader loader(dataset, {.batch_size = 2, .num_workers = 2});
  for ([[maybe_unused]] const Tensor& batch : loader) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  threads.erase(std::this_thread::get_id());
  EXPECT_FALSE(threads.empty());
}

TEST(DataLoader, AsManyWorkersAsAskedForAreThreadsOfTheirOwn) {
  // Ten examples that wait for one another: nine threads would wait for ever.
  std::mutex mutex;
  std::condition_variable all_came;
  int came = 0;
  bool in_time = true;
  const NumbersDataset dataset(10, [&](std::size_t) {
    std::unique_lock lock(mutex);
    ++came;
    all_came.notify_all();
    in_time = all_came.wait_for(lock, std::chrono::seconds(20), [&] { return came == 10; }) && in_time;
  });
  DataLoader loader(dataset, {.num_workers = 10});
  Ints numbers;
  for (const Tensor& batch : loader) numbers.push_back(batch.item<std::int64_t>());
  EXPECT_EQ(numbers, (Ints{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(in_time);
}

TEST(DataLoader, WorkersThatWaitDoNotNeedCores) {
  const NumbersDataset dataset(32, [](std::size_t) { std::this_thread::sleep_for(std::chrono::milliseconds(20)); });
  const auto time_with = [&](int workers) {
    const auto begin = std::chrono::steady_clock::now();
    DataLoader loader(dataset, {.num_workers = workers});
    EXPECT_EQ(one_epoch(loader).size(), 32U);
    return std::chrono::steady_clock::now() - begin;
  };
  EXPECT_LT(time_with(16), time_with(2) / 2);
}

TEST(DataLoader, WithoutWorkersEverythingHappensOnTheThreadOfTheLoop) {
  std::set<std::thread::id> threads;
  DataLoader loader(NumbersDataset(8, [&](std::size_t) { threads.insert(std::this_thread::get_id()); }));
  one_epoch(loader);
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});
}

TEST(DataLoader, GradModeIsThatOfTheLoop) {
  const Tensor weight = ones({1}).requires_grad_();
  const auto recorded = [&](int workers) {
    DataLoader loader(numbers(40), {.batch_size = 1, .num_workers = workers},
                      [&](const TensorList& batch) { return batch[0] * weight; });
    std::set<bool> flags;
    for (const Tensor& batch : loader) flags.insert(batch.requires_grad());
    return flags;
  };
  for (const int workers : {0, 2}) {
    EXPECT_EQ(recorded(workers), std::set{true});
    const NoGradGuard no_grad;
    EXPECT_EQ(recorded(workers), std::set{false});
  }
}

TEST(DataLoader, ThousandsOfShortEpochs) {
  const auto counted = std::make_shared<int>(0);  // what it counts is held by whatever is still alive
  {
    DataLoader loader(NumbersDataset(5, [counted](std::size_t) {}), {.batch_size = 2, .shuffle = true, .num_workers = 2});
    std::int64_t total = 0;
    for (int epoch = 0; epoch < 5000; ++epoch) {
      for (const Tensor& batch : loader) {
        total += batch.sum().item<std::int64_t>();
        if (epoch % 3 == 0) break;
      }
    }
    EXPECT_GT(total, 3333 * 10);
    EXPECT_EQ(loader.epoch(), 5000U);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(DataLoader, ManyShortLivedLoaders) {
  const auto counted = std::make_shared<int>(0);
  for (int i = 0; i < 1000; ++i) {
    DataLoader loader(NumbersDataset(4, [counted](std::size_t) {}), {.num_workers = 1 + i % 3});
    EXPECT_EQ(one_epoch(loader).size(), 4U);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(DataLoader, SeveralLoopsAtOnce) {
  DataLoader loader(numbers(50), {.batch_size = 3, .num_workers = 2});
  auto first = loader.begin();
  auto second = loader.begin();
  for (; first != loader.end(); ++first, ++second) {
    EXPECT_EQ(first->to_vector<std::int64_t>(), second->to_vector<std::int64_t>());
  }
  EXPECT_TRUE(second == loader.end());
}

TEST(DataLoader, AnIteratorOutlivesItsLoader) {
  auto iterator = [] {
    DataLoader loader(numbers(6), {.batch_size = 2, .num_workers = 2});
    return loader.begin();
  }();
  int batches = 0;
  for (; iterator != std::default_sentinel; ++iterator) ++batches;
  EXPECT_EQ(batches, 3);
}

TEST(DataLoader, LoadersOnSeveralThreads) {
  const auto dataset = std::make_shared<NumbersDataset>(60);
  std::vector<std::vector<Ints>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&result, dataset] {
      DataLoader loader(dataset, {.batch_size = 7, .shuffle = true, .num_workers = 2, .seed = 5});
      for (int epoch = 0; epoch < 20; ++epoch) result = one_epoch(loader);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, results[0]);
  EXPECT_EQ(results[0].size(), 9U);
}

TEST(DataLoader, WorksInsideItsOwnWorkers) {
  // A dataset that reads another one through a loader: with every worker busy, progress needs no free one.
  const NumbersDataset inner(4);
  DataLoader loader(NumbersDataset(16,
                                   [&](std::size_t) {
                                     DataLoader nested(inner, {.num_workers = 2});
                                     EXPECT_EQ(one_epoch(nested).size(), 4U);
                                   }),
                    {.batch_size = 2, .num_workers = 4});
  EXPECT_EQ(one_epoch(loader).size(), 8U);
}

}  // namespace
}  // namespace xgrad::data
