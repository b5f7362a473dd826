/// DataLoader: a dataset in batches, in order or shuffled, prepared ahead by workers.
#pragma once

#include <algorithm>
#include <concepts>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/tensor/grad_mode.h"
#include "autograd/tensor/tensor.h"
#include "data/collate.h"
#include "data/dataset.h"
#include "data/prefetcher.h"
#include "data/sampler.h"

namespace xgrad::data {

/// What a DataLoader does with a dataset, for designated initialisers: `{.batch_size = 32, .shuffle = true}`.
/// This template is for a Batch other than the default one, and needs a `collate_fn`; what follows it is the same where the
/// default collate makes the batch, and `collate_fn` can be left out.
template <class Example, class Batch>
struct LoaderOptions {
  std::int64_t batch_size = 1;                       ///< examples of a batch
  bool shuffle = false;                              ///< a new random order in every epoch
  std::shared_ptr<const Sampler> sampler = nullptr;  ///< another order; excludes `shuffle`
  /// Other batches; excludes batch_size, shuffle, sampler and drop_last.
  std::shared_ptr<const BatchOrder> batch_sampler = nullptr;
  CollateFunction<Example, Batch> collate_fn;  ///< makes a batch of a std::vector<Example>
  int num_workers = 0;      ///< threads that prepare batches ahead, as far as there are cores; 0: the loop's own does it
  bool drop_last = false;   ///< leaves out a last batch that is smaller than the others
  std::uint64_t seed = 0;   ///< of the random order
  int prefetch_factor = 2;  ///< batches that are prepared ahead for each worker
};

/// @cond the same once more
template <class Example>
struct LoaderOptions<Example, DefaultBatch<Example>> {
  std::int64_t batch_size = 1;
  bool shuffle = false;
  std::shared_ptr<const Sampler> sampler = nullptr;
  std::shared_ptr<const BatchOrder> batch_sampler = nullptr;
  CollateFunction<Example, DefaultBatch<Example>> collate_fn = {};
  int num_workers = 0;
  bool drop_last = false;
  std::uint64_t seed = 0;
  int prefetch_factor = 2;
};
/// @endcond

namespace detail {

/// The options that need no types.
struct LoaderPlan {
  std::int64_t batch_size;
  bool shuffle;
  std::shared_ptr<const Sampler> sampler;
  std::shared_ptr<const BatchOrder> batch_sampler;
  int num_workers;
  bool drop_last;
  std::uint64_t seed;
  int prefetch_factor;
};

/// Throws ValueError where an option makes no sense.
std::shared_ptr<const BatchOrder> make_batch_order(const LoaderPlan& plan, std::size_t dataset_size);
/// The same for an iterable dataset, which gives the order itself.
void check_iterable_plan(const LoaderPlan& plan);
/// Throws IndexError where the sampler of a DataLoader leaves its dataset.
void check_batch(std::span<const std::size_t> indices, std::size_t dataset_size);

/// How far a loop has come.
struct LoopPosition {
  std::uint64_t epoch = 0;
  std::size_t batch = 0;  ///< the next one
};

inline constexpr std::size_t unknown_size = static_cast<std::size_t>(-1);

/// A position as a DataLoader's state; `batches` is their number, or unknown_size.
Value loader_state(const LoopPosition& position, std::size_t batches, std::uint64_t seed);
/// Throws ValueError for a state of another number of batches or another seed.
LoopPosition read_loader_state(const Value& state, std::size_t batches, std::uint64_t seed);

/// Reads batch number 0, 1, ... of an epoch; nothing after the last one. Called from several threads at once.
template <class Example>
using BatchReader = std::function<std::optional<std::vector<Example>>(std::size_t)>;

/// Batches out of a stream of examples. Whoever asks for a batch waits until those before it are read.
template <class Example>
class StreamReader {
 public:
  /// Passes over the first `skipped` examples.
  StreamReader(typename IterableDataset<Example>::Stream stream, std::size_t batch_size, bool drop_last, std::size_t skipped)
      : stream_(std::move(stream)), batch_size_(batch_size), drop_last_(drop_last), skipped_(skipped) {}

