/// Operations of all ranks of a group: tensors summed, sent, gathered. All ranks call them, in the same order.
///
/// `group` is the world where none is given. With `async_op` the call returns at once, and the tensors must be left alone
/// until `wait()`. Tensors are contiguous, and of the same shape and dtype on all ranks, unless it says otherwise; ranks
/// that call different operations get a DistributedError that names both. https://pytorch.org/docs/2.1/distributed.html
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/tensor/tensor.h"
#include "distributed/init.h"
#include "distributed/ordered_sum.h"

namespace xgrad::distributed {

/// Puts a tensor of all ranks together, in place, on all of them. In the order of the tree over ranks: the same bits on any
/// engine, for a given number of ranks. Throws TypeError where the operation does not take the dtype.
std::shared_ptr<Work> all_reduce(const Tensor& tensor, ReduceOp op = ReduceOp::sum, ProcessGroup* group = nullptr,
                                 bool async_op = false);
/// The same, on one rank alone; on the others the tensor stays.
std::shared_ptr<Work> reduce(const Tensor& tensor, int destination, ReduceOp op = ReduceOp::sum,
                             ProcessGroup* group = nullptr, bool async_op = false);
/// A tensor of one rank to all others, in place.
std::shared_ptr<Work> broadcast(const Tensor& tensor, int source, ProcessGroup* group = nullptr, bool async_op = false);
/// The tensors of all ranks, in the order of ranks: `output[rank]` becomes the one of that rank.
std::shared_ptr<Work> all_gather(const TensorList& output, const Tensor& input, ProcessGroup* group = nullptr,
                                 bool async_op = false);
/// The same, into one tensor whose first dimension is get_world_size() times as long, or that has one more in front.
std::shared_ptr<Work> all_gather_into_tensor(const Tensor& output, const Tensor& input, ProcessGroup* group = nullptr,
                                             bool async_op = false);
/// Puts `input` of all ranks together, and gives each rank one part of it: `input` has get_world_size() times the elements.
std::shared_ptr<Work> reduce_scatter_tensor(const Tensor& output, const Tensor& input, ReduceOp op = ReduceOp::sum,
                                            ProcessGroup* group = nullptr, bool async_op = false);
/// Part i of `input` goes to rank i, and part i of `output` comes from there. Parts are of equal length along the first
/// dimension, or of the given numbers of rows; empty ones are fine.
std::shared_ptr<Work> all_to_all_single(const Tensor& output, const Tensor& input,
                                        const std::vector<std::int64_t>& output_split_sizes = {},
                                        const std::vector<std::int64_t>& input_split_sizes = {},
                                        ProcessGroup* group = nullptr, bool async_op = false);
/// The tensors of all ranks on one of them: there `output[rank]` becomes the one of that rank; elsewhere `output` is empty.
std::shared_ptr<Work> gather(const Tensor& input, const TensorList& output, int destination = 0,
                             ProcessGroup* group = nullptr, bool async_op = false);
/// The other way: `output` becomes `input[rank]` of the rank `source`; on the others `input` is empty.
std::shared_ptr<Work> scatter(const Tensor& output, const TensorList& input, int source = 0, ProcessGroup* group = nullptr,
                              bool async_op = false);
/// Waits until all ranks have come here.
void barrier(ProcessGroup* group = nullptr);
/// The same for so long at most: then a DistributedError on all ranks names those that have not come. To find out where
/// ranks part. https://pytorch.org/docs/2.1/distributed.html#torch.distributed.monitored_barrier
void monitored_barrier(ProcessGroup* group = nullptr, std::chrono::milliseconds timeout = std::chrono::seconds(30));
/// A value of one rank, for all: numbers, texts, lists, dictionaries, tensors.
io::Value broadcast_object(const io::Value& value, int source, ProcessGroup* group = nullptr);
/// The values of all ranks, in the order of ranks.
std::vector<io::Value> all_gather_object(const io::Value& value, ProcessGroup* group = nullptr);

}  // namespace xgrad::distributed
