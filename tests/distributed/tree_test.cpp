#include "distributed/tree.h"

#include <gtest/gtest.h>

#include "distributed/parallel/shard_nodes.h"

namespace xgrad::test {

using distributed::nodes_within;
using distributed::ShardRange;
using distributed::shards_of_rank;
using distributed::split_point;
using nn::parallel::ShardNodes;

namespace {

void add(std::int64_t& left, std::int64_t right) { left += right; }

}  // namespace

TEST(TreeTest, a_node_is_split_at_the_largest_power_of_two_below_its_length) {
  EXPECT_EQ(split_point({0, 2}), 1);
  EXPECT_EQ(split_point({0, 3}), 2);
  EXPECT_EQ(split_point({0, 4}), 2);
  EXPECT_EQ(split_point({4, 9}), 8);
}

TEST(TreeTest, ranks_hold_all_shards_once_and_nearly_as_many) {
  for (std::int64_t shards = 1; shards <= 24; ++shards) {
    for (int ranks = 1; ranks <= shards; ++ranks) {
      std::int64_t next = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const ShardRange range = shards_of_rank(rank, ranks, shards);
        EXPECT_EQ(range.begin, next);
        EXPECT_GE(range.size(), shards / ranks);
        EXPECT_LE(range.size(), shards / ranks + 1);
        next = range.end;
      }
      EXPECT_EQ(next, shards);
    }
  }
}

TEST(ShardNodesTest, adding_shards_in_order_leaves_the_largest_nodes_of_the_range) {
  for (std::int64_t shards = 1; shards <= 24; ++shards) {
    for (int ranks = 1; ranks <= shards; ++ranks) {
      for (int rank = 0; rank < ranks; ++rank) {
        const ShardRange range = shards_of_rank(rank, ranks, shards);
        ShardNodes<std::int64_t> nodes;
        for (std::int64_t shard = range.begin; shard < range.end; ++shard) nodes.close(shard, shards, shard, false, add);
        std::vector<ShardRange> found;
        for (const auto& node : nodes.nodes()) {
          found.push_back(node.range);
          EXPECT_EQ(node.sum, (node.range.begin + node.range.end - 1) * node.range.size() / 2);
        }
        EXPECT_EQ(found, nodes_within(range, shards)) << shards << " shards, rank " << rank << " of " << ranks;
      }
    }
  }
}

TEST(ShardNodesTest, shards_that_are_kept_are_added_to_those_of_the_next_step) {
  ShardNodes<std::int64_t> nodes;
  for (std::int64_t shard = 0; shard < 2; ++shard) nodes.close(shard, 2, shard + 1, true, add);
  EXPECT_TRUE(nodes.nodes().empty());
  for (std::int64_t shard = 0; shard < 2; ++shard) nodes.close(shard, 2, 10 * (shard + 1), false, add);
  ASSERT_EQ(nodes.nodes().size(), 1U);
  EXPECT_EQ(nodes.nodes().front().sum, 33);
  EXPECT_EQ(nodes.take().size(), 1U);
  EXPECT_TRUE(nodes.nodes().empty());
}

TEST(TreeTest, eight_shards_make_at_most_two_nodes_a_rank) {
  for (int ranks = 1; ranks <= 8; ++ranks) {
    for (int rank = 0; rank < ranks; ++rank) {
      const auto nodes = nodes_within(shards_of_rank(rank, ranks, 8), 8);
      EXPECT_LE(nodes.size(), ranks == 3 || ranks == 5 ? 2U : 1U);
    }
  }
}

}  // namespace xgrad::test
