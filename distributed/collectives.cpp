#include "distributed/collectives.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <functional>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/io/pytorch.h"
#include "autograd/tensor/creation.h"

namespace xgrad::distributed {

namespace {

ProcessGroup& group_or_world(ProcessGroup* group) { return group != nullptr ? *group : world(); }

std::byte* memory_of(const Tensor& tensor) { return tensor.impl()->data; }

/// memcpy whose pointers may be null where there are no bytes.
void copy_bytes(std::byte* to, const std::byte* from, std::size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

std::size_t bytes_of(const Tensor& tensor) { return static_cast<std::size_t>(tensor.numel()) * tensor.element_size(); }

void check_contiguous(const char* operation, const Tensor& tensor) {
  check<ValueError>(tensor.defined() && tensor.is_contiguous(), "{}: expected a contiguous tensor", operation);
}

void check_rank(const char* operation, const ProcessGroup& group, int rank) {
  check<ValueError>(rank >= 0 && rank < group.size(), "{}: there is no rank {} among {}", operation, rank, group.size());
}

void written(const Tensor& tensor) { tensor.impl()->storage->bump_version(); }

/// Submits an operation that all ranks announce first, and waits for it unless it is to go on beside.
std::shared_ptr<Work> begin(ProcessGroup& group, const std::string& operation, bool async_op,
                            std::function<void(Channel&)> task, std::optional<std::chrono::milliseconds> timeout = {}) {
  const auto announced = [operation, task = std::move(task)](Channel& channel) {
    channel.agree(operation);
    task(channel);
  };
  auto work = group.submit(operation, announced, timeout);
  if (!async_op) work->wait();
  return work;
}

std::string describe(const Tensor& tensor) { return fmt::format("{}{}", tensor.dtype(), tensor.sizes()); }

/// Up to so many bytes, each rank gets the values of all others and adds by itself: one round instead of two.
constexpr std::size_t small = 16 << 10;

void all_reduce_in(Channel& channel, const Tensor& tensor, ReduceOp op) {
  const std::int64_t ranks = channel.size();
  std::vector<NodeValues> nodes;
  if (ranks > 1 && bytes_of(tensor) <= small) {
    // What is left is the work of one rank that has all values.
    const std::vector<std::byte> all = channel.all_gather(memory_of(tensor), bytes_of(tensor));
    for (std::int64_t rank = 0; rank < ranks; ++rank) {
      nodes.push_back({{rank, rank + 1}, all.data() + static_cast<std::size_t>(rank) * bytes_of(tensor)});
    }
    reduce_values(op, tensor.dtype(), ranks, nodes, memory_of(tensor), tensor.numel());
  } else {
    const Tensor own = tensor.detach().clone();
    nodes.push_back({{channel.rank(), channel.rank() + 1}, memory_of(own)});
    reduce_shards(channel, op, tensor.dtype(), ranks, nodes, memory_of(tensor), tensor.numel());
  }
  written(tensor);
}

/// The rows that go to, or come from, each rank.
std::vector<std::int64_t> split_sizes(const char* which, const Tensor& tensor, std::vector<std::int64_t> sizes, int ranks) {
  check<ShapeError>(tensor.dim() >= 1, "all_to_all_single: expected at least one dimension");
  const std::int64_t rows = tensor.size(0);
  if (sizes.empty()) {
    check<ShapeError>(rows % ranks == 0, "all_to_all_single: {} rows of {} cannot be dealt to {} ranks", rows, which, ranks);
    return std::vector<std::int64_t>(static_cast<std::size_t>(ranks), rows / ranks);
  }
  bool fits = static_cast<int>(sizes.size()) == ranks;
  for (const std::int64_t size : sizes) fits = fits && size >= 0;
  check<ShapeError>(fits && std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}) == rows,
                    "all_to_all_single: the parts of {} do not make up its {} rows on {} ranks", which, rows, ranks);
  return sizes;
}

std::string pack(const Value& value) {
  std::ostringstream stream;
  save_value(value, stream);
  return std::move(stream).str();
}

Value unpack(const std::string& bytes) {
  std::istringstream stream(bytes);
  return load_value(stream);
}

}  // namespace

std::shared_ptr<Work> all_reduce(const Tensor& tensor, ReduceOp op, ProcessGroup* group, bool async_op) {
  check_contiguous("all_reduce", tensor);
  check_reduction(op, tensor.dtype());
  return begin(group_or_world(group), fmt::format("all_reduce({}, {})", describe(tensor), to_string(op)), async_op,
               [=](Channel& channel) { all_reduce_in(channel, tensor, op); });
}

