#include "distributed/batch_order.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "autograd/base/check.h"
#include "data/scramble.h"

namespace xgrad::data {

std::vector<std::vector<std::size_t>> cut_in_order(std::size_t size, std::int64_t shards) {
  check<ValueError>(shards >= 1, "cut_in_order: expected at least one shard, got {}", shards);
  std::vector<std::vector<std::size_t>> result(static_cast<std::size_t>(shards));
  const std::size_t each = size / result.size();
  const std::size_t larger = size % result.size();
  std::size_t next = 0;
  for (std::size_t shard = 0; shard < result.size(); ++shard) {
    result[shard].resize(each + (shard < larger ? 1 : 0));
    std::iota(result[shard].begin(), result[shard].end(), next);
    next += result[shard].size();
  }
  return result;
}

std::vector<std::vector<std::size_t>> deal_by_length(const std::vector<std::int64_t>& lengths, std::int64_t shards) {
  check<ValueError>(shards >= 1, "deal_by_length: expected at least one shard, got {}", shards);
  if (shards == 1) return cut_in_order(lengths.size(), shards);
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return lengths[a] > lengths[b]; });
  std::vector<std::vector<std::size_t>> result(static_cast<std::size_t>(shards));
  const std::size_t width = result.size();
  const std::size_t whole = order.size() / width * width;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t place = i % width;
    // To and fro; what is left at the end goes to the first shards.
    const bool back = i / width % 2 == 1 && i < whole;
    result[back ? width - 1 - place : place].push_back(order[i]);
  }
  return result;
}

Generator shard_generator(std::uint64_t draw, std::int64_t shard) {
  return Generator(detail::scramble(draw ^ static_cast<std::uint64_t>(shard)));
}

DistributedBatchOrder::DistributedBatchOrder(std::shared_ptr<const BatchOrder> batches, ShardOptions options)
    : batches_(std::move(batches)), options_(std::move(options)) {
  check<ValueError>(batches_ != nullptr, "DistributedBatchOrder: expected an order, got a null pointer");
  check<ValueError>(options_.shards >= 1, "DistributedBatchOrder: expected at least one shard, got {}", options_.shards);
  for (const std::int64_t length : options_.lengths) {
    check<ValueError>(length >= 0, "DistributedBatchOrder: lengths must not be negative, got {}", length);
  }
}

std::vector<std::int64_t> DistributedBatchOrder::lengths_of(std::span<const std::size_t> batch) const {
  std::vector<std::int64_t> lengths;
  for (const std::size_t index : batch) {
    check<IndexError>(index < options_.lengths.size(), "DistributedBatchOrder: index {} is out of range for {} lengths",
                      index, options_.lengths.size());
    lengths.push_back(options_.lengths[index]);
  }
  return lengths;
}

std::vector<std::vector<std::size_t>> DistributedBatchOrder::cut(std::span<const std::size_t> batch) const {
  auto shards = options_.lengths.empty() ? cut_in_order(batch.size(), options_.shards)
                                         : deal_by_length(lengths_of(batch), options_.shards);
  for (auto& shard : shards) {
    for (std::size_t& place : shard) place = batch[place];
  }
  return shards;
}

std::int64_t DistributedBatchOrder::weight(std::span<const std::size_t> batch) const {
  if (options_.lengths.empty()) return static_cast<std::int64_t>(batch.size());
  const std::vector<std::int64_t> lengths = lengths_of(batch);
  return std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
}

}  // namespace xgrad::data
