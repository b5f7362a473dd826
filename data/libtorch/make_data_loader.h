/// make_data_loader: libtorch's data loaders, on the machinery of DataLoader.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/base/error.h"
#include "data/libtorch/datasets.h"
#include "data/libtorch/samplers.h"
#include "data/pipeline.h"
#include "data/turns.h"

namespace xgrad {

/// What a worker of a data loader threw, at the batch where it happened.
struct WorkerException : public Error {
  /// Wraps an exception, and takes over its message.
  explicit WorkerException(std::exception_ptr original);
  std::exception_ptr original_exception;
};

}  // namespace xgrad

namespace xgrad::data {

using xgrad::WorkerException;  // as libtorch has it

/// Options of make_data_loader: `DataLoaderOptions().batch_size(64).workers(2)`.
/// https://pytorch.org/cppdocs/api/structtorch_1_1data_1_1_data_loader_options.html
struct DataLoaderOptions {
  DataLoaderOptions() = default;
  /// Options with a batch size, and defaults otherwise.
  DataLoaderOptions(std::size_t batch_size) : batch_size_(batch_size) {}  // NOLINT(google-explicit-constructor)
  XGRAD_ARG(std::size_t, batch_size) = 1;
  /// Threads that prepare batches ahead, whatever the cores; 0: the loop's own thread does it.
  XGRAD_ARG(std::size_t, workers) = 0;
  /// Batches that are prepared ahead: two for each worker unless given.
  XGRAD_ARG(std::optional<std::size_t>, max_jobs) = std::nullopt;
  /// The longest wait for a worker's batch: an Error where it takes longer. The next call waits for the same one.
  XGRAD_ARG(std::optional<std::chrono::milliseconds>, timeout) = std::nullopt;
  /// A dataset with a state is asked for one batch at a time, so that batches come in its order; without it, by all workers
  /// at once. Transforms run at once either way, and the batches of other datasets always come in order.
  XGRAD_ARG(bool, enforce_ordering) = true;
  /// Leaves out a last batch that is smaller than the others.
  XGRAD_ARG(bool, drop_last) = false;
};

/// The options, with what was left out.
struct FullDataLoaderOptions {
  /// Throws ValueError for a batch size of 0.
  explicit FullDataLoaderOptions(const DataLoaderOptions& options);

  std::size_t batch_size;
  std::size_t workers;
  std::size_t max_jobs;
  std::optional<std::chrono::milliseconds> timeout;
  bool enforce_ordering;
  bool drop_last;
};

namespace detail {

/// Copies of a dataset, one for each worker; the dataset itself where there are no workers.
template <class Dataset>
class DatasetPool {
 public:
  DatasetPool(Dataset dataset, std::size_t workers) : original_(std::move(dataset)), workers_(workers) {}

  /// Calls function(dataset) with one that nobody else uses. What it changes there stays, also where it throws.
  template <class Function>
  auto use(const Function& function) {
    if (workers_ == 0) return function(original_);
    const Loan loan{*this, take()};
    return function(*loan.copy);
  }

 private:
  struct Loan {
    ~Loan() {
      const std::lock_guard lock(pool.mutex_);
      pool.free_.push_back(std::move(copy));
    }
    DatasetPool& pool;
    std::unique_ptr<Dataset> copy;
  };
  std::unique_ptr<Dataset> take() {
    const std::lock_guard lock(mutex_);
    free_.reserve(workers_);  // so that a copy is always given back
    if (free_.empty()) return std::make_unique<Dataset>(original_);
    std::unique_ptr<Dataset> copy = std::move(free_.back());
    free_.pop_back();
    return copy;
  }

  Dataset original_;
  std::size_t workers_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Dataset>> free_;
};

}  // namespace detail

/// Goes through the batches of one epoch. Copies are the same iterator.
template <class Batch>
class Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Batch;
  using difference_type = std::ptrdiff_t;
  using pointer = Batch*;
  using reference = Batch&;

  /// The end of an epoch.
  Iterator() = default;
  /// Goes through the batches that `next` gives, up to nullopt.
  explicit Iterator(std::function<std::optional<Batch>()> next) : state_(std::make_shared<State>(State{std::move(next)})) {}