std::shared_ptr<Work> reduce(const Tensor& tensor, int destination, ReduceOp op, ProcessGroup* group, bool async_op) {
  check_contiguous("reduce", tensor);
  check_reduction(op, tensor.dtype());
  check_rank("reduce", group_or_world(group), destination);
  return begin(group_or_world(group), fmt::format("reduce({}, {}, to {})", describe(tensor), to_string(op), destination),
               async_op, [=](Channel& channel) {
                 const Tensor whole = tensor.detach().clone();
                 all_reduce_in(channel, whole, op);
                 if (channel.rank() != destination) return;
                 copy_bytes(memory_of(tensor), memory_of(whole), bytes_of(tensor));
                 written(tensor);
               });
}

std::shared_ptr<Work> broadcast(const Tensor& tensor, int source, ProcessGroup* group, bool async_op) {
  check_contiguous("broadcast", tensor);
  check_rank("broadcast", group_or_world(group), source);
  return begin(group_or_world(group), fmt::format("broadcast({}, from {})", describe(tensor), source), async_op,
               [=](Channel& channel) {
                 channel.broadcast(memory_of(tensor), bytes_of(tensor), source);
                 if (channel.rank() != source) written(tensor);
               });
}

std::shared_ptr<Work> all_gather(const TensorList& output, const Tensor& input, ProcessGroup* group, bool async_op) {
  ProcessGroup& ranks = group_or_world(group);
  check_contiguous("all_gather", input);
  check<ValueError>(static_cast<int>(output.size()) == ranks.size(), "all_gather: {} tensors for {} ranks", output.size(),
                    ranks.size());
  for (const Tensor& one : output) {
    check_contiguous("all_gather", one);
    check<ShapeError>(one.sizes() == input.sizes() && one.dtype() == input.dtype(), "all_gather: {} does not take {}",
                      describe(one), describe(input));
  }
  return begin(ranks, fmt::format("all_gather({})", describe(input)), async_op, [=](Channel& channel) {
    const std::vector<std::byte> all = channel.all_gather(memory_of(input), bytes_of(input));
    for (std::size_t rank = 0; rank < output.size(); ++rank) {
      copy_bytes(memory_of(output[rank]), all.data() + rank * bytes_of(input), bytes_of(input));
      written(output[rank]);
    }
  });
}

std::shared_ptr<Work> all_gather_into_tensor(const Tensor& output, const Tensor& input, ProcessGroup* group, bool async_op) {
  ProcessGroup& ranks = group_or_world(group);
  check_contiguous("all_gather_into_tensor", input);
  check_contiguous("all_gather_into_tensor", output);
  check<ShapeError>(output.numel() == input.numel() * ranks.size() && output.dtype() == input.dtype(),
                    "all_gather_into_tensor: {} does not take {} of {} ranks", describe(output), describe(input),
                    ranks.size());
  return begin(ranks, fmt::format("all_gather_into_tensor({})", describe(input)), async_op, [=](Channel& channel) {
    const std::vector<std::byte> all = channel.all_gather(memory_of(input), bytes_of(input));
    copy_bytes(memory_of(output), all.data(), all.size());
    written(output);
  });
}

std::shared_ptr<Work> reduce_scatter_tensor(const Tensor& output, const Tensor& input, ReduceOp op, ProcessGroup* group,
                                            bool async_op) {
  ProcessGroup& ranks = group_or_world(group);
  check_contiguous("reduce_scatter_tensor", input);
  check_contiguous("reduce_scatter_tensor", output);
  check_reduction(op, input.dtype());
  check<ShapeError>(input.numel() == output.numel() * ranks.size() && output.dtype() == input.dtype(),
                    "reduce_scatter_tensor: {} is not {} for each of {} ranks", describe(input), describe(output),
                    ranks.size());
  return begin(ranks, fmt::format("reduce_scatter_tensor({}, {})", describe(input), to_string(op)), async_op,
               [=](Channel& channel) {
                 const std::size_t bytes = bytes_of(output);
                 const auto part = [&](int rank) { return memory_of(input) + static_cast<std::size_t>(rank) * bytes; };
                 std::vector<std::byte> received(bytes * static_cast<std::size_t>(channel.size()));
                 std::vector<NodeValues> nodes;
                 std::vector<Outgoing> outgoing;
                 std::vector<Incoming> incoming;
                 for (int rank = 0; rank < channel.size(); ++rank) {
                   std::byte* place = received.data() + static_cast<std::size_t>(rank) * bytes;
                   const bool own = rank == channel.rank();
                   nodes.push_back({{rank, rank + 1}, own ? part(rank) : place});
                   if (own || bytes == 0) continue;
                   outgoing.push_back({rank, part(rank), bytes});
                   incoming.push_back({rank, place, bytes});
                 }
                 channel.exchange(outgoing, incoming);
                 // The output may be this rank's part of the input: nothing is written before all has been read.
                 const Tensor sum = empty_like(output.detach());
                 reduce_values(op, output.dtype(), channel.size(), nodes, memory_of(sum), output.numel());
                 copy_bytes(memory_of(output), memory_of(sum), bytes);
                 written(output);
               });
}

