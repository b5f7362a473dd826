#include "distributed/tree.h"

#include <bit>

namespace xgrad::distributed {

namespace {

void collect(ShardRange node, ShardRange range, std::vector<ShardRange>& nodes) {
  if (node.end <= range.begin || range.end <= node.begin) return;
  if (range.begin <= node.begin && node.end <= range.end) {
    nodes.push_back(node);
    return;
  }
  const std::int64_t split = split_point(node);
  collect({node.begin, split}, range, nodes);
  collect({split, node.end}, range, nodes);
}

}  // namespace

ShardRange shards_of_rank(int rank, int ranks, std::int64_t shards) {
  return {rank * shards / ranks, (rank + 1) * shards / ranks};
}

std::int64_t split_point(ShardRange node) {
  return node.begin + static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(node.size() - 1)));
}

ShardRange parent_of(ShardRange left, ShardRange right, std::int64_t shards) {
  ShardRange node{0, shards};
  while (node.size() > 1) {
    const std::int64_t split = split_point(node);
    if (ShardRange{node.begin, split} == left && ShardRange{split, node.end} == right) return node;
    node = right.end <= split ? ShardRange{node.begin, split} : ShardRange{split, node.end};
    if (node.begin > left.begin || node.end < right.end) break;
  }
  return {};
}

std::vector<ShardRange> nodes_within(ShardRange range, std::int64_t shards) {
  std::vector<ShardRange> nodes;
  if (range.size() > 0) collect({0, shards}, range, nodes);
  return nodes;
}

}  // namespace xgrad::distributed
