/// Stochastic gradient descent, with momentum.
#pragma once

#include "autograd/base/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of SGD: `SGDOptions(0.1).momentum(0.9).nesterov(true)`.
class SGDOptions : public OptimizerOptions {
 public:
  SGDOptions(double lr) : lr_(lr) {}  // NOLINT(google-explicit-constructor): SGD(parameters, 0.1)
  SGDOptions(IsBool auto lr) = delete;
  XGRAD_ARG(double, lr);
  /// The share of the last step's direction that is kept.
  XGRAD_ARG(double, momentum) = 0;
  /// The share of the gradient that does not enter the momentum.
  XGRAD_ARG(double, dampening) = 0;
  /// Adds so much of the parameter to its gradient.
  XGRAD_ARG(double, weight_decay) = 0;
  /// Nesterov's momentum; needs a momentum and no dampening.
  XGRAD_ARG(bool, nesterov) = false;
  /// Climbs instead of descending.
  XGRAD_ARG(bool, maximize) = false;
  XGRAD_OPTIMIZER_OPTIONS(SGDOptions);
  std::optional<double> get_momentum() const override { return momentum_; }
  void set_momentum(double momentum) override { momentum_ = momentum; }
};

/// What SGD remembers about a parameter.
struct SGDParamState : OptimizerCloneableParamState<SGDParamState> {
  /// The direction so far.
  XGRAD_ARG(Tensor, momentum_buffer);

 public:
  /// Whether both remember the same.
  friend bool operator==(const SGDParamState& a, const SGDParamState& b) {
    return detail::same_tensors(a.momentum_buffer_, b.momentum_buffer_);
  }
};

/// With the gradient g (plus weight_decay times the parameter): b = momentum b + (1 - dampening) g, and p -= lr b, or with
/// nesterov p -= lr (g + momentum b). https://pytorch.org/docs/1.13/generated/torch.optim.SGD.html
class SGD : public FirstOrderOptimizer {
 public:
  /// Groups of parameters; those without options of their own take the defaults. Throws ValueError for a parameter that
  /// comes twice or is no leaf, and for bad options.
  SGD(std::vector<OptimizerParamGroup> groups, const SGDOptions& defaults);
  /// Parameters in one group. Throws ValueError for none, and as above.
  SGD(std::vector<Tensor> params, const SGDOptions& defaults);

 protected:
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;
  io::Value::Dict save_state(const Tensor& parameter, const OptimizerOptions& options) const override;
  std::function<void()> read_states(const std::vector<SavedState>& saved) override;
};

}  // namespace xgrad::optim
