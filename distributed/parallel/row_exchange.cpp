#include "distributed/parallel/row_exchange.h"

#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/gradient_rows.h"

namespace xgrad::nn::parallel {

using distributed::Channel;
using distributed::Incoming;
using distributed::Outgoing;
using distributed::ReduceOp;
using distributed::ShardRange;

namespace {

void append(Rows& rows, std::int64_t number, const std::byte* values, std::size_t bytes) {
  rows.numbers.push_back(number);
  rows.values.insert(rows.values.end(), values, values + bytes);
}

/// The sum of a node of the tree from those of its parts that are there.
Rows sum_of(const RowShape& shape, ShardRange node, std::vector<ShardNode<Rows>>& parts) {
  for (auto& part : parts) {
    if (part.range == node) return std::move(part.sum);
  }
  const std::int64_t split = distributed::split_point(node);
  const Rows left = sum_of(shape, {node.begin, split}, parts);
  return add_rows(shape, left, sum_of(shape, {split, node.end}, parts));
}

void write(std::vector<std::byte>& message, const Rows& rows) {
  const auto write_bytes = [&](const void* data, std::size_t bytes) {
    const auto* first = static_cast<const std::byte*>(data);
    message.insert(message.end(), first, first + bytes);
  };
  const std::uint64_t count = rows.numbers.size();
  write_bytes(&count, sizeof count);
  write_bytes(rows.numbers.data(), count * sizeof(std::int64_t));
  write_bytes(rows.values.data(), rows.values.size());
}

Rows read(std::span<const std::byte>& message, const RowShape& shape) {
  const auto read_bytes = [&](void* data, std::size_t bytes) {
    check<distributed::DistributedError>(bytes <= message.size(),
                                         "DistributedDataParallel: a message about rows is too short");
    if (bytes == 0) return;  // of no rows there is no memory
    std::memcpy(data, message.data(), bytes);
    message = message.subspan(bytes);
  };
  std::uint64_t count = 0;
  read_bytes(&count, sizeof count);
  check<distributed::DistributedError>(count <= message.size() / sizeof(std::int64_t),
                                       "DistributedDataParallel: a message about rows is too short");
  Rows rows;
  rows.numbers.resize(count);
  read_bytes(rows.numbers.data(), count * sizeof(std::int64_t));
  rows.values.resize(count * shape.row_bytes());
  read_bytes(rows.values.data(), rows.values.size());
  return rows;
}

void divide(const RowShape& shape, Rows& rows, std::int64_t by) {
  const auto count = static_cast<std::int64_t>(rows.values.size() / element_size(shape.dtype));
  const auto each = [&]<class T>(T* values) {
    for (std::int64_t i = 0; i < count; ++i) values[i] /= static_cast<T>(by);
  };
  if (shape.dtype == kFloat32) each(reinterpret_cast<float*>(rows.values.data()));
  else each(reinterpret_cast<double*>(rows.values.data()));
}

}  // namespace

int owner_of_row(std::int64_t row, int ranks) { return static_cast<int>(row / rows_per_block % ranks); }

std::vector<std::vector<std::byte>> exchange_messages(Channel& channel,
                                                      const std::vector<std::vector<std::byte>>& messages) {
  const auto ranks = static_cast<std::size_t>(channel.size());
  const auto own = static_cast<std::size_t>(channel.rank());
  std::vector<std::uint64_t> sizes(ranks);
  for (std::size_t rank = 0; rank < ranks; ++rank) sizes[rank] = messages[rank].size();
  std::vector<std::uint64_t> coming(ranks);
  std::vector<Outgoing> outgoing;
  std::vector<Incoming> incoming;
  for (std::size_t i = 1; i < ranks; ++i) {
    const std::size_t to = (own + i) % ranks;
    const std::size_t from = (own + ranks - i) % ranks;
    outgoing.push_back({static_cast<int>(to), reinterpret_cast<const std::byte*>(&sizes[to]), sizeof(std::uint64_t)});
    incoming.push_back({static_cast<int>(from), reinterpret_cast<std::byte*>(&coming[from]), sizeof(std::uint64_t)});
  }
  channel.exchange(outgoing, incoming);
  std::vector<std::vector<std::byte>> received(ranks);
  received[own] = messages[own];
  outgoing.clear();
  incoming.clear();
  for (std::size_t i = 1; i < ranks; ++i) {
    const std::size_t to = (own + i) % ranks;
    const std::size_t from = (own + ranks - i) % ranks;
    received[from].resize(coming[from]);
    if (!messages[to].empty()) outgoing.push_back({static_cast<int>(to), messages[to].data(), messages[to].size()});
    if (coming[from] > 0) incoming.push_back({static_cast<int>(from), received[from].data(), received[from].size()});
  }
  channel.exchange(outgoing, incoming);
  return received;
}

Rows add_rows(const RowShape& shape, const Rows& left, const Rows& right) {
  const std::size_t bytes = shape.row_bytes();
  Rows sum;
  sum.numbers.reserve(left.numbers.size() + right.numbers.size());
  sum.values.reserve(left.values.size() + right.values.size());
  std::size_t l = 0;
  std::size_t r = 0;
  while (l < left.numbers.size() || r < right.numbers.size()) {
    const bool has_left = l < left.numbers.size() && (r == right.numbers.size() || left.numbers[l] <= right.numbers[r]);
    const bool has_right = r < right.numbers.size() && (l == left.numbers.size() || right.numbers[r] <= left.numbers[l]);
    const Rows& first = has_left ? left : right;
    const std::size_t at = has_left ? l : r;
    append(sum, first.numbers[at], first.values.data() + at * bytes, bytes);
    if (has_left && has_right) {
      distributed::combine(ReduceOp::sum, shape.dtype, sum.values.data() + sum.values.size() - bytes,
                           right.values.data() + r * bytes, shape.width);
    }
    l += has_left ? 1 : 0;
    r += has_right ? 1 : 0;
  }
  return sum;
}

TableGradient::TableGradient(const Tensor& table)
    : shape_{table.dtype(), table.size(0) == 0 ? 0 : table.numel() / table.size(0)} {}

void TableGradient::add_gradient(const Tensor& gradient, const std::vector<std::int64_t>* numbers) {
  const std::vector<std::int64_t>* known = nonzero_rows(gradient);
  std::vector<std::int64_t> all;
  if (known == nullptr) {
    dense_ = true;
    all.resize(static_cast<std::size_t>(gradient.size(0)));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    known = &all;
  }
  const Tensor source = gradient.contiguous();
  const std::size_t bytes = shape_.row_bytes();
  Rows rows;
  rows.numbers = *known;
  rows.values.resize(known->size() * bytes);
  for (std::size_t i = 0; i < known->size(); ++i) {
    std::memcpy(rows.values.data() + i * bytes, source.impl()->data + static_cast<std::size_t>((*known)[i]) * bytes, bytes);
    if (numbers != nullptr) rows.numbers[i] = (*numbers)[static_cast<std::size_t>((*known)[i])];
  }
  leaf_ = leaf_.numbers.empty() ? std::move(rows) : add_rows(shape_, leaf_, rows);
}

void TableGradient::close(std::int64_t shard, std::int64_t shards, bool kept) {
  nodes_.close(shard, shards, std::exchange(leaf_, {}), kept,
               [this](Rows& left, const Rows& right) { left = add_rows(shape_, left, right); });
}

std::vector<Rows> reduce_own_rows(Channel& channel, ReduceOp op, std::int64_t shards,
                                  const std::vector<const TableGradient*>& tables) {
  const int ranks = channel.size();
  std::vector<Rows> sums;
  // Rows to their owners: of all tables and nodes, in this order.
  std::vector<std::vector<std::byte>> messages(static_cast<std::size_t>(ranks));
  for (const TableGradient* table : tables) {
    const std::size_t bytes = table->shape().row_bytes();
    for (const auto& node : table->nodes()) {
      std::vector<Rows> parts(static_cast<std::size_t>(ranks));
      for (std::size_t i = 0; i < node.sum.numbers.size(); ++i) {
        const std::int64_t row = node.sum.numbers[i];
        append(parts[static_cast<std::size_t>(owner_of_row(row, ranks))], row, node.sum.values.data() + i * bytes, bytes);
      }
      for (std::size_t rank = 0; rank < parts.size(); ++rank) write(messages[rank], parts[rank]);
    }
  }
  const std::vector<std::vector<std::byte>> received = exchange_messages(channel, messages);
  std::vector<std::span<const std::byte>> rest(received.begin(), received.end());
  for (const TableGradient* table : tables) {
    std::vector<ShardNode<Rows>> parts;
    for (int rank = 0; rank < ranks; ++rank) {
      for (const ShardRange& node : distributed::nodes_within(distributed::shards_of_rank(rank, ranks, shards), shards)) {
        parts.push_back({node, read(rest[static_cast<std::size_t>(rank)], table->shape())});
      }
    }
    Rows sum = sum_of(table->shape(), {0, shards}, parts);
    if (op == ReduceOp::avg && shards > 1) divide(table->shape(), sum, shards);
    sums.push_back(std::move(sum));
  }
  return sums;
}

std::vector<Rows> reduce_rows(Channel& channel, ReduceOp op, std::int64_t shards,
                              const std::vector<const TableGradient*>& tables) {
  const int ranks = channel.size();
  std::vector<std::byte> own;
  for (const Rows& sum : reduce_own_rows(channel, op, shards, tables)) write(own, sum);
  std::vector<Rows> sums;
  const std::vector<std::vector<std::byte>> all =
      exchange_messages(channel, std::vector(static_cast<std::size_t>(ranks), own));
  std::vector<std::span<const std::byte>> rest(all.begin(), all.end());
  for (const TableGradient* table : tables) {
    Rows whole;
    for (auto& message : rest) {
      const Rows part = read(message, table->shape());
      whole = whole.numbers.empty() ? part : add_rows(table->shape(), whole, part);
    }
    sums.push_back(std::move(whole));
  }
  return sums;
}

}  // namespace xgrad::nn::parallel
