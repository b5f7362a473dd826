#include "distributed/tree.h"

#include <gtest/gtest.h>

namespace xgrad::test {

using distributed::nodes_within;
using distributed::parent_of;
using distributed::ShardRange;
using distributed::shards_of_rank;
using distributed::split_point;

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

/// A rank that adds shard after shard, and joins two nodes that are halves of a third, ends with what nodes_within names.
TEST(TreeTest, adding_shards_in_order_leaves_the_largest_nodes_of_the_range) {
  for (std::int64_t shards = 1; shards <= 24; ++shards) {
    for (int ranks = 1; ranks <= shards; ++ranks) {
      for (int rank = 0; rank < ranks; ++rank) {
        const ShardRange range = shards_of_rank(rank, ranks, shards);
        std::vector<ShardRange> stack;
        for (std::int64_t shard = range.begin; shard < range.end; ++shard) {
          stack.push_back({shard, shard + 1});
          while (stack.size() > 1) {
            const ShardRange parent = parent_of(stack[stack.size() - 2], stack.back(), shards);
            if (parent.size() == 0) break;
            stack.pop_back();
            stack.back() = parent;
          }
        }
        EXPECT_EQ(stack, nodes_within(range, shards)) << shards << " shards, rank " << rank << " of " << ranks;
      }
    }
  }
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
