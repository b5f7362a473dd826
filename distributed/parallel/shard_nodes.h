/// What a rank's shards add up to, as nodes of the tree (distributed/tree.h). For .cpp files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "distributed/tree.h"

namespace xgrad::nn::parallel {

/// A node of the tree, and the sum of its shards.
template <class Values>
struct ShardNode {
  distributed::ShardRange range;
  Values sum;
};

/// Shards come one after the other; two nodes that are the halves of a third become it at once, so that what is left are the
/// largest nodes of the rank's range.
template <class Values>
class ShardNodes {
 public:
  /// A shard is complete. `kept`: it is not summed yet, and its values of later steps are added to it. `add(left, right)`
  /// adds the values `right` to `left`, and is given `right` as its own.
  template <class Add>
  void close(std::int64_t shard, std::int64_t shards, Values values, bool kept, const Add& add) {
    ShardNode<Values> leaf{{shard, shard + 1}, std::move(values)};
    const auto earlier =
        std::find_if(kept_.begin(), kept_.end(), [&](const auto& node) { return node.range == leaf.range; });
    if (earlier != kept_.end()) {
      add(earlier->sum, std::move(leaf.sum));
      leaf.sum = std::move(earlier->sum);
      kept_.erase(earlier);
    }
    if (kept) {
      kept_.push_back(std::move(leaf));
      return;
    }
    nodes_.push_back(std::move(leaf));
    while (nodes_.size() > 1) {
      ShardNode<Values>& left = nodes_[nodes_.size() - 2];
      const distributed::ShardRange parent = distributed::parent_of(left.range, nodes_.back().range, shards);
      if (parent.size() == 0) break;
      add(left.sum, std::move(nodes_.back().sum));
      left.range = parent;
      nodes_.pop_back();
    }
  }

  /// Of the shards that were not kept, from left to right.
  const std::vector<ShardNode<Values>>& nodes() const { return nodes_; }
  /// Gives the nodes away, and forgets them; shards that were kept stay.
  std::vector<ShardNode<Values>> take() { return std::exchange(nodes_, {}); }

 private:
  std::vector<ShardNode<Values>> nodes_;
  std::vector<ShardNode<Values>> kept_;
};

}  // namespace xgrad::nn::parallel
