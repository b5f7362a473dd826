/// DataLoader: a dataset in batches, in order or shuffled, prepared ahead by workers.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/io/value.h"
#include "data/collate.h"
#include "data/dataset.h"
#include "data/loadable.h"
#include "data/loader_options.h"
#include "data/pipeline.h"
#include "data/sampler.h"
#include "data/stream_reader.h"

namespace xgrad::data {

/// Batches of a dataset, an epoch for each loop:
///
///   data::DataLoader loader(dataset, {.batch_size = 32, .shuffle = true, .num_workers = 2}, collate);
///   for (auto& batch : loader) { ... }
///
/// The dataset is given by value, by std::shared_ptr, or as a vector of examples. `collate` is any function that makes a
/// batch of a std::vector of examples; without one, `default_collate` does. Example and Batch follow from the two.
///
/// Batches, their order and their content do not depend on `num_workers`: the order follows from `seed` and `epoch()`, grad
/// and inference mode are those of the loop's thread, and what a dataset or a collate function draws from the default
/// generator follows from `seed`, `epoch()` and the number of the batch. With workers, `Dataset::get` and the collate
/// function are called from several threads at once, so they must not change anything that is shared. What one of them
/// throws reaches the loop at the batch where it happened. A loop that is left early waits only for batches that are being
/// prepared at that moment. A dataset is asked for its size once, when the loader is made: later examples are another
/// loader's. https://pytorch.org/docs/1.13/data.html#torch.utils.data.DataLoader
template <class Example, class Batch = DefaultBatch<Example>>
class DataLoader {
 public:
  /// Throws ValueError where batch_size or prefetch_factor is below 1 or num_workers below 0, for orders that exclude one
  /// another (an iterable dataset excludes all), and for an empty collate function.
  template <LoadableOf<Example> D, class Collate>
  DataLoader(D&& dataset, LoaderOptions options, Collate&& collate) : options_(std::move(options)) {
    static_assert(std::same_as<CollatedBatch<Example, Collate>, Batch>,
                  "DataLoader: the collate function returns something else than the loader's batch");
    // A collate function that does not take the examples has been refused by CollatedBatch: one message is enough.
    if constexpr (std::invocable<std::decay_t<Collate>&, std::vector<Example>>) collate_ = std::forward<Collate>(collate);
    if (!collate_) throw ValueError("DataLoader: the collate function is empty");
    if constexpr (AnyDataset<D>) {
      dataset_ = shared_dataset(std::forward<D>(dataset));
      order_ = detail::make_batch_order(options_, dataset_->size());
      batch_size_ = order_->batch_size();
    } else {
      detail::check_iterable_options(options_);
      batch_size_ = static_cast<std::size_t>(options_.batch_size);
      using Given = std::remove_cvref_t<D>;
      if constexpr (IterableDatasetType<Given>) stream_ = std::make_shared<const Given>(std::forward<D>(dataset));
      else stream_ = std::forward<D>(dataset);
      if (stream_ == nullptr) throw ValueError("dataset: the pointer is null");
    }
  }
  /// With the default collate: one example a batch, in order, without options.
  template <LoadableOf<Example> D>
  explicit DataLoader(D&& dataset,
                      LoaderOptions options = {})  // NOLINT(bugprone-forwarding-reference-overload): datasets only
      : DataLoader(std::forward<D>(dataset), std::move(options), default_collate<Example>) {}

  /// Goes through one epoch, batch by batch. Only for moving.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;

    /// The batch; it may be moved from. Throws IndexError behind the last one.
    Batch& operator*() const {
      if (!epoch_->batch) throw IndexError("DataLoader: there is no batch behind the last one");
      return *epoch_->batch;
    }
    Batch* operator->() const { return &**this; }
    /// Waits for the next batch. Throws what the dataset or the collate function threw for it, which ends the epoch.
    Iterator& operator++() {
      epoch_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) { return !iterator.epoch_->batch; }

   private:
    friend class DataLoader;
    struct Epoch {
      Epoch(std::size_t threads, std::size_t window, typename detail::Pipeline<Batch>::Source source,
            std::shared_ptr<detail::LoopPosition> place)
          : position(std::move(place)), pipeline(threads, window, std::move(source)) {}
      ~Epoch() { finish(); }
      Epoch(const Epoch&) = delete;
      Epoch& operator=(const Epoch&) = delete;

      void advance() {
        batch.reset();
        try {
          batch = pipeline.next();
        } catch (...) {
          finish();
          throw;
        }
        if (batch) ++position->batch;
        else finish();
      }
      /// The loop stands before the next epoch.
      void finish() {
        if (!std::exchange(finished, true)) *position = {position->epoch + 1, 0};
        pipeline.close();
      }

