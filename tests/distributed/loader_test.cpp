#include "distributed/loader.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "distributed/parallel/data_parallel.h"
#include "nn/nn.h"
#include "tests/distributed/ranks.h"

namespace xgrad::test {

namespace dist = distributed;
using data::DistributedLoader;
using Numbers = std::vector<std::int64_t>;

namespace {

/// The numbers 0 ... size - 1.
struct Counting : data::Dataset<std::int64_t> {
  explicit Counting(std::size_t count) : count_(count) {}
  std::int64_t get(std::size_t index) const override { return static_cast<std::int64_t>(index); }
  std::size_t size() const override { return count_; }
  std::size_t count_;
};

/// The same, one by one.
struct CountingStream : data::IterableDataset<std::int64_t> {
  explicit CountingStream(std::int64_t count) : count_(count) {}
  Stream stream(std::uint64_t /*epoch*/) const override {
    return [next = std::int64_t{0}, count = count_]() mutable {
      return next < count ? std::optional<std::int64_t>(next++) : std::nullopt;
    };
  }
  std::int64_t count_;
};

Numbers keep(std::vector<std::int64_t> examples) { return examples; }

Numbers lengths_for(std::int64_t size) {
  Numbers lengths;
  for (std::int64_t i = 0; i < size; ++i) lengths.push_back((i * 37) % 50);
  return lengths;
}

/// Shard by shard, what an epoch gives: the shards of step s at s * V.
using Epoch = std::map<std::int64_t, Numbers>;

template <class Loader>
void go_through(Loader& loader, Epoch& seen, std::mutex& mutex, std::int64_t steps = 1000) {
  for (auto& step : loader) {
    for (std::int64_t shard = loader.own_shards().begin; shard < loader.own_shards().end; ++shard) {
      const Numbers* batch = step.shard(shard);
      const std::lock_guard lock(mutex);
      EXPECT_TRUE(seen.emplace(step.number() * loader.shards() + shard, batch == nullptr ? Numbers() : *batch).second);
    }
    if (--steps == 0) break;
  }
}

Numbers sorted(const Epoch& epoch) {
  Numbers all;
  for (const auto& [place, batch] : epoch) all.insert(all.end(), batch.begin(), batch.end());
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST(BatchOrderTest, shards_have_equal_counts_and_nearly_equal_lengths) {
  const Numbers lengths = lengths_for(64);
  const auto shards = data::deal_by_length(lengths, 8);
  const std::int64_t mean = std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0}) / 8;
  for (const auto& shard : shards) {
    EXPECT_EQ(shard.size(), 8U);
    std::int64_t total = 0;
    for (const std::size_t place : shard) total += lengths[place];
    EXPECT_NEAR(static_cast<double>(total), static_cast<double>(mean), 0.03 * static_cast<double>(mean));
  }
  std::vector<std::size_t> sizes;
  for (const auto& shard : data::deal_by_length({5, 6, 7}, 4)) sizes.push_back(shard.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 1, 1, 0}));
  EXPECT_EQ(data::deal_by_length({3, 9, 5}, 1), (std::vector<std::vector<std::size_t>>{{0, 1, 2}}));
  EXPECT_EQ(data::cut_in_order(5, 3), (std::vector<std::vector<std::size_t>>{{0, 1}, {2, 3}, {4}}));
}

TEST(BatchOrderTest, bad_options_are_refused) {
  const auto order = std::make_shared<data::BatchSampler>(std::make_shared<data::SequentialSampler>(4), 2, false);
  EXPECT_THROW(data::DistributedBatchOrder(nullptr, {}), ValueError);
  EXPECT_THROW(data::DistributedBatchOrder(order, {.shards = 0}), ValueError);
  EXPECT_THROW(data::DistributedBatchOrder(order, {.shards = 2, .lengths = {-1}}), ValueError);
  const data::DistributedBatchOrder few(order, {.shards = 2, .lengths = {1, 2, 3}});
  EXPECT_THROW(few.cut(std::vector<std::size_t>{2, 3}), IndexError);
  EXPECT_EQ(few.weight(std::vector<std::size_t>{0, 2}), 4);
}

