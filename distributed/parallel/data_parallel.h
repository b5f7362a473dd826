/// DistributedDataParallel: one model on many ranks, each with a part of every batch.
/// https://pytorch.org/docs/2.1/generated/torch.nn.parallel.DistributedDataParallel.html
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "distributed/parallel/reducer.h"

namespace xgrad::nn::parallel {

/// Trains a module on all ranks of a group. A global batch is cut into V shards; each rank computes some of them, and after
/// `step` every rank holds the same gradients: those of all shards, summed (or averaged) in a tree over shards. Parameters,
/// losses and checkpoints do not depend on the number of ranks, of threads, or on the engine: they have the bits of one rank
/// that computes all V shards, and V = 1 has the bits of the program without DistributedDataParallel.
///
///   distributed::init_process_group();
///   nn::parallel::DistributedDataParallel ddp(model, {.shards = 8, .reduction = distributed::ReduceOp::sum});
///   optimizer.zero_grad();
///   double loss = ddp.step([&](std::int64_t shard) { return loss_sum(ddp(batch[shard])) / weight_of_all; });
///   nn::utils::clip_grad_norm_(model->parameters(), 1.0);
///   optimizer.step();
///
/// Gradients travel in buckets while backward goes on. A parameter that no shard uses has no gradient; one that some shards
/// use gets the sum of these. Gradients of an Embedding with sparse(true) travel as rows, and stay what SparseAdam takes.
/// Each shard draws its random numbers (dropout) from a generator seeded by (seed, step, shard). Buffers, as those of batch
/// normalisation, begin in each shard with the step's, and become those of shard 0.
template <class Holder>
class DistributedDataParallel {
 public:
  /// All ranks call this with the same module and options, after init_process_group() (without it there is one rank). The
  /// parameters and buffers of rank 0 count. Throws DistributedError where the modules, shards, seeds or reductions of two
  /// ranks differ, and says where; ValueError for fewer shards than ranks, and options that make no sense; TypeError for
  /// parameters that are neither float32 nor float64. Later steps throw GraphError where a parameter has got another dtype
  /// or size, or requires_grad has changed: that takes a new DistributedDataParallel.
  explicit DistributedDataParallel(Holder module, const DistributedDataParallelOptions& options = {})
      : module_(std::move(module)), reducer_(std::make_unique<Reducer>(*module_, options)) {}

  /// The module's forward.
  template <class... Args>
  auto operator()(Args&&... args) const {
    return module_(std::forward<Args>(args)...);
  }
  const Holder& module() const { return module_; }

  /// V, into how many shards a global batch is cut.
  std::int64_t shards() const { return reducer_->shards(); }
  /// The shards that this rank computes.
  distributed::ShardRange own_shards() const { return reducer_->own_shards(); }
  /// How many steps were done; shards' random numbers depend on it.
  std::int64_t steps() const { return reducer_->steps(); }

  /// One step: `loss_of(shard)` gives the loss of each of this rank's shards, or an undefined tensor for a shard without
  /// examples, and backward is run here. Then grad() holds the gradients of all shards, added to what it held before.
  /// Returns the losses of all shards, summed or averaged as gradients are. All ranks call this, also those whose shards are
  /// empty.
  double step(const std::function<Tensor(std::int64_t)>& loss_of) {
    reducer_->begin_step();
    try {
      for (std::int64_t shard = own_shards().begin; shard < own_shards().end; ++shard) {
        reducer_->begin_shard(shard);
        std::optional<DefaultGeneratorGuard> stream;
        if (reducer_->has_streams()) stream.emplace(reducer_->shard_generator(shard));
        const Tensor loss = loss_of(shard);
        if (loss.defined()) loss.backward();
        reducer_->end_shard(loss.defined() ? loss.template item<double>() : 0, loss.defined());
      }
      return reducer_->finish_step();
    } catch (...) {
      reducer_->abandon();
      throw;
    }
  }
  /// One step of a loader for several ranks: `loss_of(batch)` gives the loss of each shard that has examples. The step's
  /// number counts for random numbers. Throws ValueError where the loader cuts batches into another number of shards.
  template <class Step, class Loss>
  requires requires(const Step& step) { step.number(); }
  double step(const Step& batches, const Loss& loss_of) {
    reducer_->require_shards(batches.shards());
    reducer_->set_steps(batches.number());
    return step([&](std::int64_t shard) {
      auto* batch = batches.shard(shard);
      return batch == nullptr ? Tensor() : loss_of(*batch);
    });
  }

  /// While it lives, gradients stay on their ranks; the next step without it exchanges what has come since.
  class NoSync {
   public:
    /// See DistributedDataParallel::no_sync.
    explicit NoSync(Reducer& reducer) : reducer_(&reducer), before_(reducer.set_synchronizes(false)) {}
    ~NoSync() { reducer_->set_synchronizes(before_); }
    NoSync(const NoSync&) = delete;
    NoSync& operator=(const NoSync&) = delete;

   private:
    Reducer* reducer_;
    bool before_;
  };
  /// `{ auto no_sync = ddp.no_sync(); ddp.step(...); } ddp.step(...);` exchanges gradients once for both: each shard adds up
  /// its own first. What has come meanwhile is in no grad(), and zero_grad() does not drop it. A backward() of one's own
  /// goes on with another one, outside: a step would throw GraphError.
  /// https://pytorch.org/docs/2.1/generated/torch.nn.parallel.DistributedDataParallel.html
  [[nodiscard]] NoSync no_sync() { return NoSync(*reducer_); }

  /// From now on `hook` puts gradients together, in the place of the sum over shards: for each bucket, in the same order on
  /// all ranks, it gets a flat tensor with the sum over this rank's shards, and leaves in it what all ranks are to have, the
  /// same on all. It may call collectives on the group. What it rounds depends on the ranks: results are the same on all of
  /// them, but differ from those on another number of ranks. It is called after backward, where there is more than one
  /// shard; gradients of tables with sparse(true) go their own way. An empty function removes it.
  /// https://pytorch.org/docs/2.1/ddp_comm_hooks.html
  void register_comm_hook(CommHook hook) { reducer_->set_comm_hook(std::move(hook)); }

  /// {"shards", "step", "seed"}: a part of a checkpoint.
  io::Value state_dict() const { return reducer_->state_dict(); }
  /// Goes on from such a state. Throws ValueError for a run of another number of shards.
  void load_state_dict(const io::Value& state) { reducer_->load_state_dict(state); }

 private:
  Holder module_;
  std::unique_ptr<Reducer> reducer_;
};

}  // namespace xgrad::nn::parallel
