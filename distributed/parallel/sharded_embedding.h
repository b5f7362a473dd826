/// ShardedEmbedding: a table of vectors whose rows are dealt to the ranks, for vocabularies that fit no single machine.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "autograd/backward/clear_gradient.h"
#include "autograd/base/arg.h"
#include "distributed/parallel/row_exchange.h"
#include "distributed/process_group.h"
#include "nn/module.h"
#include "optim/optimizer.h"

namespace xgrad::nn {

/// Options of ShardedEmbedding.
struct ShardedEmbeddingOptions {
  /// A table of so many rows of so many features.
  ShardedEmbeddingOptions(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : num_embeddings_(num_embeddings), embedding_dim_(embedding_dim) {}
  XGRAD_ARG(std::int64_t, num_embeddings);  ///< rows of the table, on all ranks together
  XGRAD_ARG(std::int64_t, embedding_dim);   ///< features of a row
  /// This row starts at zero and gathers no gradient; negative values count from the end.
  XGRAD_ARG(std::optional<std::int64_t>, padding_idx) = std::nullopt;

 public:
  /// The ranks that share the table; the world unless given, one rank without a world.
  distributed::ProcessGroup* process_group = nullptr;
};

/// Rows of a table (num_embeddings, embedding_dim) by int64 index: (...) -> (..., embedding_dim), as Embedding with
/// sparse(true), but each rank keeps 1 / R of the rows: blocks of 64 are dealt to the ranks. A step fetches the rows that
/// this rank's shards look up, from their owners; gradients go back to the owners, who add them in the tree over shards and
/// update their rows. Values have the bits of Embedding with sparse(true), on any number of ranks.
///
///   nn::ShardedEmbedding table(nn::ShardedEmbeddingOptions(1'000'000, 64));  // in a model under DistributedDataParallel
///   optim::ShardedTableOptimizer<optim::SparseAdam> rows({table}, optim::SparseAdamOptions(1e-3));
///   for (auto& step : loader) {
///     table->fetch(...);                       // the indices of all shards of this rank; all ranks call it, once a step
///     rows.zero_grad();
///     ddp.step(step, [&](auto& batch) { return loss_of(ddp(batch.x)); });
///     rows.step();
///   }
///
/// The table is no parameter of the module, since no rank has it whole: parameters() leaves it out, so that clip_grad_norm_
/// does too. save() and load() take it whole, as "weight": all ranks call them, as DistributedCheckpoint does, and each of
/// them holds all rows meanwhile.
class ShardedEmbeddingImpl : public Module {
 public:
  /// Starts standard normal: all ranks make it alike, from the same seed. Throws ValueError for negative sizes and a
  /// padding_idx outside the table.
  explicit ShardedEmbeddingImpl(const ShardedEmbeddingOptions& options);
  ShardedEmbeddingImpl(std::int64_t num_embeddings, std::int64_t embedding_dim)
      : ShardedEmbeddingImpl(ShardedEmbeddingOptions(num_embeddings, embedding_dim)) {}

  /// Gets the rows that the indices name from their owners: those that forward() of the next step, or of an evaluation, will
  /// look up, of all shards of this rank. All ranks call it. Throws IndexError for an index outside the table, TypeError
  /// unless indices are int64.
  void fetch(const std::vector<Tensor>& indices);
  /// The rows that the index names. Throws IndexError for one that was not fetched.
  Tensor forward(const Tensor& index) const;

  /// This rank's rows, in the order of the table: a leaf, for ShardedTableOptimizer. Its gradient names its rows.
  Tensor weight;

  /// A table of the shape of all rows, from the ranks' parts, each of which has the shape of `weight`. All ranks call it.
  Tensor gather_rows(const Tensor& own) const;
  /// The rows of a whole table that are this rank's.
  Tensor own_rows(const Tensor& whole) const;