  /// Goes to the next batch. Throws IndexError behind the last one, and what preparing the batch threw.
  Iterator& operator++() {
    fetch();
    if (!state_) throw IndexError("Incrementing the DataLoader's past-the-end iterator is not allowed");
    if (!state_->batch) throw IndexError("Attempted to increment iterator past the end");
    state_->batch = state_->next();
    return *this;
  }
  /// Throws IndexError behind the last batch.
  Batch& operator*() const {
    fetch();
    if (!state_) throw IndexError("Dereferencing the DataLoader's past-the-end iterator is not allowed");
    if (!state_->batch) throw IndexError("Attempted to dereference iterator that was past the end");
    return *state_->batch;
  }
  Batch* operator->() const { return &**this; }
  /// The same iterator, or both at the end.
  friend bool operator==(const Iterator& a, const Iterator& b) {
    a.fetch();
    b.fetch();
    return a.state_ == b.state_ || (a.at_end() && b.at_end());
  }

 private:
  struct State {
    std::function<std::optional<Batch>()> next;
    std::optional<Batch> batch = std::nullopt;
    bool begun = false;
  };
  /// Waits for the first batch, once somebody wants it.
  void fetch() const {
    if (!state_ || state_->begun) return;
    state_->batch = state_->next();
    state_->begun = true;  // not before: where it threw, the next call goes on behind it
  }
  bool at_end() const { return !state_ || !state_->batch; }

  std::shared_ptr<State> state_;
};

/// What data loaders have in common. A loop over one goes through an epoch.
template <class Dataset, class Batch, class BatchRequest>
class DataLoaderBase {
 public:
  using BatchType = Batch;
  using BatchRequestType = BatchRequest;

  virtual ~DataLoaderBase() = default;
  DataLoaderBase(const DataLoaderBase&) = delete;
  DataLoaderBase& operator=(const DataLoaderBase&) = delete;

  /// Begins an epoch. Throws Error with workers unless the one before is over, or was ended by join().
  Iterator<Batch> begin() {
    if (options_.workers > 0 && epoch_ && !epoch_->is_exhausted()) {
      throw Error("Attempted to get a new DataLoader iterator while another iterator is not yet exhausted");
    }
    join();
    reset();
    epoch_ = std::make_shared<detail::Pipeline<Batch>>(
        options_.workers, options_.max_jobs,
        [this, next = std::size_t{0}]() mutable -> typename detail::Pipeline<Batch>::Job {
          auto request = get_batch_request();
          if (!request) return nullptr;
          return [this, number = next++, request = *std::move(request)]() mutable {
            return guarded_fetch(number, std::move(request));
          };
        });
    return Iterator<Batch>([epoch = epoch_, timeout = options_.timeout] { return epoch->next(timeout); });
  }
  Iterator<Batch> end() { return {}; }
  /// Ends the epoch under way, and waits for batches that are being prepared.
  void join() {
    if (epoch_) epoch_->close();
  }
  const FullDataLoaderOptions& options() const noexcept { return options_; }

 protected:
  /// Throws ValueError for a batch size of 0.
  explicit DataLoaderBase(const DataLoaderOptions& options) : options_(options) {}
  /// Begins an epoch.
  virtual void reset() = 0;
  /// The request for the next batch; nothing where the epoch is over.
  virtual std::optional<BatchRequest> get_batch_request() = 0;
  /// The batch of request `number` of the epoch, on any thread.
  virtual std::optional<Batch> fetch(std::size_t number, BatchRequest request) = 0;

 private:
  std::optional<Batch> guarded_fetch(std::size_t number, BatchRequest request) {
    if (options_.workers == 0) return fetch(number, std::move(request));
    try {
      return fetch(number, std::move(request));
    } catch (...) {
      throw WorkerException(std::current_exception());
    }
  }

  FullDataLoaderOptions options_;
  std::shared_ptr<detail::Pipeline<Batch>> epoch_;
};

/// A data loader of a dataset without a state, in the order of a sampler.
template <class Dataset, class Sampler>
class StatelessDataLoader : public DataLoaderBase<Dataset, typename Dataset::BatchType, typename Sampler::BatchRequestType> {
 public:
  using Base = DataLoaderBase<Dataset, typename Dataset::BatchType, typename Sampler::BatchRequestType>;
  using typename Base::BatchRequestType;
  using typename Base::BatchType;

