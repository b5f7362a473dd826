/// What DistributedDataParallel does around forward and backward, for a module of any type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"
#include "distributed/parallel/gradient_bucket.h"
#include "distributed/parallel/options.h"
#include "distributed/parallel/row_exchange.h"
#include "distributed/parallel/sharded_embedding.h"
#include "nn/module.h"

namespace xgrad::nn::parallel {

/// Gathers the gradients of a module's parameters shard by shard, and puts those of all ranks together.
class Reducer {
 public:
  /// Compares the modules of all ranks, and gives all of them the parameters and buffers of rank 0. Throws as
  /// DistributedDataParallel.
  Reducer(Module& module, const DistributedDataParallelOptions& options);
  ~Reducer();
  Reducer(const Reducer&) = delete;
  Reducer& operator=(const Reducer&) = delete;

  std::int64_t shards() const { return shards_; }
  distributed::ShardRange own_shards() const { return own_; }
  std::int64_t steps() const { return step_; }
  void set_steps(std::int64_t steps) { step_ = steps; }
  /// Throws ValueError unless there are so many shards.
  void require_shards(std::int64_t shards) const;
  /// Whether gradients are put together, or stay on their ranks for now. Returns what was set before.
  bool set_synchronizes(bool synchronizes) { return std::exchange(synchronizes_, synchronizes); }

  /// See DistributedDataParallel::register_comm_hook.
  void set_comm_hook(CommHook hook) { comm_hook_ = std::move(hook); }

  /// A step begins: what the parameters' grad() hold is put aside.
  void begin_step();
  /// A shard begins; the generator to draw from meanwhile, where it has one of its own.
  void begin_shard(std::int64_t shard);
  Generator shard_generator(std::int64_t shard) const;
  /// Whether each shard draws from a generator of its own.
  bool has_streams() const { return shards_ > 1; }
  /// The shard's backward has ended. `present`: it had examples.
  void end_shard(double loss, bool present);
  /// All shards of this rank have: the gradients of all ranks are put together, and added to what grad() held. Returns the
  /// losses of all shards, put together likewise.
  double finish_step();
  /// After an exception: as if the step had not begun. What travels already may end.
  void abandon() noexcept;

  io::Value state_dict() const;
  void load_state_dict(const io::Value& state);

 private:
  struct Parameter {
    std::string name;
    Tensor tensor;
    std::int64_t elements = 0;
    Dtype dtype = kFloat32;
    unsigned arrival_hook = 0;  ///< before a gradient is added to grad()
    unsigned hook = 0;          ///< after it was
    std::size_t bucket = 0;     ///< where its gradient goes; of tables_, where it is a table
    std::size_t place = 0;      ///< in the bucket
    bool is_table = false;
    bool used = false;                  ///< whether a gradient came in one of this rank's shards of this step
    Tensor before;                      ///< what grad() held
    const TensorImpl* given = nullptr;  ///< the gradient that was put together last; only for comparing
    bool has_local = false;             ///< whether a gradient of this rank alone has been added to it
  };
  class Pass;
  static constexpr const char* name = "DistributedDataParallel";

  void add_parameters(Module& module, const DistributedDataParallelOptions& options);
  void require_same_modules(Module& module) const;
  void broadcast_state(Module& module);
  void require_unchanged() const;
  void before_gradient(Parameter& parameter);
  void on_gradient(std::size_t number);
  void on_table_gradient();
  void enter_pass();
  void begin_plain_backward();
  void end_pass();
  void restore_gradients() noexcept;
  void launch_closed();
  void close(std::size_t bucket);
  /// What all ranks say of their shards of a step.
  struct Header {
    double loss = 0;
    std::vector<bool> used;       ///< which parameters have a gradient
    std::vector<bool> dense;      ///< which tables have one whose rows are not known
    std::vector<bool> looked_up;  ///< which sharded tables have one
  };
  Header exchange_header();
  void reduce_sharded(const std::vector<bool>& looked_up);
  void give_gradients(const std::vector<bool>& used, const std::vector<bool>& dense, std::vector<Rows>& rows);
  void give(Parameter& parameter, Tensor gradient);
  void keep_buffers();
  void end_plain_backward();
  std::uint64_t parameters_hash() const;
  std::string operation() const;

  std::shared_ptr<distributed::ProcessGroup> group_;
  std::int64_t number_ = 1;  ///< among those of the group
  DistributedDataParallelOptions options_;
  std::int64_t shards_ = 1;
  distributed::ShardRange own_;
  std::uint64_t seed_ = 0;
  std::int64_t step_ = 0;
  bool synchronizes_ = true;
  CommHook comm_hook_;
  bool active_ = false;      ///< within a step
  bool in_pass_ = false;     ///< within a backward outside of step() that has reached a parameter
  std::int64_t shard_ = -1;  ///< that runs
  bool plain_ = false;       ///< the step is such a backward
  bool failed_ = false;      ///< whether a step has thrown
  bool gathers_ = false;     ///< whether steps within no_sync have left gradients

  /// For hooks that stay behind with a parameter whose requires_grad was taken away.
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  std::vector<Parameter> parameters_;
  TensorList frozen_;                                     ///< parameters without a gradient
  std::vector<std::shared_ptr<GradientBucket>> buckets_;  ///< shared with what is under way
  std::vector<std::unique_ptr<TableGradient>> tables_;
  std::vector<ShardedEmbeddingImpl*> sharded_;
  std::vector<bool> looked_up_;  ///< of these, in this rank's shards
  std::size_t next_launch_ = 0;
  std::vector<std::shared_ptr<distributed::Work>> works_;
  std::vector<double> losses_;  ///< of this rank's shards
  std::vector<bool> present_;

  TensorList buffers_;
  TensorList buffers_before_;  ///< as the step found them
  TensorList buffers_kept_;    ///< as shard 0 left them
};

}  // namespace xgrad::nn::parallel
