/// DistributedLoader: a DataLoader of global batches, of which each rank prepares its shards.
#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "data/data_loader.h"
#include "distributed/batch_order.h"
#include "distributed/init.h"
#include "distributed/tree.h"

namespace xgrad::data {

/// The shards of one global batch that this rank computes.
template <class Batch>
class ShardedBatch {
 public:
  /// `batches` are those of the shards of `range`, of `shards` in all, without a batch where they are empty.
  ShardedBatch(std::int64_t shards, distributed::ShardRange range, std::vector<std::optional<Batch>> batches,
               std::int64_t size, std::int64_t weight)
      : shards_(shards), range_(range), batches_(std::move(batches)), size_(size), weight_(weight) {}

  /// The number of the step: how many global batches there were before, in all epochs.
  std::int64_t number() const { return number_; }
  /// The number of examples of the global batch.
  std::int64_t size() const { return size_; }
  /// The lengths of the global batch's examples, added up; its size where there are none. All ranks know it before forward:
  /// a loss that is a sum, divided by it, is the mean over all tokens of all ranks.
  double weight() const { return static_cast<double>(weight_); }
  /// A shard of this rank; nullptr where it is empty. Throws IndexError for another rank's.
  Batch* shard(std::int64_t shard) const {
    if (shard < range_.begin || shard >= range_.end) throw IndexError("ShardedBatch: this is another rank's shard");
    auto& found = batches_[static_cast<std::size_t>(shard - range_.begin)];
    return found ? &*found : nullptr;
  }
  /// V, into how many shards the global batch was cut.
  std::int64_t shards() const { return shards_; }
  distributed::ShardRange own_shards() const { return range_; }

  /// For the loader that counts.
  void set_number(std::int64_t number) { number_ = number; }

 private:
  std::int64_t shards_;
  distributed::ShardRange range_;
  mutable std::vector<std::optional<Batch>> batches_;
  std::int64_t size_;
  std::int64_t weight_;
  std::int64_t number_ = 0;
};

/// Goes through a dataset in global batches, an epoch for each loop, and gives each rank its shards of them:
///
///   data::DistributedLoader loader(reviews, {.batch_size = 64, .shuffle = true},
///                                  {.shards = 8, .lengths = lengths}, collate);
///   for (auto& step : loader) {
///     double loss = ddp.step(step, [&](auto& batch) { return loss_sum(ddp(batch.x), batch.y) / step.weight(); });
///   }
///
/// Batches are those of a DataLoader with the same options, whatever the number of ranks: each example comes once in an
/// epoch, none is doubled to make ranks equal, and all ranks do the same number of steps. Only the examples of a rank's
/// shards are loaded there; what is drawn from the default generator for a shard follows from the seed, the epoch, the
/// number of the batch and that of the shard. An iterable dataset is read by all ranks, each of which keeps its part:
/// `length` tells what an example costs.
template <class Example, class Batch = DefaultBatch<Example>>
class DistributedLoader {
  using Sharded = ShardedBatch<Batch>;

 public:
  /// Throws as DataLoader and DistributedBatchOrder, and ValueError for fewer shards than ranks.
  template <LoadableOf<Example> D, class Collate>
  DistributedLoader(D&& dataset, const LoaderOptions& options, const ShardOptions& sharding, Collate&& collate,
                    std::function<std::int64_t(const Example&)> length = nullptr)
      : shards_(sharding.shards),
        own_(distributed::shards_of_rank(distributed::get_rank(), distributed::get_world_size(), sharding.shards)) {
    static_assert(std::same_as<CollatedBatch<Example, Collate>, Batch>,
                  "DistributedLoader: the collate function returns something else than the loader's batch");
    if (shards_ < distributed::get_world_size()) throw ValueError("DistributedLoader: there are fewer shards than ranks");
    std::function<Batch(std::vector<Example>)> collated = std::forward<Collate>(collate);
    if (!collated) throw ValueError("DistributedLoader: the collate function is empty");
    if constexpr (AnyDataset<D>) {
      std::shared_ptr<const Dataset<Example>> examples = shared_dataset(std::forward<D>(dataset));
      LoaderOptions indices = options;
      auto order =
          std::make_shared<const DistributedBatchOrder>(detail::make_batch_order(options, examples->size()), sharding);
      indices = {.batch_sampler = order->batches(),
                 .num_workers = options.num_workers,
                 .seed = options.seed,
                 .prefetch_factor = options.prefetch_factor};
      by_index_.emplace(
          Indices(examples->size()), indices,
          [examples, order, collated, own = own_, count = shards_](const std::vector<std::size_t>& batch) {
            auto shards =
                make_shards(own, order->cut(batch), collated, [&](std::size_t index) { return examples->get(index); });
            return Sharded(count, own, std::move(shards), static_cast<std::int64_t>(batch.size()), order->weight(batch));
          });
    } else {
      if (!sharding.lengths.empty()) {
        throw ValueError("DistributedLoader: an iterable dataset has no lengths by index; give a function of an example");
      }
      by_stream_.emplace(
          std::forward<D>(dataset), options, [collated, length, own = own_, count = shards_](std::vector<Example> batch) {
            std::vector<std::int64_t> lengths;
            std::int64_t weight = 0;
            for (const Example& example : batch) {
              lengths.push_back(length ? length(example) : 1);
              weight += lengths.back();
            }
            const auto cut = length ? deal_by_length(lengths, count) : cut_in_order(batch.size(), count);
            auto shards = make_shards(own, cut, collated, [&](std::size_t place) { return std::move(batch[place]); });
            return Sharded(count, own, std::move(shards), static_cast<std::int64_t>(batch.size()), weight);
          });
    }
  }

