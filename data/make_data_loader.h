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
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/base/error.h"
#include "autograd/tensor/grad_mode.h"
#include "data/datasets/datasets.h"
#include "data/prefetcher.h"
#include "data/samplers/samplers.h"

namespace xgrad {

/// What a worker of a data loader threw, at the batch where it happened.
struct WorkerException : public Error {
  /// Wraps an exception, and takes over its message.
  explicit WorkerException(std::exception_ptr original);
  /// As it was thrown.
  std::exception_ptr original_exception;
};

}  // namespace xgrad

namespace xgrad::data {

/// Options of make_data_loader: `DataLoaderOptions().batch_size(64).workers(2)`.
/// https://pytorch.org/cppdocs/api/structtorch_1_1data_1_1_data_loader_options.html
struct DataLoaderOptions {
  DataLoaderOptions() = default;
  /// Options with a batch size, and defaults otherwise.
  DataLoaderOptions(std::size_t batch_size) : batch_size_(batch_size) {}  // NOLINT(google-explicit-constructor)
  /// Examples of a batch.
  XGRAD_ARG(std::size_t, batch_size) = 1;
  /// Threads that prepare batches ahead, as far as there are cores; 0: the loop's own does it.
  XGRAD_ARG(std::size_t, workers) = 0;
  /// Batches that are prepared ahead: two for each worker unless given.
  XGRAD_ARG(std::optional<std::size_t>, max_jobs) = std::nullopt;
  /// The longest wait for a worker's batch. One that no worker has begun is prepared by the loop's own thread.
  XGRAD_ARG(std::optional<std::chrono::milliseconds>, timeout) = std::nullopt;
  /// Batches come in order, whatever is chosen here: it costs nothing.
  XGRAD_ARG(bool, enforce_ordering) = true;
  /// Leaves out a last batch that is smaller than the others.
  XGRAD_ARG(bool, drop_last) = false;
};

/// The options, with what was left out.
struct FullDataLoaderOptions {
  /// Throws ValueError for a batch size of 0.
  explicit FullDataLoaderOptions(const DataLoaderOptions& options);

  /// As in DataLoaderOptions.
  std::size_t batch_size;
  /// As in DataLoaderOptions.
  std::size_t workers;
  /// As in DataLoaderOptions.
  std::size_t max_jobs;
  /// As in DataLoaderOptions.
  std::optional<std::chrono::milliseconds> timeout;
  /// As in DataLoaderOptions.
  bool enforce_ordering;
  /// As in DataLoaderOptions.
  bool drop_last;
};

namespace detail {

/// One epoch under way: requests in order, their batches some of them ahead.
template <class Batch, class BatchRequest>
class Pass {
 public:
  using NextRequest = std::function<std::optional<BatchRequest>()>;
  using Fetch = std::function<std::optional<Batch>(BatchRequest)>;

  Pass(NextRequest next_request, Fetch fetch, std::shared_ptr<Workers> workers, const FullDataLoaderOptions& options)
      : next_request_(std::move(next_request)),
        fetch_(std::move(fetch)),
        timeout_(options.timeout),
        grad_mode_(GradMode::is_enabled()),
        requests_(options.workers > 0 ? std::max<std::size_t>(options.max_jobs, 1) : 1),
        batches_(requests_.size()),
        prefetcher_(std::make_unique<Prefetcher>(std::move(workers), requests_.size(),
                                                 [this](std::size_t number) { prepare(number); })) {}

  /// The next batch; nothing after the last one.
  std::optional<Batch> next() {
    while (prefetcher_) {
      while (!over_ && requested_ < taken_ + requests_.size()) {
        std::optional<BatchRequest> request = next_request_();
        if (request) requests_[requested_++ % requests_.size()].emplace(*std::move(request));
        else over_ = true;
      }
      if (taken_ == requested_) break;
      const std::size_t number = taken_;
      try {
        prefetcher_->take(number, requested_, timeout_);
      } catch (const Timeout&) {
        throw;
      } catch (...) {
        ++taken_;
        throw;
      }
      ++taken_;
      std::optional<Batch> batch = std::exchange(batches_[number % batches_.size()], std::nullopt);
      if (batch) return batch;
      over_ = true;  // a dataset with a state has no more; requests that were made already may still have some
    }
    return std::nullopt;
  }
  /// Gives up batches that nobody has begun, and waits for the others.
  void close() { prefetcher_.reset(); }