      std::optional<Batch> batch;
      std::shared_ptr<detail::LoopPosition> position;
      bool finished = false;
      detail::Pipeline<Batch> pipeline;
    };
    explicit Iterator(std::unique_ptr<Epoch> epoch) : epoch_(std::move(epoch)) { epoch_->advance(); }

    std::unique_ptr<Epoch> epoch_;
  };

  /// Starts an epoch, and counts `epoch()` up. Several may be under way at the same time.
  Iterator begin() {
    const auto position = std::make_shared<detail::LoopPosition>(detail::LoopPosition{epoch_, first_batch_});
    const auto threads = static_cast<std::size_t>(options_.num_workers);
    // One more than are ahead: the batch that the loop is using keeps its place.
    const std::size_t window = threads * static_cast<std::size_t>(options_.prefetch_factor) + 1;
    auto epoch = std::make_unique<typename Iterator::Epoch>(threads, order_ ? std::min(window, order_->size() + 1) : window,
                                                            jobs(first_batch_), position);
    // Nothing above has changed where the loader stands: a loop that could not begin can be begun again.
    position_ = position;
    first_batch_ = 0;
    ++epoch_;
    return Iterator(std::move(epoch));
  }
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
  io::Value state_dict() const {
    return detail::loader_state(options_, order_.get(), position_ ? *position_ : detail::LoopPosition{epoch_, first_batch_});
  }
  /// Goes to where `state_dict` was taken: the next loop goes through the rest of that epoch, with the same batches, and
  /// those after it likewise. An iterable dataset is read, and passed over, from its beginning. Throws ValueError for the
  /// state of a loader with other batches, another seed or, of an iterable dataset, another batch size, and as Value does.
  void load_state_dict(const io::Value& state) {
    const detail::LoopPosition position = detail::read_loader_state(options_, order_.get(), state);
    epoch_ = position.epoch;
    first_batch_ = position.batch;
    position_.reset();
  }

 private:
  /// The batches of the epoch from number `first` on, each as a job.
  typename detail::Pipeline<Batch>::Source jobs(std::size_t first) const {
    const auto generator = [seed = options_.seed, epoch = epoch_](std::size_t number) {
      return detail::batch_generator(seed, epoch, number);
    };
    if (stream_) {
      const DefaultGeneratorGuard of_epoch(generator(detail::before_the_first));
      const auto read = std::make_shared<detail::StreamReader<Example>>(stream_->stream(epoch_), batch_size_,
                                                                        options_.drop_last, first, generator);
      return [stream = stream_, read, collate = collate_, generator, number = first]() mutable {
        return [&collate, &generator, read, number = number++]() -> std::optional<Batch> {
          const DefaultGeneratorGuard of_batch(generator(number));
          auto examples = (*read)(number);
          if (!examples) return std::nullopt;
          return collate(*std::move(examples));
        };
      };
    }
    return [dataset = dataset_, batches = BatchIndices(order_->batches(epoch_)), collate = collate_, generator,
            next = first]() mutable -> typename detail::Pipeline<Batch>::Job {
      if (next >= batches.size()) return nullptr;
      const std::size_t number = next++;
      return [&dataset, &collate, &generator, number, indices = batches[number]]() -> std::optional<Batch> {
        const DefaultGeneratorGuard of_batch(generator(number));
        detail::check_batch(indices, dataset->size());
        std::vector<Example> examples;
        examples.reserve(indices.size());
        for (const std::size_t index : indices) examples.push_back(dataset->get(index));
        return collate(std::move(examples));
      };
    };
  }

  LoaderOptions options_;
  std::shared_ptr<const Dataset<Example>> dataset_;         ///< a dataset with a size, or:
  std::shared_ptr<const IterableDataset<Example>> stream_;  ///< an iterable one
  std::function<Batch(std::vector<Example>)> collate_;
  std::shared_ptr<const BatchOrder> order_;  ///< none for an iterable dataset
  std::size_t batch_size_ = 1;
  std::uint64_t epoch_ = 0;
  std::size_t first_batch_ = 0;                           ///< of the next loop
  std::shared_ptr<const detail::LoopPosition> position_;  ///< of the last one
};

/// @cond guides
template <Loadable D>
DataLoader(D&&, LoaderOptions = {}) -> DataLoader<LoadedExample<D>>;
template <Loadable D, class Collate>
DataLoader(D&&, LoaderOptions, Collate&&) -> DataLoader<LoadedExample<D>, CollatedBatch<LoadedExample<D>, Collate>>;
/// @endcond

}  // namespace xgrad::data