  std::optional<std::vector<Example>> operator()(std::size_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turn_ == number; });
    std::vector<Example> examples;
    std::exception_ptr error;
    try {
      for (; skipped_ > 0 && !over_; --skipped_) over_ = !stream_();
      while (examples.size() < batch_size_ && !over_) {
        std::optional<Example> example = stream_();
        if (example) examples.push_back(*std::move(example));
        else over_ = true;
      }
    } catch (...) {
      over_ = true;
      error = std::current_exception();
    }
    ++turn_;
    lock.unlock();
    changed_.notify_all();
    if (error) std::rethrow_exception(error);
    if (examples.empty() || (drop_last_ && examples.size() < batch_size_)) return std::nullopt;
    return examples;
  }

 private:
  typename IterableDataset<Example>::Stream stream_;
  std::size_t batch_size_;
  bool drop_last_;
  std::size_t skipped_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t turn_ = 0;
  bool over_ = false;
};

/// One epoch under way: batches in order, some of them ahead.
template <class Example, class Batch>
class Epoch {
 public:
  /// Of `count` batches, or fewer where the reader ends before. The position moves along with the loop.
  Epoch(BatchReader<Example> read, CollateFunction<Example, Batch> collate, std::size_t count,
        std::shared_ptr<Workers> workers, std::size_t window, std::shared_ptr<LoopPosition> position)
      : read_(std::move(read)),
        collate_(std::move(collate)),
        count_(count),
        position_(std::move(position)),
        grad_mode_(GradMode::is_enabled()),
        slots_(std::min(window, std::max<std::size_t>(count, 1))),
        prefetcher_(std::move(workers), slots_.size(), [this](std::size_t number) { prepare(number); }) {}
  ~Epoch() { finish(); }
  Epoch(const Epoch&) = delete;
  Epoch& operator=(const Epoch&) = delete;

  /// Goes to the next batch; false after the last one.
  bool advance() {
    current_.reset();
    if (taken_ < count_) {
      const std::size_t number = std::exchange(taken_, count_);  // unless all goes well, this is the end
      prefetcher_.take(number, number + std::min(slots_.size(), count_ - number));
      current_ = std::exchange(slots_[number % slots_.size()], std::nullopt);
      if (current_) {
        taken_ = number + 1;
        ++position_->batch;
        return true;
      }
    }
    finish();
    return false;
  }
  bool has_batch() const { return current_.has_value(); }
  Batch& batch() { return *current_; }

 private:
  void prepare(std::size_t number) {
    const AutoGradMode grad_mode(grad_mode_);  // of the loop's thread, whichever thread this is
    auto examples = read_(number);
    if (examples) slots_[number % slots_.size()].emplace(collate_(*std::move(examples)));
  }
  /// The loop stands before the next epoch.
  void finish() {
    if (std::exchange(finished_, true)) return;
    *position_ = {position_->epoch + 1, 0};
  }

  BatchReader<Example> read_;
  CollateFunction<Example, Batch> collate_;
  std::size_t count_;
  std::shared_ptr<LoopPosition> position_;
  bool finished_ = false;
  bool grad_mode_;
  std::size_t taken_ = 0;
  std::optional<Batch> current_;
  std::vector<std::optional<Batch>> slots_;
  Prefetcher prefetcher_;  ///< last: its end waits for the workers, which use all of the above
};

/// What a DataLoader takes: a dataset, or an iterable one.
template <class T>
concept AnyIterable = IterableDatasetType<std::remove_cvref_t<T>> || requires {
  requires IterableDatasetType<std::remove_const_t<typename std::remove_cvref_t<T>::element_type>>;
};