std::shared_ptr<Work> all_to_all_single(const Tensor& output, const Tensor& input,
                                        const std::vector<std::int64_t>& output_split_sizes,
                                        const std::vector<std::int64_t>& input_split_sizes, ProcessGroup* group,
                                        bool async_op) {
  ProcessGroup& ranks = group_or_world(group);
  check_contiguous("all_to_all_single", input);
  check_contiguous("all_to_all_single", output);
  check<TypeError>(output.dtype() == input.dtype(), "all_to_all_single: {} does not take {}", describe(output),
                   describe(input));
  check<ValueError>(
      memory_of(output) + bytes_of(output) <= memory_of(input) || memory_of(input) + bytes_of(input) <= memory_of(output),
      "all_to_all_single: the output overlaps the input");
  const auto to = split_sizes("input", input, input_split_sizes, ranks.size());
  const auto from = split_sizes("output", output, output_split_sizes, ranks.size());
  const auto row_bytes = [](const Tensor& tensor) {
    return tensor.size(0) == 0 ? std::size_t{0} : bytes_of(tensor) / static_cast<std::size_t>(tensor.size(0));
  };
  const std::size_t width = std::max(row_bytes(input), row_bytes(output));
  check<ShapeError>((input.size(0) == 0 || row_bytes(input) == width) && (output.size(0) == 0 || row_bytes(output) == width),
                    "all_to_all_single: the rows of {} and {} are of different lengths", describe(input), describe(output));
  // What all ranks have alike: the number of rows may differ, their width not.
  const IntArrayRef of_row = (input.size(0) > 0 || output.size(0) == 0 ? input : output).sizes().slice(1);
  const std::string operation = fmt::format("all_to_all_single({} rows of {})", input.dtype(), of_row);
  return begin(ranks, operation, async_op, [=](Channel& channel) {
    // What each rank sends has to be what the other expects.
    const std::vector<std::byte> all = channel.all_gather(to.data(), to.size() * sizeof(std::int64_t));
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    std::byte* out = memory_of(output);
    const std::byte* in = memory_of(input);
    for (int rank = 0; rank < channel.size(); ++rank) {
      const auto at = static_cast<std::size_t>(rank);
      std::int64_t sent = 0;
      std::memcpy(&sent, all.data() + (at * to.size() + static_cast<std::size_t>(channel.rank())) * sizeof sent,
                  sizeof sent);
      check<DistributedError>(sent == from[at], "all_to_all_single: rank {} sends {} rows to rank {}, which expects {}",
                              rank, sent, channel.rank(), from[at]);
      const std::size_t out_bytes = static_cast<std::size_t>(from[at]) * width;
      const std::size_t in_bytes = static_cast<std::size_t>(to[at]) * width;
      if (rank == channel.rank()) copy_bytes(out, in, in_bytes);
      else if (in_bytes > 0) outgoing.push_back({rank, in, in_bytes});
      if (rank != channel.rank() && out_bytes > 0) incoming.push_back({rank, out, out_bytes});
      out += out_bytes;
      in += in_bytes;
    }
    channel.exchange(outgoing, incoming);
    written(output);
  });
}