  void save(serialize::OutputArchive& archive) const override;
  /// Throws as Module::load, and ShapeError for a table of another shape.
  void load(serialize::InputArchive& archive) override;
  using Module::to;
  void to(Dtype dtype, bool non_blocking = false) override;
  void zero_grad(bool set_to_none = true) override;
  void pretty_print(std::ostream& stream) const override;

  const ShardedEmbeddingOptions& options() const { return options_; }
  /// The ranks that share the table.
  distributed::ProcessGroup& group() const { return *group_; }

  // For DistributedDataParallel.

  /// Keeps the rows of a shard's gradient once its backward has ended. False where there are none.
  bool close_shard(std::int64_t shard, std::int64_t shards, bool kept);
  /// The rows of all shards of this step.
  const parallel::TableGradient& gradient() const { return gradient_; }
  /// The sum of this rank's rows becomes, or is added to, the gradient of `weight`.
  void give_gradient(const parallel::Rows& sum);
  /// Forgets the shards.
  void reset_gradient() { gradient_.reset(); }
  /// Has `hook` run each time that backward has reached the fetched rows; nothing where it is empty.
  void set_gradient_hook(std::function<void()> hook);

 private:
  std::int64_t place_of(std::int64_t row) const;
  void forget_fetched();
  void take_rows(Tensor rows);

  ShardedEmbeddingOptions options_;
  std::shared_ptr<distributed::ProcessGroup> group_;
  std::vector<std::int64_t> fetched_;  ///< numbers of rows, ascending
  Tensor rows_;                        ///< their values: the leaf of the graph
  parallel::TableGradient gradient_;
  std::function<void()> gradient_hook_;
};
XGRAD_MODULE(ShardedEmbedding);

}  // namespace xgrad::nn

namespace xgrad::optim {

namespace detail {

/// An optimizer's state of this rank's rows as that of whole tables. All ranks call it.
io::Value whole_table_state(const std::vector<nn::ShardedEmbedding>& tables, const io::Value& state);
/// The part of a whole state that is about this rank's rows. Throws ShapeError where it does not fit.
io::Value own_table_state(const std::vector<nn::ShardedEmbedding>& tables, const io::Value& state);
/// `weight` of each table.
std::vector<Tensor> own_leaves(const std::vector<nn::ShardedEmbedding>& tables);

}  // namespace detail

/// An optimizer of sharded tables: each rank updates its rows, and remembers what the algorithm does about them alone.
/// `Inner` treats each element by itself: SparseAdam, SGD, Adagrad. Its state is that of `Inner` on whole tables, so that a
/// run goes on with any number of ranks, and with Embedding instead; state_dict() gathers it, so all ranks call that.
template <std::derived_from<FirstOrderOptimizer> Inner>
class ShardedTableOptimizer {
 public:
  /// Throws ValueError as `Inner`.
  template <class Options>
  ShardedTableOptimizer(std::vector<nn::ShardedEmbedding> tables, const Options& options)
      : tables_(std::move(tables)), inner_(detail::own_leaves(tables_), options) {}

  /// One step of the rows of all tables that have a gradient.
  void step() { inner_.step(); }
  /// Drops the gradients, or fills them with zeros.
  void zero_grad(bool set_to_none = true) { inner_.zero_grad(set_to_none); }
  /// The algorithm, on this rank's rows: for schedulers, which change its options on all ranks alike.
  Inner& inner() { return inner_; }

  /// As Optimizer::state_dict of `Inner` on whole tables. All ranks call it.
  io::Value state_dict() const { return detail::whole_table_state(tables_, inner_.state_dict()); }
  /// Takes what `state_dict` gave, or that of `Inner`. Throws as Optimizer::load_state_dict; nothing has changed then.
  void load_state_dict(const io::Value& state) { inner_.load_state_dict(detail::own_table_state(tables_, state)); }

 private:
  std::vector<nn::ShardedEmbedding> tables_;
  Inner inner_;
};

}  // namespace xgrad::optim
