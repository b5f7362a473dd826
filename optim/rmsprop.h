/// RMSprop.
#pragma once

#include "autograd/base/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of RMSprop: `RMSpropOptions(1e-3).alpha(0.9).centered(true)`.
class RMSpropOptions : public OptimizerOptions {
 public:
  RMSpropOptions(double lr = 1e-2) : lr_(lr) {}  // NOLINT(google-explicit-constructor): RMSprop(parameters, 1e-2)
  RMSpropOptions(IsBool auto lr) = delete;
  XGRAD_ARG(double, lr);
  /// What the averages keep in a step.
  XGRAD_ARG(double, alpha) = 0.99;
  /// Keeps the denominator away from 0.
  XGRAD_ARG(double, eps) = 1e-8;
  /// Adds so much of the parameter to its gradient.
  XGRAD_ARG(double, weight_decay) = 0;
  /// The share of the last step that is kept.
  XGRAD_ARG(double, momentum) = 0;
  /// Divides by the deviation of the gradient instead of its size.
  XGRAD_ARG(bool, centered) = false;
  /// Climbs instead of descending.
  XGRAD_ARG(bool, maximize) = false;
  XGRAD_OPTIMIZER_OPTIONS(RMSpropOptions);
  std::optional<double> get_momentum() const override { return momentum_; }
  void set_momentum(double momentum) override { momentum_ = momentum; }
};

/// What RMSprop remembers about a parameter.
struct RMSpropParamState : OptimizerCloneableParamState<RMSpropParamState> {
  /// How many steps were done.
  XGRAD_ARG(std::int64_t, step) = 0;
  /// The average of the gradient's square.
  XGRAD_ARG(Tensor, square_avg);
  /// The direction so far: with momentum alone.
  XGRAD_ARG(Tensor, momentum_buffer);
  /// The average of the gradient: where centered alone.
  XGRAD_ARG(Tensor, grad_avg);

 public:
  /// Whether both remember the same.
  friend bool operator==(const RMSpropParamState& a, const RMSpropParamState& b) {
    return a.step_ == b.step_ && detail::same_tensors(a.square_avg_, b.square_avg_) &&
           detail::same_tensors(a.momentum_buffer_, b.momentum_buffer_) && detail::same_tensors(a.grad_avg_, b.grad_avg_);
  }
};

/// With the gradient g (plus weight_decay times the parameter): v = alpha v + (1 - alpha) g^2, and p -= lr g / (sqrt(v) +
/// eps). With centered, v - a^2 takes the place of v, where a is the average of g. With momentum, b = momentum b + g /
/// (sqrt(v) + eps), and p -= lr b. Tieleman and Hinton, 2012;
/// https://pytorch.org/docs/1.13/generated/torch.optim.RMSprop.html
class RMSprop : public FirstOrderOptimizer {
 public:
  /// Groups of parameters; those without options of their own take the defaults. Throws ValueError for a parameter that
  /// comes twice or is no leaf, and for bad options.
  explicit RMSprop(std::vector<OptimizerParamGroup> groups, const RMSpropOptions& defaults = {});
  /// Parameters in one group. Throws ValueError for none, and as above.
  explicit RMSprop(std::vector<Tensor> params, const RMSpropOptions& defaults = {});

 protected:
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;
  io::Value::Dict save_state(const Tensor& parameter, const OptimizerOptions& options) const override;
  std::function<void()> read_states(const std::vector<SavedState>& saved) override;
};

}  // namespace xgrad::optim
