/// The options of DistributedDataParallel.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "autograd/tensor/tensor.h"
#include "distributed/ordered_sum.h"
#include "distributed/process_group.h"

namespace xgrad::nn::parallel {

/// What DistributedDataParallel::register_comm_hook takes: puts the gradients of all ranks together, in place.
using CommHook = std::function<void(const Tensor& gradients, distributed::ProcessGroup& group)>;

/// How gradients are put together, for designated initialisers: `{.shards = 8, .reduction = ReduceOp::sum}`.
struct DistributedDataParallelOptions {
  /// V: into how many shards a global batch is cut. It belongs to the run, and results depend on it; on the number of ranks,
  /// at most V, they do not. 0: one for each rank.
  std::int64_t shards = 0;
  /// `avg` where a shard's loss is a mean and shards are of one size; `sum` where it is a sum over a weight that all know.
  distributed::ReduceOp reduction = distributed::ReduceOp::avg;
  std::int64_t bucket_bytes = std::int64_t{8} << 20;  ///< gradients that travel together; no bit depends on it
  bool broadcast_buffers = true;                      ///< buffers become those of shard 0 after a step
  bool overlap = true;                                ///< buckets travel while backward goes on
  std::int64_t check_every = 1000;                    ///< steps after which ranks compare their parameters; 0: never
  std::optional<std::uint64_t> seed = std::nullopt;  ///< of the shards' random numbers; the default generator's unless given
  distributed::ProcessGroup* process_group = nullptr;  ///< the world unless given
};

}  // namespace xgrad::nn::parallel
