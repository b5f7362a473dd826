/// Sums and other reductions in an order that does not depend on the ranks: engines move bytes, and this adds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "autograd/base/scalar_type.h"
#include "distributed/process_group.h"
#include "distributed/tree.h"

namespace xgrad::distributed {

/// How values are put together. `avg` divides the sum by the number of shards, or ranks.
/// https://pytorch.org/docs/2.1/distributed.html#torch.distributed.ReduceOp
enum class ReduceOp { sum, avg, product, min, max, band, bor };

/// Its name: "sum".
const char* to_string(ReduceOp op);

/// Throws TypeError where an operation does not take a dtype: bits are of integers and bool, averages of real numbers.
void check_reduction(ReduceOp op, Dtype dtype);

/// left = left op right, elementwise.
void combine(ReduceOp op, Dtype dtype, void* left, const void* right, std::int64_t count);

/// A part of the tree, reduced.
struct NodeValues {
  ShardRange node;
  const std::byte* data = nullptr;
};

/// Reduces the values of all shards, in the tree: `nodes` are all of them, or nodes that make them up.
void reduce_values(ReduceOp op, Dtype dtype, std::int64_t shards, std::span<const NodeValues> nodes, std::byte* result,
                   std::int64_t count);

/// Reduces the values of all shards of all ranks: `nodes` are those of this rank, from nodes_within(shards_of_rank(...)),
/// with `count` elements each, and `result` gets the whole, the same on all ranks. Each rank reduces a slice of the
/// elements, and all get the slices: 2 (R - 1) / R of the bytes, whatever R. `result` shares no memory with the nodes. Data
/// travels in pipelined chunks of `chunk_bytes`, all slices taken together.
void reduce_shards(Channel& channel, ReduceOp op, Dtype dtype, std::int64_t shards, std::span<const NodeValues> nodes,
                   std::byte* result, std::int64_t count, std::int64_t chunk_bytes = std::int64_t{1} << 20);

/// The slice of `count` elements that a rank reduces.
ShardRange slice_of_rank(int rank, int ranks, std::int64_t count);

}  // namespace xgrad::distributed
