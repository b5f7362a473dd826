// What happens on the way: workers that prepare batches ahead, exceptions, loops that are left early.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "autograd/autograd.h"
#include "data/data_loader.h"
#include "tests/data/batches.h"

namespace xgrad::data {
namespace {

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
  const auto picky = [](const TensorList& batch) {
    if (batch[0].item<int>() == 2) throw ValueError("too long");
    return batch[0];
  };
  DataLoader loader(numbers(3), {.num_workers = 2}, picky);
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

TEST(DataLoader, InferenceModeIsThatOfTheLoop) {
  for (const int workers : {0, 2}) {
    DataLoader loader(numbers(4), {.num_workers = workers}, [](const TensorList& batch) { return stack(batch) * 1; });
    {
      const InferenceMode inference;
      for (const Tensor& batch : loader) EXPECT_TRUE(batch.is_inference());
    }
    for (const Tensor& batch : loader) EXPECT_FALSE(batch.is_inference());
  }
}

TEST(DataLoader, FarMoreBatchesAheadThanThereAreCostNothing) {
  DataLoader loader(numbers(3), {.num_workers = 2, .prefetch_factor = 2'000'000'000});
  Ints seen;
  for (const Tensor& batch : loader) seen.push_back(batch.item<std::int64_t>());
  EXPECT_EQ(seen, (Ints{0, 1, 2}));
}

TEST(DataLoader, ThereIsNoBatchBehindTheLastOne) {
  DataLoader loader(numbers(1), {});
  auto batch = loader.begin();
  ++batch;
  EXPECT_EQ(batch, loader.end());
  EXPECT_THROW(*batch, IndexError);
  EXPECT_THROW(batch->dim(), IndexError);
}

}  // namespace
}  // namespace xgrad::data
