/// Operations of all ranks of a group: tensors summed, sent, gathered. All ranks call them, in the same order.
///
/// `group` is the world where none is given. With `async_op` the call returns at once, and the tensors must be left alone
/// until `wait()`. Tensors are contiguous, and of the same shape and dtype on all ranks, unless it says otherwise; ranks
/// that call different operations get a DistributedError that names both. https://pytorch.org/docs/2.1/distributed.html
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"
#include "distributed/init.h"
#include "distributed/ordered_sum.h"

namespace xgrad::distributed {

/// Reduces the tensors of all ranks in place: each becomes the result. The order is that of the tree over ranks, so that
/// the bits are the same on any engine, for a given number of ranks. Throws TypeError where `op` does not take the dtype.
std::shared_ptr<Work> all_reduce(const Tensor& tensor, ReduceOp op = ReduceOp::sum, ProcessGroup* group = nullptr,
                                 bool async_op = false);
/// all_reduce() with the result on one rank alone; the tensors of the others keep their values.
std::shared_ptr<Work> reduce(const Tensor& tensor, int destination, ReduceOp op = ReduceOp::sum,
                             ProcessGroup* group = nullptr, bool async_op = false);
/// Copies the tensor of one rank into those of all others. Here and below, ranks are those within the group: where torch
/// takes global ones (`src`, `dst`), a program that uses groups of some ranks has to count anew.
std::shared_ptr<Work> broadcast(const Tensor& tensor, int source, ProcessGroup* group = nullptr, bool async_op = false);
/// Gives every rank the tensors of all: `output[rank]` becomes the `input` of that rank.
std::shared_ptr<Work> all_gather(const TensorList& output, const Tensor& input, ProcessGroup* group = nullptr,
                                 bool async_op = false);
/// all_gather() into one tensor: its first dimension is get_world_size() times as long, or it has one for ranks in front.
std::shared_ptr<Work> all_gather_into_tensor(const Tensor& output, const Tensor& input, ProcessGroup* group = nullptr,
                                             bool async_op = false);
/// Reduces the `input` of all ranks, and gives each its part of the result: `output` has 1 / get_world_size() of the
/// elements.
std::shared_ptr<Work> reduce_scatter_tensor(const Tensor& output, const Tensor& input, ReduceOp op = ReduceOp::sum,
                                            ProcessGroup* group = nullptr, bool async_op = false);
/// Part i of `input` goes to rank i, and part i of `output` comes from there. Parts are of equal length along the first
/// dimension, or of the given numbers of rows; empty ones are fine.
std::shared_ptr<Work> all_to_all_single(const Tensor& output, const Tensor& input,
                                        const std::vector<std::int64_t>& output_split_sizes = {},
                                        const std::vector<std::int64_t>& input_split_sizes = {},
                                        ProcessGroup* group = nullptr, bool async_op = false);
/// Gives one rank the tensors of all: there `output[rank]` becomes the `input` of that rank; elsewhere `output` is empty.
std::shared_ptr<Work> gather(const Tensor& input, const TensorList& output, int destination = 0,
                             ProcessGroup* group = nullptr, bool async_op = false);
/// The reverse of gather(): `output` becomes what `input[rank]` is on the rank `source`; elsewhere `input` is empty.
std::shared_ptr<Work> scatter(const Tensor& output, const TensorList& input, int source = 0, ProcessGroup* group = nullptr,
                              bool async_op = false);
/// Waits until all ranks have called it.
void barrier(ProcessGroup* group = nullptr);
/// barrier() for `timeout` at most: then a DistributedError on all ranks names those that have not come. It helps to find
/// where ranks diverge. https://pytorch.org/docs/2.1/distributed.html#torch.distributed.monitored_barrier
void monitored_barrier(ProcessGroup* group = nullptr, std::chrono::milliseconds timeout = std::chrono::seconds(30));
/// Returns on all ranks the value that `source` passed: numbers, texts, lists, dictionaries, tensors.
io::Value broadcast_object(const io::Value& value, int source, ProcessGroup* group = nullptr);
/// The values of all ranks, in the order of ranks.
std::vector<io::Value> all_gather_object(const io::Value& value, ProcessGroup* group = nullptr);

}  // namespace xgrad::distributed