  /// Throws ValueError for a batch size of 0.
  StatelessDataLoader(Dataset dataset, Sampler sampler, const DataLoaderOptions& options)
      : Base(options), sampler_(std::move(sampler)), datasets_(std::move(dataset), options.workers()) {}
  ~StatelessDataLoader() override { this->join(); }

 private:
  void reset() override { sampler_.reset(std::nullopt); }
  std::optional<BatchRequestType> get_batch_request() override {
    auto request = sampler_.next(this->options().batch_size);
    if (!request || (this->options().drop_last && request->size() < this->options().batch_size)) return std::nullopt;
    return request;
  }
  std::optional<BatchType> fetch(std::size_t /*number*/, BatchRequestType request) override {
    return datasets_.use([&](Dataset& dataset) { return std::optional<BatchType>(dataset.get_batch(request)); });
  }

  Sampler sampler_;
  detail::DatasetPool<Dataset> datasets_;
};

/// A data loader of a dataset that has its order in itself, such as a ChunkDataset.
template <class Dataset>
class StatefulDataLoader
    : public DataLoaderBase<Dataset, typename Dataset::BatchType::value_type, typename Dataset::BatchRequestType> {
 public:
  using Base = DataLoaderBase<Dataset, typename Dataset::BatchType::value_type, typename Dataset::BatchRequestType>;
  using typename Base::BatchRequestType;
  using typename Base::BatchType;

  /// Throws ValueError for a batch size of 0.
  StatefulDataLoader(Dataset dataset, const DataLoaderOptions& options) : Base(options), dataset_(std::move(dataset)) {}
  ~StatefulDataLoader() override { this->join(); }

 private:
  void reset() override {
    turns_.emplace();
    dataset_.reset();
  }
  std::optional<BatchRequestType> get_batch_request() override { return this->options().batch_size; }
  std::optional<BatchType> fetch(std::size_t number, BatchRequestType request) override {
    if (!this->options().enforce_ordering) return dataset_.get_batch(std::move(request));
    return datasets::detail::get_batch_in_turn(dataset_, std::move(request), [&](const auto& work) {
      const detail::Turns::Turn turn(*turns_, number);
      return work();
    });
  }

  Dataset dataset_;
  std::optional<detail::Turns> turns_;  ///< of this epoch
};

/// A data loader in the order of a sampler:
///
///   auto stacked = dataset.map(data::transforms::Stack<>());
///   auto loader = data::make_data_loader(stacked, data::samplers::SequentialSampler(n), 64);
///   for (auto& batch : *loader) use(batch.data, batch.target);
///
/// Throws ValueError for a batch size of 0.
template <class Dataset, class Sampler>
requires(!Dataset::is_stateful) std::unique_ptr<StatelessDataLoader<Dataset, Sampler>> make_data_loader(
    Dataset dataset, Sampler sampler, DataLoaderOptions options) {
  return std::make_unique<StatelessDataLoader<Dataset, Sampler>>(std::move(dataset), std::move(sampler), options);
}

/// In random order, or that of `Sampler`: `make_data_loader<data::samplers::SequentialSampler>(dataset, 64)`. Throws
/// ValueError where the dataset does not know its size.
template <class Sampler = samplers::RandomSampler, class Dataset>
requires(!Dataset::is_stateful && std::constructible_from<Sampler, std::size_t>)
    std::unique_ptr<StatelessDataLoader<Dataset, Sampler>> make_data_loader(Dataset dataset,
                                                                            DataLoaderOptions options = {}) {
  const std::optional<std::size_t> size = dataset.size();
  if (!size) throw ValueError("make_data_loader: the dataset does not know its size: expected a sampler");
  return make_data_loader(std::move(dataset), Sampler(*size), options);
}

/// In the order of a dataset that has one.
template <class Dataset>
requires(Dataset::is_stateful) std::unique_ptr<StatefulDataLoader<Dataset>> make_data_loader(
    Dataset dataset, DataLoaderOptions options = {}) {
  return std::make_unique<StatefulDataLoader<Dataset>>(std::move(dataset), options);
}

}  // namespace xgrad::data