 private:
  void prepare(std::size_t number) {
    const AutoGradMode grad_mode(grad_mode_);  // of the loop's thread, whichever thread this is
    std::optional<BatchRequest>& request = requests_[number % requests_.size()];
    batches_[number % batches_.size()] = fetch_(*std::move(request));
  }

  NextRequest next_request_;
  Fetch fetch_;
  std::optional<std::chrono::milliseconds> timeout_;
  bool grad_mode_;
  bool over_ = false;
  std::size_t requested_ = 0;
  std::size_t taken_ = 0;
  std::vector<std::optional<BatchRequest>> requests_;  ///< request i at i % size, as for batches
  std::vector<std::optional<Batch>> batches_;
  std::unique_ptr<Prefetcher> prefetcher_;
};

/// Copies of a dataset, one for each thread that is at work.
template <class Dataset>
class DatasetPool {
 public:
  explicit DatasetPool(Dataset dataset) : original_(std::move(dataset)) {}

  /// Calls function(dataset) with a copy that nobody else uses.
  template <class Function>
  auto use(const Function& function) {
    std::unique_lock lock(mutex_);
    std::unique_ptr<Dataset> copy;
    if (free_.empty()) {
      copy = std::make_unique<Dataset>(original_);
    } else {
      copy = std::move(free_.back());
      free_.pop_back();
    }
    lock.unlock();
    auto result = function(*copy);
    lock.lock();
    free_.push_back(std::move(copy));
    return result;
  }

 private:
  Dataset original_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Dataset>> free_;
};

}  // namespace detail

/// Goes through the batches of one epoch. Copies are the same iterator.
template <class Batch>
class Iterator {
 public:
  /// An input iterator.
  using iterator_category = std::input_iterator_tag;
  /// What std::iterator_traits asks for.
  using value_type = Batch;
  /// What std::iterator_traits asks for.
  using difference_type = std::ptrdiff_t;
  /// What std::iterator_traits asks for.
  using pointer = Batch*;
  /// What std::iterator_traits asks for.
  using reference = Batch&;

  /// The end.
  Iterator() = default;
  /// Of the batches that `next` gives.
  explicit Iterator(std::function<std::optional<Batch>()> next) : state_(std::make_shared<State>(State{std::move(next)})) {}

  /// Goes to the next batch. Throws IndexError behind the last one, and what preparing the batch threw.
  Iterator& operator++() {
    fetch();
    if (at_end()) throw IndexError("Iterator: there is no batch behind the last one");
    state_->batch = state_->next();
    return *this;
  }
  /// Throws IndexError behind the last batch.
  Batch& operator*() const {
    fetch();
    if (at_end()) throw IndexError("Iterator: there is no batch behind the last one");
    return *state_->batch;
  }
  /// The batch.
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
    if (state_ && !std::exchange(state_->begun, true)) state_->batch = state_->next();
  }
  bool at_end() const { return !state_ || !state_->batch; }

  std::shared_ptr<State> state_;
};

/// What data loaders have in common. A loop over one goes through an epoch; a new loop ends the one before.
template <class Dataset, class Batch, class BatchRequest>
class DataLoaderBase {
 public:
  /// What a batch is.
  using BatchType = Batch;
  /// What a batch is asked for by.
  using BatchRequestType = BatchRequest;

  virtual ~DataLoaderBase() = default;
  DataLoaderBase(const DataLoaderBase&) = delete;
  DataLoaderBase& operator=(const DataLoaderBase&) = delete;

