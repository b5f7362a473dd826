/// Backward outside of step().
#include "distributed/parallel/reducer.h"

#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/grad.h"

namespace xgrad::nn::parallel {

/// A backward outside of step(), from the first parameter that it reaches on.
class Reducer::Pass {
 public:
  explicit Pass(Reducer& reducer) : reducer_(reducer) {}
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;
  void end() {
    has_ended_ = true;
    reducer_.end_pass();
  }
  /// Without end(), backward has thrown.
  ~Pass() {
    if (has_ended_) return;
    reducer_.in_pass_ = false;
    if (reducer_.plain_) reducer_.abandon();
    else reducer_.restore_gradients();
  }

 private:
  Reducer& reducer_;
  bool has_ended_ = false;
};

void Reducer::enter_pass() {
  if (in_pass_) return;
  autograd::queue_callback([pass = std::make_shared<Pass>(*this)] { pass->end(); });
  in_pass_ = true;
}

void Reducer::end_pass() {
  in_pass_ = false;
  if (!plain_) {  // it computed gradients that it adds to nothing, as autograd::grad() does
    restore_gradients();
    return;
  }
  try {
    end_plain_backward();
  } catch (...) {
    abandon();
    throw;
  }
}

void Reducer::begin_plain_backward() {
  check<GraphError>(shards_ == group_->size(), "{}: backward of {} shards on {} ranks goes through step()", name, shards_,
                    group_->size());
  enter_pass();
  plain_ = true;
  begin_step();
  begin_shard(own_.begin);
}

/// Outside of step(): what earlier backwards have put together is put aside, so that it is not summed once more.
void Reducer::before_gradient(Parameter& parameter) {
  if (active_ && !plain_) return;
  Tensor& gradient = parameter.tensor.impl()->ensure_meta().grad;
  if (!gradient.defined() || gradient.impl() != parameter.given || parameter.has_local) return;
  if (synchronizes_) {
    enter_pass();
    parameter.before = std::exchange(gradient, Tensor());
  } else {
    check<GraphError>(options_.reduction == ReduceOp::avg,
                      "{}: backward under no_sync() would add to gradients of all ranks, which would be summed again: "
                      "call zero_grad() first",
                      name);
  }
}

/// The rows of a sharded table have a gradient.
void Reducer::on_table_gradient() {
  if (active_) return;
  check<GraphError>(synchronizes_, "{}: with a ShardedEmbedding, backward under no_sync() goes through step()", name);
  begin_plain_backward();
}

void Reducer::end_plain_backward() {
  // What was gathered under no_sync() and has no part in this backward.
  for (std::size_t i = 0; i < parameters_.size() && shards_ > 1; ++i) {
    Parameter& parameter = parameters_[i];
    if (parameter.used || !parameter.tensor.grad().defined()) continue;
    before_gradient(parameter);
    if (parameter.tensor.grad().defined()) on_gradient(i);
  }
  end_shard(0, true);
  finish_step();
  plain_ = false;
}

/// What was put aside comes back.
void Reducer::restore_gradients() noexcept {
  for (Parameter& parameter : parameters_) {
    if (parameter.before.defined()) parameter.tensor.impl()->ensure_meta().grad = std::exchange(parameter.before, Tensor());
  }
}

}  // namespace xgrad::nn::parallel