TEST(DistributedLoaderTest, each_example_comes_once_in_an_epoch_on_any_number_of_ranks) {
  for (std::int64_t size = 1; size <= 50; ++size) {
    Numbers expected(static_cast<std::size_t>(size));
    std::iota(expected.begin(), expected.end(), std::int64_t{0});
    for (const bool has_lengths : {false, true}) {
      Epoch alone;
      for (int ranks = 1; ranks <= 8; ++ranks) {
        Epoch seen;
        std::mutex mutex;
        dist::run_threads(ranks, [&] {
          DistributedLoader loader(Counting(static_cast<std::size_t>(size)), {.batch_size = 16, .shuffle = true, .seed = 3},
                                   {.shards = 8, .lengths = has_lengths ? lengths_for(size) : Numbers()}, keep);
          go_through(loader, seen, mutex);
        });
        EXPECT_EQ(sorted(seen), expected);
        if (ranks == 1) alone = seen;
        EXPECT_EQ(seen, alone) << ranks;
      }
    }
  }
}

TEST(DistributedLoaderTest, streams_are_cut_alike_on_all_ranks) {
  const auto length = [](const std::int64_t& number) { return number % 5; };
  Epoch alone;
  for (int ranks = 1; ranks <= 5; ++ranks) {
    Epoch seen;
    std::mutex mutex;
    dist::run_threads(ranks, [&] {
      DistributedLoader loader(CountingStream(37), {.batch_size = 10, .num_workers = ranks % 2}, {.shards = 5}, keep,
                               length);
      go_through(loader, seen, mutex);
      EXPECT_EQ(loader.steps(), 4);
    });
    EXPECT_EQ(sorted(seen).size(), 37U);
    if (ranks == 1) alone = seen;
    EXPECT_EQ(seen, alone);
  }
}

TEST(DistributedLoaderTest, a_run_goes_on_in_the_middle_of_an_epoch_with_other_ranks) {
  const auto load = [] {
    return DistributedLoader(Counting(50), {.batch_size = 6, .shuffle = true}, {.shards = 4, .lengths = lengths_for(50)},
                             keep);
  };
  Epoch whole;
  std::mutex mutex;
  dist::run_threads(1, [&] {
    auto loader = load();
    for (int epoch = 0; epoch < 2; ++epoch) go_through(loader, whole, mutex);
  });
  Epoch parts;
  Value state;
  dist::run_threads(3, [&] {
    auto loader = load();
    go_through(loader, parts, mutex);
    auto position = loader.begin();
    for (int step = 0; step < 4; ++step, ++position) {
      const std::lock_guard lock(mutex);
      for (std::int64_t shard = loader.own_shards().begin; shard < loader.own_shards().end; ++shard) {
        parts.emplace((*position).number() * 4 + shard, *(*position).shard(shard));
      }
      if (step == 3) state = loader.state_dict();
    }
  });
  dist::run_threads(2, [&] {
    auto loader = load();
    loader.load_state_dict(state);
    EXPECT_EQ(loader.steps(), 13);
    go_through(loader, parts, mutex);
  });
  EXPECT_EQ(parts, whole);
}

TEST(DistributedLoaderTest, batches_of_other_shards_are_refused) {
  nn::Linear linear(1, 1);
  nn::parallel::DistributedDataParallel ddp(linear);
  DistributedLoader loader(Counting(10), {.batch_size = 6}, {.shards = 3}, keep);
  for (auto& step : loader) {
    EXPECT_EQ(step.shards(), 3);
    EXPECT_THROW(ddp.step(step, [&](auto& /*batch*/) { return Tensor(); }), ValueError);
  }
}

TEST(DistributedLoaderTest, the_weight_is_that_of_the_global_batch) {
  on_ranks<int>(3, [] {
    DistributedLoader loader(Counting(10), {.batch_size = 6}, {.shards = 3, .lengths = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
                             keep);
    std::vector<double> weights;
    for (auto& step : loader) {
      weights.push_back(step.weight());
      EXPECT_THROW(step.shard((dist::get_rank() + 1) % 3), IndexError);
    }
    EXPECT_EQ(weights, (std::vector<double>{21, 34}));
    return 0;
  });
  EXPECT_THROW(DistributedLoader(CountingStream(3), {}, {.lengths = {1}}, keep), ValueError);
  on_ranks<int>(2, [] {
    EXPECT_THROW(DistributedLoader(Counting(3), {}, {.shards = 1}, keep), ValueError);
    return 0;
  });
}

}  // namespace xgrad::test
