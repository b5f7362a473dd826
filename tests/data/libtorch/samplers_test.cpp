#include "data/libtorch/samplers.h"

#include <sstream>

#include "autograd/autograd.h"
#include "data/libtorch/serialize.h"
#include "tests/support/golden.h"

namespace xgrad::data::samplers {
namespace {

using Indices = std::vector<std::size_t>;
using Batches = std::vector<Indices>;

template <class S>
Batches rest_of(S& sampler, std::size_t batch_size) {
  Batches batches;
  while (auto batch = sampler.next(batch_size)) batches.push_back(*batch);
  return batches;
}

template <class S>
Batches two_epochs(S sampler) {
  Batches batches;
  for (std::size_t epoch = 0; epoch < 2; ++epoch) {
    sampler.set_epoch(epoch);
    sampler.reset();
    for (const Indices& batch : rest_of(sampler, 3)) batches.push_back(batch);
  }
  return batches;
}

TEST(Samplers, DistributedOnesFollowLibtorch) {
  const auto golden = test::load_golden("data_loader");
  EXPECT_EQ(two_epochs(DistributedRandomSampler(11, 3, 1)), golden.at("distributed_random").get<Batches>());
  EXPECT_EQ(two_epochs(DistributedRandomSampler(11, 3, 2, false)),
            golden.at("distributed_random_without_duplicates").get<Batches>());
  EXPECT_EQ(two_epochs(DistributedSequentialSampler(11, 3, 2)), golden.at("distributed_sequential").get<Batches>());
}

TEST(Samplers, SequentialOnesGoOn) {
  SequentialSampler sampler(5);
  EXPECT_EQ(rest_of(sampler, 2), (Batches{{0, 1}, {2, 3}, {4}}));
  EXPECT_FALSE(sampler.next(2));
  sampler.reset(2);
  EXPECT_EQ(rest_of(sampler, 5), (Batches{{0, 1}}));
}

TEST(Samplers, StreamsAreAskedForSizes) {
  StreamSampler sampler(5);
  EXPECT_EQ(sampler.next(3)->size(), 3U);
  EXPECT_EQ(*sampler.next(3), 2U);
  EXPECT_FALSE(sampler.next(3));
  sampler.reset(1);
  EXPECT_EQ(*sampler.next(3), 1U);
}

TEST(Samplers, AStateGoesOnInTheMiddle) {
  RandomSampler random(10);
  random.next(3);
  RandomSampler other(10);
  other.load_state_dict(random.state_dict());
  EXPECT_EQ(other.index(), 3U);
  EXPECT_EQ(rest_of(other, 4), rest_of(random, 4));
  SequentialSampler sequential(10);
  sequential.load_state_dict(Value::Dict{{"index", 8}});
  EXPECT_EQ(rest_of(sequential, 4), (Batches{{8, 9}}));
  DistributedRandomSampler distributed(10, 2, 1);
  distributed.set_epoch(3);
  distributed.reset();
  distributed.next(2);
  DistributedRandomSampler resumed(10, 2, 1);
  resumed.load_state_dict(distributed.state_dict());
  EXPECT_EQ(rest_of(resumed, 2), rest_of(distributed, 2));
  StreamSampler stream(5);
  stream.load_state_dict(Value::Dict{{"examples_retrieved_so_far", 4}});
  EXPECT_EQ(*stream.next(3), 1U);
}

TEST(Samplers, GoThroughFilesWithLibtorchsKeys) {
  RandomSampler random(10);
  random.next(3);
  std::stringstream stream;
  save(random, stream);
  RandomSampler other(10);
  load(other, stream);
  EXPECT_EQ(rest_of(other, 4), rest_of(random, 4));
  const auto keys_of = [](const auto& sampler) {
    serialize::OutputArchive archive;
    archive << sampler;
    std::vector<std::string> keys;
    for (const auto& [key, value] : archive.entries()) {
      EXPECT_TRUE(value.is_tensor());
      keys.push_back(key.string());
    }
    return keys;
  };
  using Keys = std::vector<std::string>;
  EXPECT_EQ(keys_of(random), (Keys{"index", "indices"}));
  EXPECT_EQ(keys_of(SequentialSampler(3)), Keys{"index"});
  EXPECT_EQ(keys_of(StreamSampler(3)), Keys{"examples_retrieved_so_far"});
  EXPECT_EQ(keys_of(DistributedRandomSampler(3)), (Keys{"sample_index_", "epoch_"}));
}

TEST(Samplers, WhatMakesNoSenseIsRefused) {
  EXPECT_THROW(DistributedRandomSampler(10, 2, 2), ValueError);
  EXPECT_THROW(SequentialSampler(3).next(0), ValueError);
  EXPECT_THROW(SequentialSampler(3).load_state_dict(Value::Dict{{"index", 4}}), ValueError);
  EXPECT_THROW(RandomSampler(3).load_state_dict(Value::Dict{{"index", 0}, {"indices", tensor({0, 0, 1})}}), ValueError);
  EXPECT_THROW(RandomSampler(3).load_state_dict(Value::Dict{{"index", 4}, {"indices", tensor({0, 2, 1})}}), ValueError);
  EXPECT_THROW(StreamSampler(3).load_state_dict(Value::Dict{{"examples_retrieved_so_far", -1}}), ValueError);
  DistributedSequentialSampler second(10, 2, 1);
  EXPECT_THROW(second.load_state_dict(DistributedSequentialSampler(10, 2, 0).state_dict()), ValueError);
}

TEST(Samplers, DistributedOnesStayInRangeWhereThereAreMoreReplicasThanExamples) {
  for (std::size_t size = 1; size < 6; ++size) {
    for (std::size_t replicas = 1; replicas < 9; ++replicas) {
      std::vector<std::size_t> all;
      for (std::size_t rank = 0; rank < replicas; ++rank) {
        DistributedSequentialSampler sampler(size, replicas, rank);
        while (auto indices = sampler.next(2)) all.insert(all.end(), indices->begin(), indices->end());
        DistributedRandomSampler random(size, replicas, rank);
        while (auto indices = random.next(2)) {
          for (const std::size_t index : *indices) EXPECT_LT(index, size);
        }
      }
      for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i % size);
    }
  }
}

TEST(Samplers, RandomOnesRefuseAStateOfAnotherSize) {
  RandomSampler five(5);
  RandomSampler ten(10);
  EXPECT_THROW(ten.load_state_dict(five.state_dict()), ValueError);
  std::vector<std::size_t> indices = *ten.next(10);
  EXPECT_EQ(indices.size(), 10U);
}

TEST(Samplers, RandomOnesRefuseADtypeThatDoesNotHoldTheirIndices) {
  EXPECT_THROW(RandomSampler(200, kInt8), ValueError);
  EXPECT_THROW(RandomSampler(5, kBool), ValueError);
  EXPECT_NO_THROW(RandomSampler(128, kInt8));
}

TEST(Samplers, DerivedOnesHaveARankInRange) {
  struct Mine : DistributedSampler<> {
    using DistributedSampler::DistributedSampler;
    void reset(std::optional<std::size_t> /*size*/) override {}
    std::optional<std::vector<std::size_t>> next(std::size_t /*size*/) override { return std::nullopt; }
  };
  EXPECT_THROW(Mine(5, 0, 0), ValueError);
  EXPECT_THROW(Mine(5, 2, 2), ValueError);
}

}  // namespace
}  // namespace xgrad::data::samplers
