/// Global batches, cut into shards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "autograd/tensor/generator.h"
#include "data/sampler.h"

namespace xgrad::data {

/// How a global batch is cut, for designated initialisers: `{.shards = 8, .lengths = lengths}`.
struct ShardOptions {
  std::int64_t shards = 1;  ///< V, as DistributedDataParallel has it
  std::vector<std::int64_t> lengths =
      {};  ///< what each example of the dataset costs, as the number of its tokens; empty: all the same
};

/// The places 0 ... lengths.size() - 1 of a batch, dealt to shards whose numbers of examples differ by at most one, the
/// larger ones first, and whose lengths nearly add up to the same: the longest examples are dealt first, to and fro. One
/// shard keeps the batch's order.
std::vector<std::vector<std::size_t>> deal_by_length(const std::vector<std::int64_t>& lengths, std::int64_t shards);
/// The places of a batch of `size` examples, cut into shards in order; the larger ones first. Both throw ValueError for
/// fewer shards than one.
std::vector<std::vector<std::size_t>> cut_in_order(std::size_t size, std::int64_t shards);
/// The default generator while a shard of a batch is made; `draw` is a number that all ranks have drawn for the batch.
Generator shard_generator(std::uint64_t draw, std::int64_t shard);

/// The batches of any order, each a global batch that is cut into shards. They depend on the order and the number of shards
/// alone, so that every example comes once in an epoch on any number of ranks. DistributedLoader gives each rank its shards.
class DistributedBatchOrder {
 public:
  /// Throws ValueError for no order, no shards and negative lengths.
  DistributedBatchOrder(std::shared_ptr<const BatchOrder> batches, ShardOptions options);
  const std::shared_ptr<const BatchOrder>& batches() const { return batches_; }
  /// V, into how many shards a global batch is cut.
  std::int64_t shards() const { return options_.shards; }
  /// A global batch in shards; with fewer examples than shards, the last ones are empty. Throws IndexError for an index
  /// without a length.
  std::vector<std::vector<std::size_t>> cut(std::span<const std::size_t> batch) const;
  /// The lengths of a global batch, added up; the number of its examples where there are no lengths.
  std::int64_t weight(std::span<const std::size_t> batch) const;

 private:
  std::vector<std::int64_t> lengths_of(std::span<const std::size_t> batch) const;

  std::shared_ptr<const BatchOrder> batches_;
  ShardOptions options_;
};

}  // namespace xgrad::data