  /// Begins an epoch.
  Iterator<Batch> begin() {
    join();
    reset();
    pass_ = std::make_shared<detail::Pass<Batch, BatchRequest>>(
        [this] { return get_batch_request(); }, [this](BatchRequest request) { return guarded_fetch(std::move(request)); },
        workers_, options_);
    return Iterator<Batch>([pass = pass_] { return pass->next(); });
  }
  /// The end of every epoch.
  Iterator<Batch> end() { return {}; }
  /// Ends the epoch under way, and waits for batches that are being prepared.
  void join() {
    if (pass_) pass_->close();
  }
  /// The options.
  const FullDataLoaderOptions& options() const noexcept { return options_; }

 protected:
  /// Throws ValueError for a batch size of 0.
  explicit DataLoaderBase(const DataLoaderOptions& options)
      : options_(options),
        workers_(options_.workers > 0
                     ? detail::Workers::create(static_cast<int>(std::min<std::size_t>(options_.workers, 1024)))
                     : nullptr) {}
  /// Begins an epoch.
  virtual void reset() = 0;
  /// The request for the next batch; nothing where the epoch is over.
  virtual std::optional<BatchRequest> get_batch_request() = 0;
  /// On any thread.
  virtual std::optional<Batch> fetch(BatchRequest request) = 0;

 private:
  std::optional<Batch> guarded_fetch(BatchRequest request) {
    if (options_.workers == 0) return fetch(std::move(request));
    try {
      return fetch(std::move(request));
    } catch (...) {
      throw WorkerException(std::current_exception());
    }
  }

  FullDataLoaderOptions options_;
  std::shared_ptr<detail::Workers> workers_;
  std::shared_ptr<detail::Pass<Batch, BatchRequest>> pass_;
};

/// A data loader of a dataset without a state, in the order of a sampler.
template <class Dataset, class Sampler>
class StatelessDataLoader : public DataLoaderBase<Dataset, typename Dataset::BatchType, typename Sampler::BatchRequestType> {
 public:
  /// What it derives from.
  using Base = DataLoaderBase<Dataset, typename Dataset::BatchType, typename Sampler::BatchRequestType>;
  /// What a batch is asked for by.
  using typename Base::BatchRequestType;
  /// What a batch is.
  using typename Base::BatchType;

  /// Throws ValueError for a batch size of 0.
  StatelessDataLoader(Dataset dataset, Sampler sampler, const DataLoaderOptions& options)
      : Base(options), sampler_(std::move(sampler)), datasets_(std::move(dataset)) {}
  ~StatelessDataLoader() override { this->join(); }

 private:
  void reset() override { sampler_.reset(std::nullopt); }
  std::optional<BatchRequestType> get_batch_request() override {
    auto request = sampler_.next(this->options().batch_size);
    if (!request || (this->options().drop_last && request->size() < this->options().batch_size)) return std::nullopt;
    return request;
  }
  std::optional<BatchType> fetch(BatchRequestType request) override {
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
  /// What it derives from.
  using Base = DataLoaderBase<Dataset, typename Dataset::BatchType::value_type, typename Dataset::BatchRequestType>;
  /// What a batch is asked for by.
  using typename Base::BatchRequestType;
  /// What a batch is.
  using typename Base::BatchType;

  /// Throws ValueError for a batch size of 0.
  StatefulDataLoader(Dataset dataset, const DataLoaderOptions& options) : Base(options), dataset_(std::move(dataset)) {}
  ~StatefulDataLoader() override { this->join(); }

 private:
  void reset() override { dataset_.reset(); }
  std::optional<BatchRequestType> get_batch_request() override { return this->options().batch_size; }
  std::optional<BatchType> fetch(BatchRequestType request) override { return dataset_.get_batch(std::move(request)); }

  Dataset dataset_;
};

/// A data loader in the order of a sampler:
///
///   auto loader = data::make_data_loader(dataset.map(data::transforms::Stack<>()), data::samplers::SequentialSampler(n), 64);
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