template <class T>
struct LoadedExample {};
template <AnyDataset T>
struct LoadedExample<T> {
  using Type = ExampleOf<T>;
};
template <AnyIterable T>
requires(!AnyDataset<T>) struct LoadedExample<T> {
  using Type = typename decltype([] {
    if constexpr (IterableDatasetType<std::remove_cvref_t<T>>) return std::type_identity<std::remove_cvref_t<T>>();
    else return std::type_identity<std::remove_const_t<typename std::remove_cvref_t<T>::element_type>>();
  }())::type::ExampleType;
};

}  // namespace detail

/// What can be given to a DataLoader: what `shared_dataset` takes, an iterable dataset, or a shared pointer to one.
template <class T>
concept Loadable = requires {
  typename detail::LoadedExample<T>::Type;
};
/// The type of its examples.
template <Loadable T>
using LoadedExample = typename detail::LoadedExample<T>::Type;
template <class T, class Example>
concept LoadableOf = Loadable<T> && std::same_as<LoadedExample<T>, Example>;

/// Batches of a dataset, an epoch for each loop:
///
///   data::DataLoader loader(dataset, {.batch_size = 32, .shuffle = true, .collate_fn = collate, .num_workers = 2});
///   for (auto& batch : loader) { ... }
///
/// The dataset is given by value, by std::shared_ptr, or as a vector of examples. Example and Batch are deduced where the
/// collate function is left out, or makes a Tensor, a TensorList, a std::vector<Example>, a std::pair of tensors or a
/// std::tuple of two to five tensors. For a Batch of any other type, both are written out:
///
///   data::DataLoader<Review, ReviewBatch> loader(reviews, {.batch_size = 32, .collate_fn = collate});
///
/// Batches, their order and their content do not depend on `num_workers`: the order follows from `seed` and `epoch()`, and
/// grad mode is that of the loop's thread. With workers, `Dataset::get` and the collate function are called from several
/// threads at once, so they must not change anything that is shared. What one of them throws reaches the loop at the batch
/// where it happened. A loop that is left early waits only for batches that are being prepared at that moment.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.DataLoader
template <class Example, class Batch = DefaultBatch<Example>>
class DataLoader {
 public:
  /// Throws ValueError where batch_size or prefetch_factor is below 1 or num_workers below 0, for orders that exclude one
  /// another (an iterable dataset excludes all), and for an empty collate function.
  template <LoadableOf<Example> D>
  DataLoader(D&& dataset, LoaderOptions<Example, Batch> options)
      : collate_fn_(std::move(options.collate_fn)), drop_last_(options.drop_last), seed_(options.seed) {
    const detail::LoaderPlan plan{options.batch_size,
                                  options.shuffle,
                                  std::move(options.sampler),
                                  std::move(options.batch_sampler),
                                  options.num_workers,
                                  options.drop_last,
                                  options.seed,
                                  options.prefetch_factor};
    if constexpr (AnyDataset<D>) {
      dataset_ = shared_dataset(std::forward<D>(dataset));
      order_ = detail::make_batch_order(plan, dataset_->size());
      batch_size_ = order_->batch_size();
    } else {
      detail::check_iterable_plan(plan);
      batch_size_ = static_cast<std::size_t>(plan.batch_size);
      using Given = std::remove_cvref_t<D>;
      if constexpr (IterableDatasetType<Given>) stream_ = std::make_shared<const Given>(std::forward<D>(dataset));
      else stream_ = std::forward<D>(dataset);
      if (stream_ == nullptr) throw ValueError("dataset: the pointer is null");
    }
    if (!collate_fn_) throw ValueError("DataLoader: the collate function is empty");
    if (options.num_workers > 0) {
      workers_ = detail::Workers::create(options.num_workers);
      // One more than are ahead: the batch that the loop is using keeps its place.
      window_ = static_cast<std::size_t>(options.num_workers) * static_cast<std::size_t>(options.prefetch_factor) + 1;
    }
  }
  /// One example a batch, in order.
  template <LoadableOf<Example> D>
  explicit DataLoader(D&& dataset)  // NOLINT(bugprone-forwarding-reference-overload): takes datasets only
      : DataLoader(std::forward<D>(dataset), LoaderOptions<Example, Batch>()) {}

