#include "data/libtorch/chunk.h"

#include <algorithm>
#include <stdexcept>

#include "autograd/autograd.h"
#include "tests/support/golden.h"

namespace xgrad::data::datasets {
namespace {

using Ints = std::vector<std::int64_t>;
using Batches = std::vector<Ints>;

/// Chunk i is 100 i, 100 i + 1, ...: i + 1 numbers.
struct Reader : ChunkDataReader<std::int64_t> {
  explicit Reader(std::size_t bad = 99) : bad_(bad) {}
  Ints read_chunk(std::size_t chunk) override {
    if (chunk == bad_) throw std::runtime_error("a bad chunk");
    Ints numbers;
    for (std::size_t i = 0; i <= chunk; ++i) numbers.push_back(static_cast<std::int64_t>(100 * chunk + i));
    return numbers;
  }
  std::size_t chunk_count() override { return 5; }
  void reset() override {}
  std::size_t bad_;
};

template <class Loader>
Batches epochs_of(Loader& loader, int count) {
  Batches batches;
  for (int epoch = 0; epoch < count; ++epoch) {
    for (auto& batch : *loader) batches.push_back(batch);
  }
  return batches;
}

TEST(ChunkDataset, FollowsLibtorchFromASeedWithAnyNumberOfPreloaders) {
  const auto golden = test::load_golden("data_loader");
  for (const std::size_t preloaders : {1, 4}) {
    manual_seed(2);
    auto loader = make_data_loader(
        make_shared_dataset<ChunkDataset<Reader>>(Reader(), samplers::RandomSampler(5), samplers::RandomSampler(0),
                                                  ChunkDatasetOptions(preloaders, 4, 2048, 2)),
        DataLoaderOptions(4));
    EXPECT_EQ(epochs_of(loader, 2), golden.at("chunks").get<Batches>()) << preloaders;
  }
}

using InOrder = ChunkDataset<Reader, samplers::SequentialSampler, samplers::SequentialSampler>;

TEST(ChunkDataset, BatchesGoAcrossChunks) {
  for (const std::size_t cache : {4, 2048}) {
    auto loader =
        make_data_loader(make_shared_dataset<InOrder>(Reader(), samplers::SequentialSampler(5),
                                                      samplers::SequentialSampler(0), ChunkDatasetOptions(3, 4, cache)),
                         DataLoaderOptions(4));
    EXPECT_EQ(epochs_of(loader, 1),
              (Batches{{0, 100, 101, 200}, {201, 202, 300, 301}, {302, 303, 400, 401}, {402, 403, 404}}));
  }
}

TEST(ChunkDataset, APolicyChangesWhatWasRead) {
  InOrder dataset(Reader(), samplers::SequentialSampler(5), samplers::SequentialSampler(0), ChunkDatasetOptions(1, 3),
                  [](Ints& numbers) { std::reverse(numbers.begin(), numbers.end()); });
  dataset.reset();
  EXPECT_EQ(dataset.get_batch(), (Ints{0, 101, 100}));
}

TEST(ChunkDataset, AnEpochMayBeLeft) {
  InOrder dataset(Reader(), samplers::SequentialSampler(5), samplers::SequentialSampler(0), ChunkDatasetOptions(2, 3));
  for (int i = 0; i < 20; ++i) {
    dataset.reset();
    EXPECT_EQ(dataset.get_batch(), (Ints{0, 100, 101}));
  }
}

TEST(ChunkDataset, AChunkThatCannotBeReadIsPassedOver) {
  InOrder dataset(Reader(1), samplers::SequentialSampler(5), samplers::SequentialSampler(0), ChunkDatasetOptions(2, 2));
  dataset.reset();
  EXPECT_THROW(dataset.get_batch(), WorkerException);
  EXPECT_EQ(dataset.get_batch(), (Ints{0, 200}));
}

TEST(ChunkDataset, RefusesWhatMakesNoSense) {
  EXPECT_THROW(ChunkDatasetOptions(0, 1), ValueError);
  EXPECT_THROW(ChunkDatasetOptions(1, 0), ValueError);
  EXPECT_THROW(ChunkDatasetOptions(1, 9, 8), ValueError);
  EXPECT_THROW(ChunkDatasetOptions(1, 1, 8, 0), ValueError);
  InOrder dataset(Reader(), samplers::SequentialSampler(5), samplers::SequentialSampler(0), ChunkDatasetOptions(1, 2));
  EXPECT_THROW(dataset.get_batch(), ValueError);
  dataset.reset();
  EXPECT_THROW(dataset.get_batch(3), ValueError);
  EXPECT_FALSE(dataset.size());
}

TEST(ChunkDataset, BatchesComeInTheChunksOrderWithSeveralWorkers) {
  auto loader = make_data_loader(make_shared_dataset<InOrder>(Reader(), samplers::SequentialSampler(5),
                                                              samplers::SequentialSampler(0), ChunkDatasetOptions(3, 2)),
                                 DataLoaderOptions(2).workers(4));
  for (int epoch = 0; epoch < 100; ++epoch) {
    ASSERT_EQ(epochs_of(loader, 1),
              (Batches{{0, 100}, {101, 200}, {201, 202}, {300, 301}, {302, 303}, {400, 401}, {402, 403}, {404}}));
  }
}

TEST(ChunkDataset, OptionsThatWereSetAreChecked) {
  const auto dataset_with = [](const ChunkDatasetOptions& options) {
    return InOrder(Reader(), samplers::SequentialSampler(5), samplers::SequentialSampler(0), options);
  };
  EXPECT_THROW(dataset_with(ChunkDatasetOptions(1, 2).batch_size(0)), ValueError);
  EXPECT_THROW(dataset_with(ChunkDatasetOptions(1, 2).cross_chunk_shuffle_count(0)), ValueError);
}

}  // namespace
}  // namespace xgrad::data::datasets
