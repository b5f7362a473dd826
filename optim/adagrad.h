/// Adagrad.
#pragma once

#include "autograd/base/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of Adagrad: `AdagradOptions(1e-2).lr_decay(1e-3)`.
class AdagradOptions : public OptimizerOptions {
 public:
  AdagradOptions(double lr = 1e-2) : lr_(lr) {}  // NOLINT(google-explicit-constructor): Adagrad(parameters, 1e-2)
  AdagradOptions(IsBool auto lr) = delete;
  XGRAD_ARG(double, lr);
  /// Step t uses lr / (1 + (t - 1) lr_decay).
  XGRAD_ARG(double, lr_decay) = 0;
  /// Adds so much of the parameter to its gradient.
  XGRAD_ARG(double, weight_decay) = 0;
  /// Where the sums of squares begin.
  XGRAD_ARG(double, initial_accumulator_value) = 0;
  /// Keeps the denominator away from 0.
  XGRAD_ARG(double, eps) = 1e-10;
  /// Climbs instead of descending.
  XGRAD_ARG(bool, maximize) = false;
  XGRAD_OPTIMIZER_OPTIONS(AdagradOptions);
};

/// What Adagrad remembers about a parameter.
struct AdagradParamState : OptimizerCloneableParamState<AdagradParamState> {
  /// The sum of the gradient's squares.
  XGRAD_ARG(Tensor, sum);
  /// How many steps were done.
  XGRAD_ARG(std::int64_t, step) = 0;

 public:
  /// Whether both remember the same.
  friend bool operator==(const AdagradParamState& a, const AdagradParamState& b) {
    return detail::same_tensors(a.sum_, b.sum_) && a.step_ == b.step_;
  }
};

/// With the gradient g (plus weight_decay times the parameter): s += g^2, p -= lr / (1 + (t - 1) lr_decay) g / (sqrt(s) +
/// eps). Duchi, Hazan and Singer, 2011; https://pytorch.org/docs/1.13/generated/torch.optim.Adagrad.html
class Adagrad : public FirstOrderOptimizer {
 public:
  /// Groups of parameters; those without options of their own take the defaults. Throws ValueError for a parameter that
  /// comes twice or is no leaf, and for bad options.
  explicit Adagrad(std::vector<OptimizerParamGroup> groups, const AdagradOptions& defaults = {});
  /// Parameters in one group. Throws ValueError for none, and as above.
  explicit Adagrad(std::vector<Tensor> params, const AdagradOptions& defaults = {});

 protected:
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;
  io::Value::Dict save_state(const Tensor& parameter, const OptimizerOptions& options) const override;
  std::function<void()> read_states(const std::vector<SavedState>& saved) override;
};

}  // namespace xgrad::optim
