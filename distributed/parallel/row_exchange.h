/// Gradients of tables, of which few rows are other than zero: the rows travel, not the tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "distributed/ordered_sum.h"
#include "distributed/parallel/shard_nodes.h"
#include "distributed/process_group.h"

namespace xgrad::nn::parallel {

/// Some rows of a table, ascending, and their values one behind the other.
struct Rows {
  std::vector<std::int64_t> numbers;  ///< of the rows
  std::vector<std::byte> values;      ///< of numbers.size() rows
};

/// Rows of a table with rows of `width` elements.
struct RowShape {
  Dtype dtype = kFloat32;
  std::int64_t width = 0;
  std::size_t row_bytes() const { return static_cast<std::size_t>(width) * element_size(dtype); }
};

/// Sums of rows; a row that one side does not have is the other side's.
Rows add_rows(const RowShape& shape, const Rows& left, const Rows& right);

/// The gradient of one table, shard by shard.
class TableGradient {
 public:
  explicit TableGradient(const Tensor& table);
  explicit TableGradient(const RowShape& shape) : shape_(shape) {}

  /// A gradient of a shard; where it does not say which of its rows are other than zero, all of them count. Its rows are
  /// those of the table with these `numbers`, in ascending order, or, without them, all of the table's.
  void add_gradient(const Tensor& gradient, const std::vector<std::int64_t>* numbers = nullptr);
  /// The shard is complete; see GradientBucket::close.
  void close(std::int64_t shard, std::int64_t shards, bool kept);
  /// Forgets the shards.
  void reset() { nodes_.take(); }
  /// Whether a gradient without known rows came since the last time that this was asked.
  bool take_dense() { return std::exchange(dense_, false); }

  const RowShape& shape() const { return shape_; }

  const std::vector<ShardNode<Rows>>& nodes() const { return nodes_.nodes(); }

 private:
  RowShape shape_;
  Rows leaf_;
  bool dense_ = false;
  ShardNodes<Rows> nodes_;
};

/// Blocks of so many rows are dealt to ranks: frequent words stand side by side in a vocabulary.
inline constexpr std::int64_t rows_per_block = 64;
/// The rank that adds up a row.
int owner_of_row(std::int64_t row, int ranks);

/// Messages of any length between all ranks: `messages[rank]` goes there, and what came from each is returned. First their
/// sizes travel, then the messages. On the group's thread.
std::vector<std::vector<std::byte>> exchange_messages(distributed::Channel& channel,
                                                      const std::vector<std::vector<std::byte>>& messages);

/// The sums over all shards of all ranks, for each table, of the rows that this rank owns, added in the order of the tree.
/// On the group's thread.
std::vector<Rows> reduce_own_rows(distributed::Channel& channel, distributed::ReduceOp op, std::int64_t shards,
                                  const std::vector<const TableGradient*>& tables);
/// reduce_own_rows() for all rows, on all ranks: owners send their sums to all.
std::vector<Rows> reduce_rows(distributed::Channel& channel, distributed::ReduceOp op, std::int64_t shards,
                              const std::vector<const TableGradient*>& tables);

}  // namespace xgrad::nn::parallel
