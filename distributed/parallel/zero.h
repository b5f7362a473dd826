/// ZeroRedundancyOptimizer: an optimizer's state, dealt to the ranks.
/// https://pytorch.org/docs/2.1/distributed.optim.html#torch.distributed.optim.ZeroRedundancyOptimizer
#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include "autograd/backward/clear_gradient.h"
#include "distributed/parallel/partition.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Each rank keeps what the algorithm remembers for its rows of each parameter, updates these, and sends them to the others:
/// moments take 1 / R of the memory, and parameters have the bits that `Inner` alone gives them. `Inner` is an algorithm
/// that treats each element by itself: SGD, Adam, AdamW, Adagrad, RMSprop, SparseAdam.
///
///   optim::ZeroRedundancyOptimizer<optim::Adam> optimizer(model->parameters(), optim::AdamOptions(1e-3));
///   optimizer.zero_grad();
///   ddp.step(...);
///   optimizer.step();
///
/// Gradients are whole on all ranks, as DistributedDataParallel leaves them. Its state is that of `Inner` alone, so that a
/// run goes on with any number of ranks, and without it; state_dict() gathers it, so all ranks call that.
template <std::derived_from<FirstOrderOptimizer> Inner>
class ZeroRedundancyOptimizer {
 public:
  /// Parameters in one group; they must be contiguous, and keep their memory. The world where no group is given; one rank
  /// without a world. Throws ValueError as `Inner`.
  template <class Options>
  ZeroRedundancyOptimizer(std::vector<Tensor> parameters, const Options& options, distributed::ProcessGroup* group = nullptr)
      : partition_(std::move(parameters), group), inner_(partition_.slices(), options) {}

  /// One step of all parameters that have a gradient. All ranks call it.
  void step() {
    partition_.take_gradients();
    inner_.step();
    partition_.gather_parameters();
  }
  /// Drops the gradients of the parameters, or fills them with zeros.
  void zero_grad(bool set_to_none = true) {
    inner_.zero_grad(true);
    for (const Tensor& parameter : partition_.parameters()) clear_gradient(parameter, set_to_none);
  }
  /// The algorithm, on this rank's rows: for schedulers, which change its options on all ranks alike.
  Inner& inner() { return inner_; }

  /// As Optimizer::state_dict of `Inner` on whole parameters. All ranks call it.
  io::Value state_dict() const { return partition_.whole_state(inner_.state_dict()); }
  /// Takes what `state_dict` gave, or that of `Inner`. Throws as Optimizer::load_state_dict; nothing has changed then.
  void load_state_dict(const io::Value& state) { inner_.load_state_dict(partition_.state_of_slices(state)); }

 private:
  ParameterPartition partition_;
  Inner inner_;
};

}  // namespace xgrad::optim
