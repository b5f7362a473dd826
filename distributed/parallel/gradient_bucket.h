/// Gradients that travel together, as one flat piece of memory for each node of the tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/kernels/buffer.h"
#include "autograd/tensor/tensor.h"
#include "distributed/ordered_sum.h"
#include "distributed/parallel/options.h"
#include "distributed/parallel/shard_nodes.h"
#include "distributed/process_group.h"

namespace xgrad::nn::parallel {

using distributed::Channel;
using distributed::ReduceOp;
using distributed::ShardRange;

/// The memory of a bucket's gradients: a buffer, or the gradient of the bucket's only member, where nobody else sees it.
class GradientMemory {
 public:
  GradientMemory() = default;
  explicit GradientMemory(std::int64_t bytes) : buffer_(bytes) {}
  explicit GradientMemory(Tensor gradient) : tensor_(std::move(gradient)) {}

  std::byte* data() const { return tensor_.defined() ? tensor_.impl()->data : buffer_.data(); }
  /// Undefined where it is a buffer.
  const Tensor& tensor() const { return tensor_; }

 private:
  kernels::Buffer<std::byte> buffer_;
  Tensor tensor_;
};

/// The dense gradients of some parameters of one dtype. Shards come one after the other: open(), add_gradient() for each
/// that there is, close(); the shards of this rank end as the nodes of the tree.
class GradientBucket {
 public:
  explicit GradientBucket(Dtype dtype) : dtype_(dtype) {}

  /// Room for one more parameter of these sizes, before the first shard; returns its place.
  std::size_t add(IntArrayRef sizes);
  Dtype dtype() const { return dtype_; }
  std::int64_t bytes() const;
  std::size_t members() const { return offsets_.size(); }

  /// A shard begins.
  void open();
  /// A gradient of it; added where there was one already. True where it was the last one.
  bool add_gradient(std::size_t place, Tensor gradient);
  /// The shard is complete: gradients that did not come count as -0.0, which changes no sum. `kept`: it is not summed yet,
  /// and the gradients of this shard in later steps are added to it.
  void close(std::int64_t shard, std::int64_t shards, bool kept);
  bool is_open() const { return open_; }
  /// Whether all gradients of the open shard have come.
  bool is_complete() const { return missing_ == 0; }

  /// Before reduce(): makes room for the sum.
  void prepare_sum();
  /// Sums over all shards of all ranks. On the group's thread.
  void reduce(Channel& channel, ReduceOp op, std::int64_t shards);
  /// Lets a hook put the sums of all ranks together.
  void reduce_by(const CommHook& hook, distributed::ProcessGroup& group);
  /// The sum's part for one parameter. Once after each reduce().
  Tensor take_sum(std::size_t place);
  /// Forgets the shards, and keeps the memory for the next ones.
  void reset();

 private:
  using Memory = GradientMemory;

  Memory take();
  void give_back(Memory memory);
  std::size_t offset_bytes(std::size_t place) const;

  Dtype dtype_;
  std::vector<std::int64_t> offsets_;
  std::vector<std::int64_t> elements_;
  std::vector<DimVector> sizes_;
  std::int64_t count_ = 0;
  bool open_ = false;
  Memory leaf_;                ///< of the open shard
  std::vector<bool> arrived_;  ///< in the open shard
  std::size_t missing_ = 0;    ///< of the open shard
  ShardNodes<Memory> nodes_;
  std::vector<Memory> free_;
  Memory sum_;
};

}  // namespace xgrad::nn::parallel
