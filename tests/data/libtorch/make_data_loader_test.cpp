#include "data/libtorch/make_data_loader.h"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "autograd/autograd.h"
#include "data/libtorch/serialize.h"
#include "data/libtorch/transforms.h"
#include "tests/support/golden.h"

namespace xgrad::data {
namespace {

using testing::HasSubstr;
using Ints = std::vector<std::int64_t>;
using Batches = std::vector<Ints>;

struct Numbers : datasets::Dataset<Numbers, std::int64_t> {
  explicit Numbers(std::size_t count, std::int64_t bad = -1) : count_(count), bad_(bad) {}
  std::int64_t get(std::size_t index) override {
    last_ = static_cast<std::int64_t>(index);  // each worker has a dataset of its own
    if (last_ == bad_) throw std::runtime_error("a bad example");
    return last_;
  }
  std::optional<std::size_t> size() const override { return count_; }
  std::size_t count_;
  std::int64_t bad_;
  std::int64_t last_ = 0;
};

template <class Loader>
Batches epoch_of(Loader& loader) {
  Batches batches;
  for (auto& batch : *loader) batches.push_back(batch);
  return batches;
}

TEST(MakeDataLoader, FollowsLibtorchFromASeed) {
  const auto golden = test::load_golden("data_loader");
  for (const std::size_t workers : {0, 2}) {
    manual_seed(1);
    auto loader = make_data_loader(Numbers(10), DataLoaderOptions().batch_size(4).workers(workers));
    Batches batches = epoch_of(loader);
    for (const Ints& batch : epoch_of(loader)) batches.push_back(batch);
    EXPECT_EQ(batches, golden.at("random").get<Batches>());
    auto dropping =
        make_data_loader<samplers::SequentialSampler>(Numbers(10), DataLoaderOptions(4).drop_last(true).workers(workers));
    batches = epoch_of(dropping);
    for (const Ints& batch : epoch_of(dropping)) batches.push_back(batch);
    EXPECT_EQ(batches, golden.at("sequential_drop_last").get<Batches>());
  }
}

struct Points : datasets::Dataset<Points> {
  Example<> get(std::size_t index) override {
    const auto i = static_cast<double>(index);
    return {tensor({i, i + 0.5}), tensor(static_cast<std::int64_t>(index))};
  }
  std::optional<std::size_t> size() const override { return 5; }
};

TEST(MakeDataLoader, ExamplesAreMappedAndStacked) {
  auto dataset = Points()
                     .map(transforms::Lambda<Example<>>([](Example<> example) {
                       example.data = example.data * 2;
                       return example;
                     }))
                     .map(transforms::TensorLambda<>([](const Tensor& data) { return data + 1; }))
                     .map(transforms::Stack<>());
  auto loader = make_data_loader(std::move(dataset), samplers::SequentialSampler(5), 2);
  std::size_t count = 0;
  for (auto& batch : *loader) {
    if (count == 0) {
      EXPECT_EQ(batch.data.to_vector<float>(), (std::vector<float>{1, 2, 3, 4}));
      EXPECT_EQ(batch.target.to_vector<std::int64_t>(), (Ints{0, 1}));
    }
    EXPECT_EQ(batch.data.sizes(), (IntArrayRef{count < 2 ? 2 : 1, 2}));
    ++count;
  }
  EXPECT_EQ(count, 3U);
}

TEST(MakeDataLoader, TensorsWithoutTargets) {
  auto loader = make_data_loader(datasets::TensorDataset(arange(6).reshape({3, 2})).map(transforms::Stack<TensorExample>()),
                                 samplers::SequentialSampler(3), 2);
  const Tensor first = *loader->begin();
  EXPECT_EQ(first.to_vector<std::int64_t>(), (Ints{0, 1, 2, 3}));
  EXPECT_EQ(datasets::TensorDataset(TensorList{ones({2}), ones({2})}).size(), 2U);
}

TEST(MakeDataLoader, NormalizesChannels) {
  transforms::Normalize<> normalize({1.0, 2.0}, {2.0, 4.0});
  const Tensor data = full({2, 1, 3}, 6.0);
  EXPECT_EQ(normalize(data).to_vector<float>(), (std::vector<float>{2.5F, 2.5F, 2.5F, 1, 1, 1}));
  transforms::Normalize<> by_one(1.0, 2.0);
  EXPECT_EQ(by_one(data).to_vector<float>(), std::vector<float>(6, 2.5F));
}

TEST(MakeDataLoader, CollatesByAFunction) {
  auto dataset = Numbers(5).map(transforms::BatchLambda<Ints, std::int64_t>([](const Ints& batch) {
    std::int64_t sum = 0;
    for (const std::int64_t number : batch) sum += number;
    return sum;
  }));
  auto loader = make_data_loader<samplers::SequentialSampler>(dataset, 3);
  Ints sums;
  for (const std::int64_t sum : *loader) sums.push_back(sum);
  EXPECT_EQ(sums, (Ints{3, 7}));
}

/// Counts down: it has its order in itself.
struct Countdown : datasets::StatefulDataset<Countdown, Ints> {
  std::optional<Ints> get_batch(std::size_t count) override {
    if (left_ == 0) return std::nullopt;
    Ints batch;
    while (batch.size() < count && left_ > 0) batch.push_back(left_--);
    return batch;
  }
  void reset() override { left_ = 5; }
  void save(serialize::OutputArchive& archive) const override { archive.write("left", tensor(left_)); }
  void load(serialize::InputArchive& archive) override {
    Tensor left;
    archive.read("left", left);
    left_ = left.item<std::int64_t>();
  }
  std::optional<std::size_t> size() const override { return std::nullopt; }
  std::int64_t left_ = 0;
};

TEST(MakeDataLoader, ADatasetMayHaveItsOrderInItself) {
  auto loader = make_data_loader(Countdown(), 2);
  EXPECT_EQ(epoch_of(loader), (Batches{{5, 4}, {3, 2}, {1}}));
  EXPECT_EQ(epoch_of(loader), (Batches{{5, 4}, {3, 2}, {1}}));
  const auto negated = [](Ints batch) {
    for (std::int64_t& number : batch) number = -number;
    return batch;
  };
  auto mapped = make_data_loader(Countdown().map(transforms::BatchLambda<Ints>(negated)), DataLoaderOptions(3).workers(1));
  EXPECT_EQ(epoch_of(mapped), (Batches{{-5, -4, -3}, {-2, -1}}));
}

struct Stream : datasets::StreamDataset<Stream, Ints> {
  Ints get_batch(std::size_t count) override { return Ints(count, 7); }
  std::optional<std::size_t> size() const override { return std::nullopt; }
};

TEST(MakeDataLoader, AStateOfADatasetIsSavedAndLoaded) {
  Countdown dataset;
  dataset.reset();
  dataset.get_batch(2);
  std::stringstream stream;
  save(dataset, stream);
  Countdown other;
  load(other, stream);
  EXPECT_EQ(other.get_batch(9), (Ints{3, 2, 1}));
  serialize::OutputArchive output;
  output << dataset;
  serialize::InputArchive input(output.entries());
  Countdown third;
  input >> third;
  EXPECT_EQ(third.left_, 3);

  struct Forgetful : datasets::StatefulDataset<Forgetful, Ints> {
    std::optional<Ints> get_batch(std::size_t) override { return std::nullopt; }
    void reset() override {}
    std::optional<std::size_t> size() const override { return std::nullopt; }
  };
  EXPECT_THROW(save(Forgetful(), stream), Error);
}

TEST(MakeDataLoader, StreamsGiveWhatIsAskedFor) {
  auto loader = make_data_loader(Stream(), samplers::StreamSampler(5), 2);
  EXPECT_EQ(epoch_of(loader), (Batches{{7, 7}, {7, 7}, {7}}));
}

struct Unsized : datasets::Dataset<Unsized, std::int64_t> {
  std::int64_t get(std::size_t index) override { return static_cast<std::int64_t>(index); }
  std::optional<std::size_t> size() const override { return std::nullopt; }
};

TEST(MakeDataLoader, ADatasetWithoutASizeNeedsASampler) {
  EXPECT_THROW(make_data_loader(Unsized(), 2), ValueError);
  auto loader = make_data_loader(Unsized(), samplers::SequentialSampler(3), 2);
  EXPECT_EQ(epoch_of(loader), (Batches{{0, 1}, {2}}));
}

TEST(MakeDataLoader, IteratorsAreLibtorchs) {
  auto loader = make_data_loader<samplers::SequentialSampler>(Numbers(3), 2);
  auto iterator = loader->begin();
  EXPECT_NE(iterator, loader->end());
  EXPECT_EQ(iterator->size(), 2U);
  ++iterator;
  EXPECT_EQ(*iterator, Ints{2});
  ++iterator;
  EXPECT_EQ(iterator, loader->end());
  EXPECT_THROW(++iterator, IndexError);
  EXPECT_THROW(*iterator, IndexError);
  auto left = loader->begin();
  EXPECT_EQ((*left)[0], 0);
  EXPECT_EQ(epoch_of(loader).size(), 2U);  // a loop that was left does no harm
  ++left;
  EXPECT_EQ(left, loader->end());
}

TEST(MakeDataLoader, WithWorkersAnEpochEndsBeforeTheNextBegins) {
  auto loader = make_data_loader<samplers::SequentialSampler>(Numbers(9), DataLoaderOptions(2).workers(2));
  EXPECT_EQ(epoch_of(loader).size(), 5U);
  EXPECT_EQ(epoch_of(loader).size(), 5U);
  auto left = loader->begin();
  EXPECT_EQ(*left, (Ints{0, 1}));
  EXPECT_THAT([&] { loader->begin(); }, testing::ThrowsMessage<Error>(HasSubstr("another iterator is not yet exhausted")));
  EXPECT_EQ(*++left, (Ints{2, 3}));
  loader->join();
  EXPECT_EQ(epoch_of(loader).size(), 5U);
}

TEST(MakeDataLoader, IteratorsBehindTheEndSayWhich) {
  auto loader = make_data_loader<samplers::SequentialSampler>(Numbers(1), 1);
  auto iterator = loader->begin();
  ++iterator;
  const auto message = [](const char* text) { return testing::ThrowsMessage<IndexError>(HasSubstr(text)); };
  EXPECT_THAT([&] { ++iterator; }, message("increment iterator past the end"));
  EXPECT_THAT([&] { *iterator; }, message("dereference iterator that was past the end"));
  auto end = loader->end();
  EXPECT_THAT([&] { ++end; }, message("Incrementing the DataLoader's past-the-end iterator"));
  EXPECT_THAT([&] { *end; }, message("Dereferencing the DataLoader's past-the-end iterator"));
}

/// Indices, and what is to be added to them.
struct Shifted : samplers::CustomBatchRequest {
  Shifted(std::int64_t offset_, Ints indices_) : offset(offset_), indices(std::move(indices_)) {}
  std::size_t size() const override { return indices.size(); }
  std::int64_t offset;
  Ints indices;
};

struct ShiftedDataset : datasets::BatchDataset<ShiftedDataset, Ints, Shifted> {
  Ints get_batch(Shifted request) override {
    for (std::int64_t& index : request.indices) index += request.offset;
    return request.indices;
  }
  std::optional<std::size_t> size() const override { return 4; }
};

struct ShiftedSampler : samplers::Sampler<Shifted> {
  void reset(std::optional<std::size_t> /*new_size*/) override { next_ = 0; }
  std::optional<Shifted> next(std::size_t batch_size) override {
    if (next_ >= 4) return std::nullopt;
    Ints indices;
    for (; indices.size() < batch_size && next_ < 4; ++next_) indices.push_back(next_);
    return Shifted(100 * next_, indices);
  }
  void save(serialize::OutputArchive& archive) const override { archive.write("next", tensor(next_)); }
  void load(serialize::InputArchive& archive) override {
    Tensor next;
    archive.read("next", next);
    next_ = next.item<std::int64_t>();
  }
  std::int64_t next_ = 0;
};

TEST(MakeDataLoader, SamplersMayHaveRequestsOfTheirOwn) {
  for (const std::size_t workers : {0, 2}) {
    auto loader = make_data_loader(ShiftedDataset(), ShiftedSampler(), DataLoaderOptions(3).workers(workers));
    EXPECT_EQ(epoch_of(loader), (Batches{{300, 301, 302}, {403}})) << workers;
  }
  ShiftedSampler sampler;
  sampler.next(3);
  std::stringstream stream;
  save(sampler, stream);
  ShiftedSampler other;
  load(other, stream);
  EXPECT_EQ(other.next_, 3);
}

/// Waits until all workers have come.
struct Meeting : datasets::Dataset<Meeting, std::int64_t> {
  struct State {
    std::mutex mutex;
    std::condition_variable all_came;
    int came = 0;
    bool in_time = true;
  };
  explicit Meeting(State& state) : state_(&state) {}
  std::int64_t get(std::size_t index) override {
    std::unique_lock lock(state_->mutex);
    ++state_->came;
    state_->all_came.notify_all();
    const bool came = state_->all_came.wait_for(lock, std::chrono::seconds(20), [this] { return state_->came == 10; });
    state_->in_time = state_->in_time && came;
    return static_cast<std::int64_t>(index);
  }
  std::optional<std::size_t> size() const override { return 10; }
  State* state_;
};

TEST(MakeDataLoader, TenWorkersAreTenThreads) {
  Meeting::State state;
  auto loader = make_data_loader<samplers::SequentialSampler>(Meeting(state), DataLoaderOptions(1).workers(10));
  EXPECT_EQ(epoch_of(loader), (Batches{{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}}));
  EXPECT_TRUE(state.in_time);
}

TEST(MakeDataLoader, AnExceptionComesAsItIsOrFromAWorker) {
  auto plain = make_data_loader<samplers::SequentialSampler>(Numbers(9, 4), 2);
  EXPECT_THROW(epoch_of(plain), std::runtime_error);
  auto loader = make_data_loader<samplers::SequentialSampler>(Numbers(9, 4), DataLoaderOptions(2).workers(2));
  try {
    epoch_of(loader);
    FAIL();
  } catch (const WorkerException& error) {
    EXPECT_THAT(error.what(), HasSubstr("Original message: a bad example"));
    EXPECT_THROW(std::rethrow_exception(error.original_exception), std::runtime_error);
  }
  EXPECT_THROW(make_data_loader(Numbers(3), 0), ValueError);
}

struct Slow : datasets::Dataset<Slow, std::int64_t> {
  explicit Slow(std::atomic<bool>& on_worker) : on_worker_(&on_worker), main_(std::this_thread::get_id()) {}
  std::int64_t get(std::size_t index) override {
    if (index == 1 && std::this_thread::get_id() != main_) {
      *on_worker_ = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
    }
    return static_cast<std::int64_t>(index);
  }
  std::optional<std::size_t> size() const override { return 2; }
  std::atomic<bool>* on_worker_;
  std::thread::id main_;
};

TEST(MakeDataLoader, ATimeoutEndsTheWaitForAWorker) {
  std::atomic<bool> on_worker = false;
  auto loader = make_data_loader<samplers::SequentialSampler>(
      Slow(on_worker), DataLoaderOptions(1).workers(1).timeout(std::chrono::milliseconds(20)));
  auto iterator = loader->begin();
  EXPECT_EQ((*iterator)[0], 0);
  for (int i = 0; i < 1000 && !on_worker; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_THROW(++iterator, Error);
}

TEST(MakeDataLoader, SharedDatasetsAreNotCopied) {
  auto shared = datasets::make_shared_dataset<Numbers>(3U);
  auto loader = make_data_loader(shared, samplers::SequentialSampler(3), 1);
  EXPECT_EQ(epoch_of(loader).size(), 3U);
  EXPECT_EQ(shared->last_, 2);
}

TEST(MakeDataLoader, AnEpochGoesOnBehindAFirstBatchThatFailed) {
  for (const std::size_t workers : {0, 1}) {
    auto loader = make_data_loader<samplers::SequentialSampler>(Numbers(6, 0), DataLoaderOptions(2).workers(workers));
    auto batch = loader->begin();
    EXPECT_ANY_THROW(*batch);
    EXPECT_EQ(*batch, (Ints{2, 3}));
    EXPECT_EQ(*++batch, (Ints{4, 5}));
    EXPECT_EQ(++batch, loader->end());
  }
}

/// Counts the examples that it was asked for, and throws at the third.
struct Counting : datasets::Dataset<Counting, std::int64_t> {
  std::int64_t get(std::size_t /*index*/) override {
    if (++asked_ == 3) throw std::runtime_error("the third");
    return asked_;
  }
  std::optional<std::size_t> size() const override { return 5; }
  std::int64_t asked_ = 0;
};

TEST(MakeDataLoader, ADatasetKeepsItsStateBehindAnException) {
  for (const std::size_t workers : {0, 1}) {
    auto loader = make_data_loader<samplers::SequentialSampler>(Counting(), DataLoaderOptions(1).workers(workers));
    auto batch = loader->begin();
    EXPECT_EQ(*batch, Ints{1});
    EXPECT_EQ(*++batch, Ints{2});
    EXPECT_ANY_THROW(++batch);
    EXPECT_EQ(*++batch, Ints{4});
    EXPECT_EQ(*++batch, Ints{5});
  }
}

/// 0 ... 39 in order, some of them slowly.
struct InOrder : datasets::StatefulDataset<InOrder, Ints> {
  std::optional<Ints> get_batch(std::size_t /*size*/) override {
    std::this_thread::sleep_for(std::chrono::microseconds(next_ % 3 * 200));
    if (next_ == 40) return std::nullopt;
    return Ints{next_++};
  }
  std::optional<std::size_t> size() const override { return std::nullopt; }
  void reset() override { next_ = 0; }
  std::int64_t next_ = 0;
};

TEST(MakeDataLoader, BatchesOfADatasetWithAStateComeInItsOrderAndAreTransformedAtOnce) {
  std::atomic<int> at_work = 0;
  std::atomic<int> most = 0;
  const auto slow = transforms::BatchLambda<Ints>([&](Ints batch) {
    const int now = ++at_work;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --at_work;
    return batch;
  });
  auto loader = make_data_loader(datasets::make_shared_dataset<InOrder>().map(slow), DataLoaderOptions(1).workers(4));
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::int64_t expected = 0;
    for (const Ints& batch : *loader) EXPECT_EQ(batch, Ints{expected++});
    EXPECT_EQ(expected, 40);
  }
  EXPECT_GT(most, 1);
}

TEST(MakeDataLoader, ASharedDatasetIsNotNull) {
  EXPECT_THROW(datasets::SharedBatchDataset<Numbers>(std::shared_ptr<Numbers>()), ValueError);
}

}  // namespace
}  // namespace xgrad::data
