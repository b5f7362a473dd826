/// The tree over shards in which sums are formed: it depends on the number of shards V alone, so that results do not depend
/// on how many ranks there are.
///
/// A node is a range of shards. It is split at the largest power of two below its length: [0, 6) into [0, 4) and [4, 6).
#pragma once

#include <cstdint>
#include <vector>

namespace xgrad::distributed {

/// The shards from `begin` to before `end`.
struct ShardRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t size() const { return end - begin; }
  friend bool operator==(const ShardRange&, const ShardRange&) = default;
};

/// The shards that a rank computes: [rank V / R, (rank + 1) V / R).
ShardRange shards_of_rank(int rank, int ranks, std::int64_t shards);
/// Where a node of two or more shards is split.
std::int64_t split_point(ShardRange node);
/// The node whose halves are `left` and `right`, which lie side by side; an empty range where they are no such halves.
ShardRange parent_of(ShardRange left, ShardRange right, std::int64_t shards);
/// The largest nodes of the tree that together make up a range, from left to right.
std::vector<ShardRange> nodes_within(ShardRange range, std::int64_t shards);

}  // namespace xgrad::distributed