namespace {

/// Checks a tensor of this rank, and `parts`: those of all ranks where this is the `owner`, and none elsewhere.
void check_parts(const char* operation, const ProcessGroup& group, int owner, const Tensor& own, const TensorList& parts) {
  check_contiguous(operation, own);
  check_rank(operation, group, owner);
  const std::size_t expected = group.rank() == owner ? static_cast<std::size_t>(group.size()) : 0;
  check<ValueError>(parts.size() == expected, "{}: expected {} tensors on {}, got {}", operation, expected,
                    group.name_of(group.rank()), parts.size());
  for (const Tensor& part : parts) {
    check_contiguous(operation, part);
    check<ShapeError>(part.sizes() == own.sizes() && part.dtype() == own.dtype(), "{}: {} is not {}", operation,
                      describe(part), describe(own));
  }
}

}  // namespace

std::shared_ptr<Work> gather(const Tensor& input, const TensorList& output, int destination, ProcessGroup* group,
                             bool async_op) {
  ProcessGroup& ranks = group_or_world(group);
  check_parts("gather", ranks, destination, input, output);
  return begin(ranks, fmt::format("gather({}, to {})", describe(input), destination), async_op, [=](Channel& channel) {
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    const std::size_t bytes = bytes_of(input);
    if (channel.rank() != destination && bytes > 0) outgoing.push_back({destination, memory_of(input), bytes});
    for (int rank = 0; rank < static_cast<int>(output.size()); ++rank) {
      const Tensor& part = output[static_cast<std::size_t>(rank)];
      if (rank == destination) copy_bytes(memory_of(part), memory_of(input), bytes);
      else if (bytes > 0) incoming.push_back({rank, memory_of(part), bytes});
    }
    channel.exchange(outgoing, incoming);
    for (const Tensor& part : output) written(part);
  });
}

std::shared_ptr<Work> scatter(const Tensor& output, const TensorList& input, int source, ProcessGroup* group,
                              bool async_op) {
  ProcessGroup& ranks = group_or_world(group);
  check_parts("scatter", ranks, source, output, input);
  return begin(ranks, fmt::format("scatter({}, from {})", describe(output), source), async_op, [=](Channel& channel) {
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    const std::size_t bytes = bytes_of(output);
    if (channel.rank() != source && bytes > 0) incoming.push_back({source, memory_of(output), bytes});
    for (int rank = 0; rank < static_cast<int>(input.size()); ++rank) {
      const Tensor& part = input[static_cast<std::size_t>(rank)];
      if (rank != source && bytes > 0) outgoing.push_back({rank, memory_of(part), bytes});
    }
    channel.exchange(outgoing, incoming);
    // Only now: the output may be one of the parts.
    if (channel.rank() == source && bytes > 0) {
      std::memmove(memory_of(output), memory_of(input[static_cast<std::size_t>(source)]), bytes);
    }
    written(output);
  });
}

void barrier(ProcessGroup* group) {
  begin(group_or_world(group), "barrier", false, [](Channel& /*channel*/) {});
}

void monitored_barrier(ProcessGroup* group, std::chrono::milliseconds timeout) {
  check<ValueError>(timeout.count() > 0, "monitored_barrier: expected a positive time, got {} ms", timeout.count());
  begin(
      group_or_world(group), "monitored_barrier", false, [](Channel& /*channel*/) {}, timeout);
}

Value broadcast_object(const Value& value, int source, ProcessGroup* group) {
  ProcessGroup& ranks = group_or_world(group);
  check_rank("broadcast_object", ranks, source);
  if (ranks.size() == 1) return value;
  std::string bytes = ranks.rank() == source ? pack(value) : "";
  begin(ranks, fmt::format("broadcast_object(from {})", source), false, [&](Channel& channel) {
    std::uint64_t size = bytes.size();
    channel.broadcast(&size, sizeof size, source);
    bytes.resize(size);
    channel.broadcast(bytes.data(), size, source);
  });
  return ranks.rank() == source ? value : unpack(bytes);
}

std::vector<Value> all_gather_object(const Value& value, ProcessGroup* group) {
  ProcessGroup& ranks = group_or_world(group);
  std::vector<Value> values;
  if (ranks.size() == 1) return {value};
  values.reserve(static_cast<std::size_t>(ranks.size()));
  std::vector<std::string> texts;
  const std::string own = pack(value);
  begin(ranks, "all_gather_object", false, [&](Channel& channel) { texts = detail::gather_texts(channel, own); });
  for (int rank = 0; rank < ranks.size(); ++rank) {
    values.push_back(rank == ranks.rank() ? value : unpack(texts[static_cast<std::size_t>(rank)]));
  }
  return values;
}

}  // namespace xgrad::distributed
