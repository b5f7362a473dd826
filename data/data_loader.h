/// DataLoader: a dataset in batches, in order or shuffled, prepared ahead by workers.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "autograd/graph/grad_mode.h"
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
struct DataLoaderOptions {
  std::int64_t batch_size = 1;
  bool shuffle = false;                              ///< a new random order in every epoch
  std::shared_ptr<const Sampler> sampler = nullptr;  ///< another order; excludes `shuffle`
  CollateFunction<Example, Batch> collate_fn;        ///< makes a batch of a std::vector<Example>
  int num_workers = 0;      ///< threads that prepare batches ahead, as far as there are cores; 0: the loop's own does it
  bool drop_last = false;   ///< leaves out a last batch that is smaller than the others
  std::uint64_t seed = 0;   ///< of the random order
  int prefetch_factor = 2;  ///< batches that are prepared ahead for each worker
};

template <class Example>
struct DataLoaderOptions<Example, DefaultBatch<Example>> {
  std::int64_t batch_size = 1;
  bool shuffle = false;
  std::shared_ptr<const Sampler> sampler = nullptr;
  CollateFunction<Example, DefaultBatch<Example>> collate_fn = {};
  int num_workers = 0;
  bool drop_last = false;
  std::uint64_t seed = 0;
  int prefetch_factor = 2;
};

namespace detail {

/// The options that need no types.
struct LoaderPlan {
  std::int64_t batch_size;
  bool shuffle;
  std::shared_ptr<const Sampler> sampler;
  int num_workers;
  bool drop_last;
  std::uint64_t seed;
  int prefetch_factor;
};

/// Throws ValueError where an option makes no sense.
BatchSampler make_batch_sampler(const LoaderPlan& plan, std::size_t dataset_size);
/// Throws IndexError where the sampler of a DataLoader leaves its dataset.
void check_batch(std::span<const std::size_t> indices, std::size_t dataset_size);

/// One epoch under way: batches in order, some of them ahead.
template <class Example, class Batch>
class Epoch {
 public:
  Epoch(std::shared_ptr<const Dataset<Example>> dataset, CollateFunction<Example, Batch> collate, BatchIndices batches,
        std::shared_ptr<Workers> workers, std::size_t window)
      : dataset_(std::move(dataset)),
        collate_(std::move(collate)),
        batches_(std::move(batches)),
        grad_mode_(GradMode::is_enabled()),
        slots_(std::min(window, std::max<std::size_t>(batches_.size(), 1))),
        prefetcher_(std::move(workers), batches_.size(), slots_.size(), [this](std::size_t number) { prepare(number); }) {}

  /// Goes to the next batch; false after the last one.
  bool advance() {
    current_.reset();
    if (taken_ == batches_.size()) return false;
    const std::size_t number = std::exchange(taken_, batches_.size());  // unless all goes well, this is the end
    prefetcher_.take(number);
    taken_ = number + 1;
    current_ = std::exchange(slots_[number % slots_.size()], std::nullopt);
    return true;
  }
  bool has_batch() const { return current_.has_value(); }
  Batch& batch() { return *current_; }

 private:
  void prepare(std::size_t number) {
    const AutoGradMode grad_mode(grad_mode_);  // of the loop's thread, whichever thread this is
    const auto indices = batches_[number];
    check_batch(indices, dataset_->size());
    std::vector<Example> examples;
    examples.reserve(indices.size());
    for (const std::size_t index : indices) examples.push_back(dataset_->get(index));
    slots_[number % slots_.size()].emplace(collate_(std::move(examples)));
  }

