/// DataLoaders that go on where they stopped, and iterable datasets.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "autograd/autograd.h"
#include "data/data_loader.h"
#include "tests/data/batches.h"

namespace xgrad::data {
namespace {

/// 0, 1, ... count - 1; in epoch e, from 100 e on.
class CountingStream : public IterableDataset<Tensor> {
 public:
  explicit CountingStream(std::int64_t count, std::int64_t bad = -1) : count_(count), bad_(bad) {}
  Stream stream(std::uint64_t epoch) const override {
    return [next = std::int64_t{0}, epoch, this]() mutable -> std::optional<Tensor> {
      if (next == bad_) throw std::runtime_error("a bad example");
      if (next == count_) return std::nullopt;
      return tensor(static_cast<std::int64_t>(100 * epoch) + next++);
    };
  }

 private:
  std::int64_t count_;
  std::int64_t bad_;
};

/// The batches of three epochs, from two loaders: the second goes on where the first stops, after `stop` batches.
template <class Make>
std::vector<Ints> interrupted(const Make& make, std::size_t stop) {
  std::vector<Ints> batches;
  auto first = make();
  Value state = first.state_dict();
  while (batches.size() < stop) {
    for (const Tensor& batch : first) {
      batches.push_back(batch.template to_vector<std::int64_t>());
      state = first.state_dict();
      if (batches.size() == stop) break;
    }
  }
  auto second = make();
  second.load_state_dict(state);
  EXPECT_EQ(second.state_dict(), state);
  while (second.epoch() < 3) {
    for (const Ints& batch : one_epoch(second)) batches.push_back(batch);
  }
  return batches;
}

template <class Make>
void expect_the_same_when_interrupted(const Make& make) {
  std::vector<Ints> whole;
  auto loader = make();
  while (loader.epoch() < 3) {
    for (const Ints& batch : one_epoch(loader)) whole.push_back(batch);
  }
  for (std::size_t stop = 0; stop <= whole.size(); ++stop) EXPECT_EQ(interrupted(make, stop), whole) << stop;
}

TEST(ResumedDataLoader, GivesTheBatchesOfOneThatWasNeverInterrupted) {
  for (const int workers : {0, 2}) {
    expect_the_same_when_interrupted(
        [&] { return DataLoader(numbers(11), {.batch_size = 3, .shuffle = true, .num_workers = workers, .seed = 7}); });
    const auto buckets = std::make_shared<BucketBatchSampler>(Ints{3, 1, 4, 1, 5, 9, 2, 6}, BucketOptions{.batch_size = 3});
    expect_the_same_when_interrupted(
        [&] { return DataLoader(numbers(8), {.batch_sampler = buckets, .num_workers = workers}); });
    expect_the_same_when_interrupted(
        [&] { return DataLoader(CountingStream(10), {.batch_size = 3, .num_workers = workers}); });
  }
}

TEST(ResumedDataLoader, ALoopThatWasLeftIsOver) {
  DataLoader loader(numbers(6), {.batch_size = 2});
  for (const Tensor& batch : loader) {
    EXPECT_EQ(batch.numel(), 2);
    EXPECT_EQ(loader.state_dict().at("epoch").to_int(), 0);
    EXPECT_EQ(loader.state_dict().at("position").to_int(), 1);
    break;
  }
  EXPECT_EQ(loader.state_dict().at("epoch").to_int(), 1);
  EXPECT_EQ(loader.state_dict().at("position").to_int(), 0);
}

TEST(ResumedDataLoader, AStateThatDoesNotFitIsRefused) {
  DataLoader loader(numbers(6), {.batch_size = 2, .shuffle = true, .seed = 1});
  const Value state = loader.state_dict();
  const auto with = [&](const char* key, const Value& value) {
    Value::Dict changed = state.dict();
    changed[key] = value;
    return Value(changed);
  };
  EXPECT_THROW(loader.load_state_dict(with("seed", 2)), ValueError);
  EXPECT_THROW(loader.load_state_dict(with("batches", 4)), ValueError);
  EXPECT_THROW(loader.load_state_dict(with("position", 4)), ValueError);
  EXPECT_THROW(loader.load_state_dict(with("position", -1)), ValueError);
  EXPECT_THROW(loader.load_state_dict(with("epoch", "x")), TypeError);
  EXPECT_THROW(loader.load_state_dict(Value::Dict{}), IndexError);
  EXPECT_EQ(loader.state_dict(), state);
}

TEST(IterableDataset, GoesThroughTheStreamOfEachEpoch) {
  for (const int workers : {0, 2}) {
    DataLoader loader(CountingStream(5), {.batch_size = 2, .num_workers = workers});
    EXPECT_EQ(one_epoch(loader), (std::vector<Ints>{{0, 1}, {2, 3}, {4}}));
    EXPECT_EQ(one_epoch(loader), (std::vector<Ints>{{100, 101}, {102, 103}, {104}}));
    DataLoader dropping(std::make_shared<CountingStream>(5), {.batch_size = 2, .num_workers = workers, .drop_last = true});
    EXPECT_EQ(one_epoch(dropping), (std::vector<Ints>{{0, 1}, {2, 3}}));
    DataLoader nothing(CountingStream(0), {.num_workers = workers});
    EXPECT_TRUE(one_epoch(nothing).empty());
  }
}

TEST(IterableDataset, WorkersKeepTheOrder) {
  DataLoader loader(CountingStream(1000), {.batch_size = 1, .num_workers = 4, .prefetch_factor = 8});
  std::int64_t expected = 0;
  for (const Tensor& batch : loader) EXPECT_EQ(batch.item<std::int64_t>(), expected++);
  EXPECT_EQ(expected, 1000);
}

TEST(IterableDataset, AnExceptionReachesTheLoopAndEndsTheEpoch) {
  for (const int workers : {0, 2}) {
    DataLoader loader(CountingStream(9, 5), {.batch_size = 2, .num_workers = workers});
    Ints seen;
    EXPECT_THROW(
        for (const Tensor& batch
             : loader) {
          for (const std::int64_t number : batch.to_vector<std::int64_t>()) seen.push_back(number);
        },
        std::runtime_error);
    EXPECT_EQ(seen, (Ints{0, 1, 2, 3}));
  }
}

TEST(IterableDataset, HasNoSizeAndNoOtherOrder) {
  DataLoader loader(CountingStream(9));
  EXPECT_THROW(loader.size(), ValueError);
  EXPECT_THROW(loader.dataset(), ValueError);
  EXPECT_THROW(DataLoader(CountingStream(9), {.shuffle = true}), ValueError);
  EXPECT_THROW(DataLoader(CountingStream(9), {.sampler = std::make_shared<SequentialSampler>(9)}), ValueError);
  EXPECT_THROW(DataLoader(std::shared_ptr<CountingStream>(), {.batch_size = 2}), ValueError);
}

TEST(DataLoader, ABatchSamplerExcludesOtherOrders) {
  const auto buckets = std::make_shared<BucketBatchSampler>(Ints{1, 2, 3}, BucketOptions{.batch_size = 2});
  DataLoader loader(numbers(3), {.batch_sampler = buckets});
  EXPECT_EQ(loader.size(), 2U);
  EXPECT_EQ(loader.batch_size(), 2U);
  EXPECT_THROW(DataLoader(numbers(3), {.batch_size = 2, .batch_sampler = buckets}), ValueError);
  EXPECT_THROW(DataLoader(numbers(3), {.shuffle = true, .batch_sampler = buckets}), ValueError);
  EXPECT_THROW(DataLoader(numbers(3), {.batch_sampler = buckets, .drop_last = true}), ValueError);
}

/// Eleven random numbers, with a random number of the epoch in each.
class DrawingStream : public IterableDataset<Tensor> {
 public:
  Stream stream(std::uint64_t /*epoch*/) const override {
    return [next = 0, begun = randint(0, 1000, {}, kInt64)]() mutable -> std::optional<Tensor> {
      if (next++ == 11) return std::nullopt;
      return begun + randint(0, 1 << 20, {}, kInt64) * 1000;
    };
  }
};

std::vector<Ints> drawn_batches(int workers, std::uint64_t seed = 3) {
  const NumbersDataset dataset(9, [](std::size_t) {});
  const auto collate = [](const TensorList& batch) { return stack(batch) + randint(0, 1 << 20, {}, kInt64) * 100; };
  DataLoader loader(dataset, {.batch_size = 2, .shuffle = true, .num_workers = workers, .seed = seed}, collate);
  std::vector<Ints> batches = one_epoch(loader);
  for (const Ints& batch : one_epoch(loader)) batches.push_back(batch);
  return batches;
}

TEST(DataLoader, WhatIsDrawnFollowsFromSeedEpochAndBatch) {
  manual_seed(1);
  const std::vector<Ints> drawn = drawn_batches(0);
  rand({3});
  EXPECT_EQ(drawn_batches(0), drawn);
  EXPECT_EQ(drawn_batches(1), drawn);
  EXPECT_EQ(drawn_batches(4), drawn);
  EXPECT_NE(drawn_batches(0, 4), drawn);
  const DefaultGeneratorGuard guard(Generator(5));
  EXPECT_EQ(drawn_batches(2), drawn);
}

TEST(DataLoader, TheLoopsOwnDrawsDoNotDependOnItsDataset) {
  manual_seed(1);
  const Tensor expected = rand({2});
  manual_seed(1);
  drawn_batches(0);
  EXPECT_TRUE(equal(rand({2}), expected));
}

TEST(IterableDataset, WhatIsDrawnIsTheSameWhenItIsInterruptedAndWithWorkers) {
  for (const int workers : {0, 3}) {
    expect_the_same_when_interrupted([workers] {
      return DataLoader(std::make_shared<DrawingStream>(), {.batch_size = 2, .num_workers = workers, .seed = 7});
    });
  }
  DataLoader alone(std::make_shared<DrawingStream>(), {.batch_size = 2});
  DataLoader together(std::make_shared<DrawingStream>(), {.batch_size = 2, .num_workers = 3});
  EXPECT_EQ(one_epoch(alone), one_epoch(together));
}

TEST(ResumedDataLoader, AStateOfOtherBatchesIsRefused) {
  const auto loader_of = [](std::int64_t size, const LoaderOptions& options) {
    return DataLoader(NumbersDataset(static_cast<std::size_t>(size), [](std::size_t) {}), options);
  };
  auto saved = loader_of(9, {.batch_size = 4});
  const Value state = saved.state_dict();
  const auto refuses = [&](std::int64_t size, const LoaderOptions& options) {
    auto loader = loader_of(size, options);
    EXPECT_THROW(loader.load_state_dict(state), ValueError);
  };
  loader_of(9, {.batch_size = 4, .num_workers = 2}).load_state_dict(state);
  refuses(9, {.batch_size = 3});
  refuses(11, {.batch_size = 4});
  refuses(9, {.batch_size = 4, .shuffle = true});
  const std::vector<std::int64_t> lengths{1, 2, 3, 4, 5, 6, 7, 8, 9};
  const auto buckets = [&](std::uint64_t seed) {
    return loader_of(
        9, {.batch_sampler = std::make_shared<BucketBatchSampler>(lengths, BucketOptions{.batch_size = 2, .seed = seed})});
  };
  EXPECT_THROW(buckets(2).load_state_dict(buckets(1).state_dict()), ValueError);
  buckets(1).load_state_dict(buckets(1).state_dict());

  DataLoader stream(std::make_shared<CountingStream>(10), {.batch_size = 2});
  DataLoader other(std::make_shared<CountingStream>(10), {.batch_size = 4});
  EXPECT_THROW(other.load_state_dict(stream.state_dict()), ValueError);
}

TEST(ResumedDataLoader, ALoopThatCouldNotBeginLeavesThePosition) {
  class FailsOnce : public CountingStream {
   public:
    FailsOnce() : CountingStream(10) {}
    Stream stream(std::uint64_t epoch) const override {
      if (!std::exchange(failed_, true)) throw std::runtime_error("not yet");
      return CountingStream::stream(epoch);
    }

   private:
    mutable bool failed_ = false;
  };
  DataLoader first(std::make_shared<CountingStream>(10), {.batch_size = 2});
  auto batch = first.begin();
  ++batch;
  DataLoader second(std::make_shared<FailsOnce>(), {.batch_size = 2});
  second.load_state_dict(first.state_dict());
  const Value state = second.state_dict();
  EXPECT_THROW(second.begin(), std::runtime_error);
  EXPECT_EQ(second.state_dict(), state);
  EXPECT_EQ(one_epoch(second), (std::vector<Ints>{{4, 5}, {6, 7}, {8, 9}}));
}

}  // namespace
}  // namespace xgrad::data