  /// Goes through one epoch, batch by batch. Only for moving.
  class Iterator {
   public:
    /// An input iterator.
    using iterator_concept = std::input_iterator_tag;
    /// What std::iterator_traits asks for.
    using value_type = Batch;
    /// What std::iterator_traits asks for.
    using difference_type = std::ptrdiff_t;

    /// The batch; it may be moved from.
    Batch& operator*() const { return epoch_->batch(); }
    /// The batch.
    Batch* operator->() const { return &epoch_->batch(); }
    /// Waits for the next batch. Throws what the dataset or the collate function threw for it, which ends the epoch.
    Iterator& operator++() {
      epoch_->advance();
      return *this;
    }
    /// As above.
    void operator++(int) { ++*this; }
    /// Whether the epoch is over.
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) { return !iterator.epoch_->has_batch(); }

   private:
    friend class DataLoader;
    using Epoch = detail::Epoch<Example, Batch>;
    explicit Iterator(std::unique_ptr<Epoch> epoch) : epoch_(std::move(epoch)) { epoch_->advance(); }

    std::unique_ptr<Epoch> epoch_;
  };

  /// Starts an epoch, and counts `epoch()` up. Several may be under way at the same time.
  Iterator begin() {
    const std::size_t first = std::exchange(first_batch_, 0);
    const auto position = std::make_shared<detail::LoopPosition>(detail::LoopPosition{epoch_, first});
    std::size_t count = detail::unknown_size;
    detail::BatchReader<Example> read;
    if (dataset_) {
      const auto batches = std::make_shared<const BatchIndices>(order_->batches(epoch_));
      count = batches->size() - std::min(first, batches->size());
      read = [dataset = dataset_, batches, first](std::size_t number) {
        const auto indices = (*batches)[first + number];
        detail::check_batch(indices, dataset->size());
        std::vector<Example> examples;
        examples.reserve(indices.size());
        for (const std::size_t index : indices) examples.push_back(dataset->get(index));
        return std::optional(std::move(examples));
      };
    } else {
      const auto reader = std::make_shared<detail::StreamReader<Example>>(stream_->stream(epoch_), batch_size_, drop_last_,
                                                                          first * batch_size_);
      read = [stream = stream_, reader](std::size_t number) { return (*reader)(number); };
    }
    auto epoch =
        std::make_unique<detail::Epoch<Example, Batch>>(std::move(read), collate_fn_, count, workers_, window_, position);
    position_ = position;
    ++epoch_;
    return Iterator(std::move(epoch));
  }
  /// The end of every epoch.
  std::default_sentinel_t end() const { return {}; }

  /// The number of batches in an epoch. Throws ValueError for an iterable dataset.
  std::size_t size() const {
    if (!order_) throw ValueError("DataLoader: the size of an iterable dataset is not known");
    return order_->size();
  }
  /// The number of examples of a batch; the last one may have fewer.
  std::size_t batch_size() const { return batch_size_; }
  /// The dataset. Throws ValueError where it is an iterable one.
  const Dataset<Example>& dataset() const {
    if (!dataset_) throw ValueError("DataLoader: the dataset is an iterable one");
    return *dataset_;
  }

  /// The number of the epoch that the next loop goes through: how many loops there were. A run that is resumed with
  /// `set_epoch(saved)` goes on with the same batches.
  std::uint64_t epoch() const { return epoch_; }
  /// Chooses the epoch that the next loop goes through, from its first batch on.
  void set_epoch(std::uint64_t epoch) {
    epoch_ = epoch;
    first_batch_ = 0;
    position_.reset();
  }

  /// Where the loop that was begun last stands: {"epoch", "position", ...}. Inside the loop, the batch that it holds counts
  /// as done; after the loop, however it was left, this is the beginning of the next epoch.
  Value state_dict() const {
    const detail::LoopPosition position = position_ ? *position_ : detail::LoopPosition{epoch_, first_batch_};
    return detail::loader_state(position, order_ ? order_->size() : detail::unknown_size, seed_);
  }
  /// Goes to where `state_dict` was taken: the next loop goes through the rest of that epoch, with the same batches, and
  /// those after it likewise. An iterable dataset is read, and passed over, from its beginning. Throws ValueError for the
  /// state of another number of batches or another seed, and as Value does.
  void load_state_dict(const Value& state) {
    const detail::LoopPosition position =
        detail::read_loader_state(state, order_ ? order_->size() : detail::unknown_size, seed_);
    epoch_ = position.epoch;
    first_batch_ = position.batch;
    position_.reset();
  }

 private:
  std::shared_ptr<const Dataset<Example>> dataset_;         ///< or
  std::shared_ptr<const IterableDataset<Example>> stream_;  ///< this
  CollateFunction<Example, Batch> collate_fn_;
  std::shared_ptr<const BatchOrder> order_;  ///< none for an iterable dataset
  std::size_t batch_size_ = 1;
  bool drop_last_;
  std::uint64_t seed_;
  std::shared_ptr<detail::Workers> workers_;
  std::size_t window_ = 1;
  std::uint64_t epoch_ = 0;
  std::size_t first_batch_ = 0;                           ///< of the next loop
  std::shared_ptr<const detail::LoopPosition> position_;  ///< of the last one
};