  std::shared_ptr<const Dataset<Example>> dataset_;
  CollateFunction<Example, Batch> collate_;
  BatchIndices batches_;
  bool grad_mode_;
  std::size_t taken_ = 0;
  std::optional<Batch> current_;
  std::vector<std::optional<Batch>> slots_;
  Prefetcher prefetcher_;  ///< last: its end waits for the workers, which use all of the above
};

}  // namespace detail

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
  /// Throws ValueError where batch_size or prefetch_factor is below 1 or num_workers below 0, for `shuffle` together with a
  /// sampler, and for an empty collate function.
  template <AnyDatasetOf<Example> D>
  DataLoader(D&& dataset, DataLoaderOptions<Example, Batch> options)
      : dataset_(shared_dataset(std::forward<D>(dataset))),
        collate_fn_(std::move(options.collate_fn)),
        batch_sampler_(
            detail::make_batch_sampler({options.batch_size, options.shuffle, std::move(options.sampler), options.num_workers,
                                        options.drop_last, options.seed, options.prefetch_factor},
                                       dataset_->size())) {
    if (!collate_fn_) throw ValueError("DataLoader: the collate function is empty");
    if (options.num_workers > 0) {
      workers_ = detail::Workers::create(options.num_workers);
      // One more than are ahead: the batch that the loop is using keeps its place.
      window_ = static_cast<std::size_t>(options.num_workers) * static_cast<std::size_t>(options.prefetch_factor) + 1;
    }
  }
  /// One example a batch, in order.
  template <AnyDatasetOf<Example> D>
  explicit DataLoader(D&& dataset)  // NOLINT(bugprone-forwarding-reference-overload): takes datasets only
      : DataLoader(std::forward<D>(dataset), DataLoaderOptions<Example, Batch>()) {}

  /// Goes through one epoch, batch by batch. Only for moving.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;

    Batch& operator*() const { return epoch_->batch(); }
    Batch* operator->() const { return &epoch_->batch(); }
    /// Waits for the next batch. Throws what the dataset or the collate function threw for it, which ends the epoch.
    Iterator& operator++() {
      epoch_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) { return !iterator.epoch_->has_batch(); }

   private:
    friend class DataLoader;
    using Epoch = detail::Epoch<Example, Batch>;
    explicit Iterator(std::unique_ptr<Epoch> epoch) : epoch_(std::move(epoch)) { epoch_->advance(); }

    std::unique_ptr<Epoch> epoch_;
  };

  /// Starts an epoch, and counts `epoch()` up. Several may be under way at the same time.
  Iterator begin() {
    auto batches = batch_sampler_.batches(epoch_);
    auto epoch =
        std::make_unique<detail::Epoch<Example, Batch>>(dataset_, collate_fn_, std::move(batches), workers_, window_);
    ++epoch_;
    return Iterator(std::move(epoch));
  }
  std::default_sentinel_t end() const { return {}; }

  /// The number of batches in an epoch.
  std::size_t size() const { return batch_sampler_.size(); }
  std::size_t batch_size() const { return batch_sampler_.batch_size(); }
  const Dataset<Example>& dataset() const { return *dataset_; }

  /// The number of the epoch that the next loop goes through: how many loops there were. A run that is resumed with
  /// `set_epoch(saved)` goes on with the same batches.
  std::uint64_t epoch() const { return epoch_; }
  void set_epoch(std::uint64_t epoch) { epoch_ = epoch; }

 private:
  std::shared_ptr<const Dataset<Example>> dataset_;
  CollateFunction<Example, Batch> collate_fn_;
  BatchSampler batch_sampler_;
  std::shared_ptr<detail::Workers> workers_;
  std::size_t window_ = 1;
  std::uint64_t epoch_ = 0;
};

namespace detail {

/// Whether a Batch is deduced from the collate function: it is not what is deduced without one.
template <class D, class Batch>
concept CollatesTo = AnyDataset<D> && !std::same_as<Batch, DefaultBatch<ExampleOf<D>>>;

/// A TensorList has a guide already.
template <class D>
concept CollatesToExamples = CollatesTo<D, std::vector<ExampleOf<D>>> && !std::same_as<ExampleOf<D>, Tensor>;

using TensorPair = std::pair<Tensor, Tensor>;
using Tensors2 = std::tuple<Tensor, Tensor>;
using Tensors3 = std::tuple<Tensor, Tensor, Tensor>;
using Tensors4 = std::tuple<Tensor, Tensor, Tensor, Tensor>;
using Tensors5 = std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>;

}  // namespace detail

// A braced list deduces nothing, so each Batch that can be deduced has a guide of its own: the one whose collate_fn takes
// the function that is given is the only one that fits.
template <AnyDataset D>
DataLoader(D&&) -> DataLoader<ExampleOf<D>>;
template <AnyDataset D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, DefaultBatch<ExampleOf<D>>>) -> DataLoader<ExampleOf<D>>;
template <detail::CollatesTo<Tensor> D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, Tensor>) -> DataLoader<ExampleOf<D>, Tensor>;
template <detail::CollatesTo<TensorList> D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, TensorList>) -> DataLoader<ExampleOf<D>, TensorList>;
template <detail::CollatesToExamples D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, std::vector<ExampleOf<D>>>)
    -> DataLoader<ExampleOf<D>, std::vector<ExampleOf<D>>>;
template <detail::CollatesTo<detail::TensorPair> D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, detail::TensorPair>) -> DataLoader<ExampleOf<D>, detail::TensorPair>;
template <detail::CollatesTo<detail::Tensors2> D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, detail::Tensors2>) -> DataLoader<ExampleOf<D>, detail::Tensors2>;
template <detail::CollatesTo<detail::Tensors3> D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, detail::Tensors3>) -> DataLoader<ExampleOf<D>, detail::Tensors3>;
template <detail::CollatesTo<detail::Tensors4> D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, detail::Tensors4>) -> DataLoader<ExampleOf<D>, detail::Tensors4>;
template <detail::CollatesTo<detail::Tensors5> D>
DataLoader(D&&, DataLoaderOptions<ExampleOf<D>, detail::Tensors5>) -> DataLoader<ExampleOf<D>, detail::Tensors5>;

}  // namespace xgrad::data
