#include "distributed/ordered_sum.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/kernels/buffer.h"

namespace xgrad::distributed {

namespace {

template <class T>
void combine_elements(ReduceOp op, T* result, const T* left, const T* right, std::int64_t count) {
  const auto each = [&](auto function) {
    for (std::int64_t i = 0; i < count; ++i) result[i] = function(left[i], right[i]);
  };
  switch (op) {
    case ReduceOp::sum:
    case ReduceOp::avg:
      if constexpr (std::is_same_v<T, bool>) each([](T a, T b) { return a || b; });
      else each([](T a, T b) { return static_cast<T>(a + b); });
      break;
    case ReduceOp::product:
      if constexpr (std::is_same_v<T, bool>) each([](T a, T b) { return a && b; });
      else each([](T a, T b) { return static_cast<T>(a * b); });
      break;
    case ReduceOp::min:
      each([](T a, T b) { return b < a || b != b ? b : a; });  // NaN wins
      break;
    case ReduceOp::max: each([](T a, T b) { return a < b || b != b ? b : a; }); break;
    case ReduceOp::band:
    case ReduceOp::bor:
      if constexpr (std::is_integral_v<T>) {
        if (op == ReduceOp::band) each([](T a, T b) { return static_cast<T>(a & b); });
        else each([](T a, T b) { return static_cast<T>(a | b); });
      }
      break;
  }
}

template <class T>
void divide(T* values, std::int64_t count, std::int64_t by) {
  if constexpr (std::is_floating_point_v<T>) {
    const T divisor = static_cast<T>(by);
    for (std::int64_t i = 0; i < count; ++i) values[i] /= divisor;
  }
}

/// Calls function.operator()<T>() with the type that holds a dtype.
template <class Function>
void visit_stored(Dtype dtype, const Function& function) {
  switch (static_cast<ScalarType>(dtype)) {
    case kFloat32: return function.template operator()<float>();
    case kFloat64: return function.template operator()<double>();
    case kInt64: return function.template operator()<std::int64_t>();
    case kInt32: return function.template operator()<std::int32_t>();
    case kInt16: return function.template operator()<std::int16_t>();
    case kInt8: return function.template operator()<std::int8_t>();
    case kUInt8: return function.template operator()<std::uint8_t>();
    case kBool: return function.template operator()<bool>();
    default: throw TypeError(fmt::format("distributed: {} cannot be reduced", dtype));
  }
}

void combine_into(ReduceOp op, Dtype dtype, void* result, const void* left, const void* right, std::int64_t count) {
  visit_stored(dtype, [&]<class T>() {
    combine_elements(op, static_cast<T*>(result), static_cast<const T*>(left), static_cast<const T*>(right), count);
  });
}

/// Reduces a node of the tree from those of its parts whose values are there.
class TreeReduction {
 public:
  TreeReduction(ReduceOp op, Dtype dtype, std::span<const NodeValues> nodes, std::int64_t count)
      : op_(op),
        dtype_(dtype),
        nodes_(nodes),
        count_(count),
        bytes_(static_cast<std::size_t>(count) * element_size(dtype)) {}

  void reduce_node(ShardRange node, std::byte* target) const {
    if (const std::byte* value = find(node)) {
      if (value != target) std::memcpy(target, value, bytes_);
      return;
    }
    check<ValueError>(node.size() > 1, "reduce: shard {} is missing", node.begin);
    const std::int64_t split = split_point(node);
    const ShardRange left{node.begin, split};
    const ShardRange right{split, node.end};
    const std::byte* left_value = find(left);
    const std::byte* right_value = find(right);
    if (left_value != nullptr && right_value != nullptr) {  // in one pass
      combine_into(op_, dtype_, target, left_value, right_value, count_);
      return;
    }
    reduce_node(left, target);
    if (right_value != nullptr) {
      combine(op_, dtype_, target, right_value, count_);
      return;
    }
    const kernels::Buffer<std::byte> memory(static_cast<std::int64_t>(bytes_));
    reduce_node(right, memory.data());
    combine(op_, dtype_, target, memory.data(), count_);
  }

 private:
  const std::byte* find(ShardRange node) const {
    for (const NodeValues& known : nodes_) {
      if (known.node == node) return known.data;
    }
    return nullptr;
  }