  /// Goes through one epoch. It can be moved, not copied.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Sharded;
    using difference_type = std::ptrdiff_t;

    Sharded& operator*() const { return *current(); }
    Sharded* operator->() const { return current(); }
    /// Waits for the next global batch. Throws as DataLoader's.
    Iterator& operator++() {
      if (by_index_) ++*by_index_;
      else ++*by_stream_;
      count();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) { return iterator.is_over(); }

   private:
    friend class DistributedLoader;
    explicit Iterator(DistributedLoader& loader) : loader_(&loader) {
      if (loader.by_index_) by_index_.emplace(loader.by_index_->begin());
      else by_stream_.emplace(loader.by_stream_->begin());
      count();
    }
    bool is_over() const { return by_index_ ? *by_index_ == std::default_sentinel : *by_stream_ == std::default_sentinel; }
    Sharded* current() const { return by_index_ ? &**by_index_ : &**by_stream_; }
    void count() {
      if (!is_over()) current()->set_number(loader_->steps_++);
    }

    DistributedLoader* loader_;
    std::optional<typename DataLoader<std::size_t, Sharded>::Iterator> by_index_;
    std::optional<typename DataLoader<Example, Sharded>::Iterator> by_stream_;
  };

  /// Starts an epoch, and counts `epoch()` up.
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

  /// The number of global batches in an epoch. Throws ValueError for an iterable dataset.
  std::size_t size() const { return by_index_ ? by_index_->size() : by_stream_->size(); }
  /// V, into how many shards a global batch is cut.
  std::int64_t shards() const { return shards_; }
  distributed::ShardRange own_shards() const { return own_; }
  /// The number of the epoch that the next loop goes through.
  std::uint64_t epoch() const { return by_index_ ? by_index_->epoch() : by_stream_->epoch(); }
  /// How many global batches there were so far.
  std::int64_t steps() const { return steps_; }

  /// Where the loop stands, as DataLoader's, and how many steps there were. The same on all ranks.
  io::Value state_dict() const {
    io::Value state = by_index_ ? by_index_->state_dict() : by_stream_->state_dict();
    state.dict()["steps"] = steps_;
    return state;
  }
  /// Goes back to where `state` was taken, on any number of ranks. Throws as DataLoader's.
  void load_state_dict(const io::Value& state) {
    const std::int64_t steps = state.at("steps").to_int();
    if (steps < 0) throw ValueError("DistributedLoader: the number of steps must not be negative");
    if (by_index_) by_index_->load_state_dict(state);
    else by_stream_->load_state_dict(state);
    steps_ = steps;
  }

 private:
  /// The numbers of examples: what the inner loader batches.
  class Indices : public Dataset<std::size_t> {
   public:
    explicit Indices(std::size_t size) : size_(size) {}
    std::size_t get(std::size_t index) const override { return index; }
    std::size_t size() const override { return size_; }

   private:
    std::size_t size_;
  };

  /// The batches of a rank's shards, of the examples that load(number) gives; nothing where a shard is empty.
  template <class Load>
  static std::vector<std::optional<Batch>> make_shards(distributed::ShardRange own,
                                                       const std::vector<std::vector<std::size_t>>& cut,
                                                       const std::function<Batch(std::vector<Example>)>& collate,
                                                       const Load& load) {
    const std::uint64_t draw = default_generator().random64();
    std::vector<std::optional<Batch>> shards;
    for (std::int64_t shard = own.begin; shard < own.end; ++shard) {
      const DefaultGeneratorGuard guard(shard_generator(draw, shard));
      std::vector<Example> examples;
      for (const std::size_t number : cut[static_cast<std::size_t>(shard)]) examples.push_back(load(number));
      if (examples.empty()) shards.emplace_back();
      else shards.emplace_back(collate(std::move(examples)));
    }
    return shards;
  }

  std::int64_t shards_;
  distributed::ShardRange own_;
  std::int64_t steps_ = 0;
  std::optional<DataLoader<std::size_t, Sharded>> by_index_;  ///< of a dataset with a size, or:
  std::optional<DataLoader<Example, Sharded>> by_stream_;     ///< of an iterable one
};

/// @cond guides
template <Loadable D, class Collate>
DistributedLoader(D&&, LoaderOptions, ShardOptions, Collate&&)
    -> DistributedLoader<LoadedExample<D>, CollatedBatch<LoadedExample<D>, Collate>>;
template <Loadable D, class Collate, class Length>
DistributedLoader(D&&, LoaderOptions, ShardOptions, Collate&&, Length&&)
    -> DistributedLoader<LoadedExample<D>, CollatedBatch<LoadedExample<D>, Collate>>;
/// @endcond

}  // namespace xgrad::data
