/// L-BFGS.
#pragma once

#include <optional>
#include <string>

#include "autograd/base/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of LBFGS: `LBFGSOptions(1).max_iter(20).line_search_fn("strong_wolfe")`.
class LBFGSOptions : public OptimizerOptions {
 public:
  LBFGSOptions(double lr = 1) : lr_(lr) {}  // NOLINT(google-explicit-constructor): LBFGS(parameters, 1)
  LBFGSOptions(IsBool auto lr) = delete;
  /// The length of a step where no line search looks for a better one.
  XGRAD_ARG(double, lr);
  XGRAD_ARG(std::int64_t, max_iter) = 20;
  /// Evaluations of the loss in one step; 5/4 of max_iter unless given.
  XGRAD_ARG(std::optional<std::int64_t>, max_eval) = std::nullopt;
  /// Stops where no element of the gradient is larger.
  XGRAD_ARG(double, tolerance_grad) = 1e-7;
  /// Stops where neither the loss nor a parameter changes by more.
  XGRAD_ARG(double, tolerance_change) = 1e-9;
  /// How many steps the estimate of the curvature looks back on.
  XGRAD_ARG(std::int64_t, history_size) = 100;
  /// "strong_wolfe", or none.
  XGRAD_ARG(std::optional<std::string>, line_search_fn) = std::nullopt;
  XGRAD_OPTIMIZER_OPTIONS(LBFGSOptions);
};

/// Quasi-Newton steps, with the inverse curvature estimated from the last steps. One step evaluates the loss many times, so
/// `step` needs a closure that clears the gradients, computes the loss, and its gradients:
///
///   optimizer.step([&] {
///     optimizer.zero_grad();
///     Tensor loss = ...;
///     loss.backward();
///     return loss;
///   });
///
/// All parameters are in one group, and of one dtype. Parameters without a gradient stay.
/// Nocedal and Wright, Numerical Optimization, 2006, algorithms 7.4 and 3.5;
/// https://pytorch.org/docs/1.13/generated/torch.optim.LBFGS.html
class LBFGS : public Optimizer {
 public:
  /// Throws ValueError for more than one group.
  explicit LBFGS(std::vector<OptimizerParamGroup> groups, const LBFGSOptions& defaults = {});
  /// Parameters in one group. Throws ValueError for none, for one that comes twice or is no leaf, and for bad options.
  explicit LBFGS(std::vector<Tensor> params, const LBFGSOptions& defaults = {});

  /// Returns the loss before the step. Throws ValueError without a closure.
  Tensor step(LossClosure closure) override;

 protected:
  io::Value::Dict save_state(const Tensor& parameter, const OptimizerOptions& options) const override;
  std::function<void()> read_states(const std::vector<SavedState>& saved) override;

 private:
  /// What is remembered from step to step; vectors hold all parameters, one after the other.
  struct State {
    std::int64_t func_evals = 0;
    std::int64_t n_iter = 0;
    Tensor direction;
    double step_length = 0;
    std::vector<Tensor> old_dirs;  ///< changes of the gradient
    std::vector<Tensor> old_stps;  ///< changes of the parameters
    std::vector<double> ro;        ///< 1 over their products
    double h_diag = 1;
    Tensor prev_flat_grad;
    double prev_loss = 0;
  };
  struct Point;
  class LineSearch;

  void check_groups() const;
  Tensor gather_gradient() const;
  void move(double length, const Tensor& direction);
  void new_direction(const Tensor& gradient, std::int64_t history_size);

  State search_;
};

}  // namespace xgrad::optim