namespace detail {

/// Whether a Batch is deduced from the collate function: it is not what is deduced without one.
template <class D, class Batch>
concept CollatesTo = Loadable<D> && !std::same_as<Batch, DefaultBatch<LoadedExample<D>>>;

/// A TensorList has a guide already.
template <class D>
concept CollatesToExamples = CollatesTo<D, std::vector<LoadedExample<D>>> && !std::same_as<LoadedExample<D>, Tensor>;

using TensorPair = std::pair<Tensor, Tensor>;
using Tensors2 = std::tuple<Tensor, Tensor>;
using Tensors3 = std::tuple<Tensor, Tensor, Tensor>;
using Tensors4 = std::tuple<Tensor, Tensor, Tensor, Tensor>;
using Tensors5 = std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>;

}  // namespace detail

/// @cond guides
// A braced list deduces nothing, so each Batch that can be deduced has a guide of its own: the one whose collate_fn takes
// the function that is given is the only one that fits.
template <Loadable D>
DataLoader(D&&) -> DataLoader<LoadedExample<D>>;
template <Loadable D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, DefaultBatch<LoadedExample<D>>>) -> DataLoader<LoadedExample<D>>;
template <detail::CollatesTo<Tensor> D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, Tensor>) -> DataLoader<LoadedExample<D>, Tensor>;
template <detail::CollatesTo<TensorList> D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, TensorList>) -> DataLoader<LoadedExample<D>, TensorList>;
template <detail::CollatesToExamples D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, std::vector<LoadedExample<D>>>)
    -> DataLoader<LoadedExample<D>, std::vector<LoadedExample<D>>>;
template <detail::CollatesTo<detail::TensorPair> D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, detail::TensorPair>) -> DataLoader<LoadedExample<D>, detail::TensorPair>;
template <detail::CollatesTo<detail::Tensors2> D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, detail::Tensors2>) -> DataLoader<LoadedExample<D>, detail::Tensors2>;
template <detail::CollatesTo<detail::Tensors3> D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, detail::Tensors3>) -> DataLoader<LoadedExample<D>, detail::Tensors3>;
template <detail::CollatesTo<detail::Tensors4> D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, detail::Tensors4>) -> DataLoader<LoadedExample<D>, detail::Tensors4>;
template <detail::CollatesTo<detail::Tensors5> D>
DataLoader(D&&, LoaderOptions<LoadedExample<D>, detail::Tensors5>) -> DataLoader<LoadedExample<D>, detail::Tensors5>;
/// @endcond

}  // namespace xgrad::data