  ReduceOp op_;
  Dtype dtype_;
  std::span<const NodeValues> nodes_;
  std::int64_t count_;
  std::size_t bytes_;
};

void finish(ReduceOp op, Dtype dtype, std::byte* values, std::int64_t count, std::int64_t shards) {
  if (op != ReduceOp::avg || shards == 1) return;
  visit_stored(dtype, [&]<class T>() { divide(reinterpret_cast<T*>(values), count, shards); });
}

}  // namespace

const char* to_string(ReduceOp op) {
  switch (op) {
    case ReduceOp::sum: return "sum";
    case ReduceOp::avg: return "avg";
    case ReduceOp::product: return "product";
    case ReduceOp::min: return "min";
    case ReduceOp::max: return "max";
    case ReduceOp::band: return "band";
    case ReduceOp::bor: return "bor";
  }
  return "";
}

void check_reduction(ReduceOp op, Dtype dtype) {
  const bool floating = dtype == kFloat32 || dtype == kFloat64;
  check<TypeError>(op != ReduceOp::avg || floating, "all_reduce: avg is of float32 and float64, got {}", dtype);
  check<TypeError>((op != ReduceOp::band && op != ReduceOp::bor) || !floating,
                   "all_reduce: {} is of integers and bool, got {}", to_string(op), dtype);
  visit_stored(dtype, []<class T>() {});
}

void combine(ReduceOp op, Dtype dtype, void* left, const void* right, std::int64_t count) {
  combine_into(op, dtype, left, left, right, count);
}

ShardRange slice_of_rank(int rank, int ranks, std::int64_t count) { return shards_of_rank(rank, ranks, count); }

void reduce_values(ReduceOp op, Dtype dtype, std::int64_t shards, std::span<const NodeValues> nodes, std::byte* result,
                   std::int64_t count) {
  if (count == 0) return;
  TreeReduction(op, dtype, nodes, count).reduce_node({0, shards}, result);
  finish(op, dtype, result, count, shards);
}

void reduce_shards(Channel& channel, ReduceOp op, Dtype dtype, std::int64_t shards, std::span<const NodeValues> nodes,
                   std::byte* result, std::int64_t count, std::int64_t chunk_bytes) {
  const int ranks = channel.size();
  const int own = channel.rank();
  const auto width = static_cast<std::int64_t>(element_size(dtype));
  const auto bytes = [&](std::int64_t elements) { return static_cast<std::size_t>(elements * width); };
  if (count == 0) return;
  if (ranks == 1) {
    reduce_values(op, dtype, shards, nodes, result, count);
    return;
  }
  std::vector<std::vector<ShardRange>> nodes_of(static_cast<std::size_t>(ranks));
  for (int rank = 0; rank < ranks; ++rank) {
    nodes_of[static_cast<std::size_t>(rank)] = nodes_within(shards_of_rank(rank, ranks, shards), shards);
  }

  /// One chunk: what was received of all ranks' nodes, for the slice of this rank.
  struct Chunk {
    std::int64_t begin = 0;  ///< of all elements
    std::int64_t count = 0;
    std::vector<kernels::Buffer<std::byte>> memory;
    std::vector<NodeValues> values;
    std::unique_ptr<Transfer> scatter;
    std::unique_ptr<Transfer> gather;
  };
  const std::int64_t chunk_elements = std::max<std::int64_t>(ranks, chunk_bytes / width);
  const std::int64_t chunks = (count + chunk_elements - 1) / chunk_elements;
  std::vector<Chunk> all(static_cast<std::size_t>(chunks));

  const auto begin_scatter = [&](std::int64_t c) {
    Chunk& chunk = all[static_cast<std::size_t>(c)];
    chunk.begin = c * count / chunks;
    chunk.count = (c + 1) * count / chunks - chunk.begin;
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    const ShardRange mine = slice_of_rank(own, ranks, chunk.count);
    for (int i = 0; i < ranks; ++i) {
      const int to = (own + i) % ranks;
      const int from = (own + ranks - i) % ranks;
      if (i == 0) {
        for (const NodeValues& node : nodes) {
          chunk.values.push_back({node.node, node.data + bytes(chunk.begin + mine.begin)});
        }
        continue;
      }
      const ShardRange theirs = slice_of_rank(to, ranks, chunk.count);
      for (const NodeValues& node : nodes) {
        if (theirs.size() > 0) outgoing.push_back({to, node.data + bytes(chunk.begin + theirs.begin), bytes(theirs.size())});
      }
      for (const ShardRange& node : nodes_of[static_cast<std::size_t>(from)]) {
        if (mine.size() == 0) continue;
        chunk.memory.emplace_back(static_cast<std::int64_t>(bytes(mine.size())));
        chunk.values.push_back({node, chunk.memory.back().data()});
        incoming.push_back({from, chunk.memory.back().data(), bytes(mine.size())});
      }
    }
    chunk.scatter = channel.start(outgoing, incoming);
  };
  const auto begin_gather = [&](Chunk& chunk) {
    channel.wait(*chunk.scatter);
    std::byte* target = result + bytes(chunk.begin);
    const ShardRange mine = slice_of_rank(own, ranks, chunk.count);
    if (mine.size() > 0) {
      std::byte* place = target + bytes(mine.begin);
      reduce_values(op, dtype, shards, chunk.values, place, mine.size());
    }
    chunk.memory.clear();
    std::vector<Outgoing> outgoing;
    std::vector<Incoming> incoming;
    for (int i = 1; i < ranks; ++i) {
      const int from = (own + ranks - i) % ranks;
      const ShardRange theirs = slice_of_rank(from, ranks, chunk.count);
      if (mine.size() > 0) outgoing.push_back({(own + i) % ranks, target + bytes(mine.begin), bytes(mine.size())});
      if (theirs.size() > 0) incoming.push_back({from, target + bytes(theirs.begin), bytes(theirs.size())});
    }
    chunk.gather = channel.start(outgoing, incoming);
  };

  begin_scatter(0);
  for (std::int64_t c = 0; c < chunks; ++c) {
    if (c + 1 < chunks) begin_scatter(c + 1);
    begin_gather(all[static_cast<std::size_t>(c)]);
    if (c > 0) channel.wait(*all[static_cast<std::size_t>(c - 1)].gather);
  }
  channel.wait(*all.back().gather);
}

}  // namespace xgrad::distributed
