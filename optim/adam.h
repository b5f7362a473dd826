/// Adam and AdamW.
#pragma once

#include <tuple>

#include "autograd/base/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of Adam: `AdamOptions(1e-3).betas({0.9, 0.98}).amsgrad(true)`.
class AdamOptions : public OptimizerOptions {
 public:
  /// What the averages of the gradient and of its square keep in a step.
  using Betas = std::tuple<double, double>;
  AdamOptions(double lr = 1e-3) : lr_(lr) {}  // NOLINT(google-explicit-constructor): Adam(parameters, 1e-3)
  AdamOptions(IsBool auto lr) = delete;
  XGRAD_ARG(double, lr);
  /// What the averages of the gradient and of its square keep in a step.
  XGRAD_ARG(Betas, betas) = Betas(0.9, 0.999);
  /// Keeps the denominator away from 0.
  XGRAD_ARG(double, eps) = 1e-8;
  /// Adds so much of the parameter to its gradient.
  XGRAD_ARG(double, weight_decay) = 0;
  /// Divides by the largest average of squares so far.
  XGRAD_ARG(bool, amsgrad) = false;
  /// Climbs instead of descending.
  XGRAD_ARG(bool, maximize) = false;
  XGRAD_OPTIMIZER_OPTIONS(AdamOptions);
  std::optional<double> get_momentum() const override { return std::get<0>(betas_); }
  void set_momentum(double momentum) override { std::get<0>(betas_) = momentum; }
};

/// Options of AdamW: Adam's, with another default of weight_decay, which acts on the parameter itself.
class AdamWOptions : public OptimizerOptions {
 public:
  /// What the averages of the gradient and of its square keep in a step.
  using Betas = std::tuple<double, double>;
  AdamWOptions(double lr = 1e-3) : lr_(lr) {}  // NOLINT(google-explicit-constructor)
  AdamWOptions(IsBool auto lr) = delete;
  XGRAD_ARG(double, lr);
  /// What the averages of the gradient and of its square keep in a step.
  XGRAD_ARG(Betas, betas) = Betas(0.9, 0.999);
  /// Keeps the denominator away from 0.
  XGRAD_ARG(double, eps) = 1e-8;
  /// A step shrinks the parameter by lr times so much.
  XGRAD_ARG(double, weight_decay) = 1e-2;
  /// Divides by the largest average of squares so far.
  XGRAD_ARG(bool, amsgrad) = false;
  /// Climbs instead of descending.
  XGRAD_ARG(bool, maximize) = false;
  XGRAD_OPTIMIZER_OPTIONS(AdamWOptions);
  std::optional<double> get_momentum() const override { return std::get<0>(betas_); }
  void set_momentum(double momentum) override { std::get<0>(betas_) = momentum; }
};

/// What Adam remembers about a parameter.
struct AdamParamState : OptimizerCloneableParamState<AdamParamState> {
  /// How many steps were done.
  XGRAD_ARG(std::int64_t, step) = 0;
  /// The average of the gradient.
  XGRAD_ARG(Tensor, exp_avg);
  /// The average of its square.
  XGRAD_ARG(Tensor, exp_avg_sq);
  /// The largest of those so far: of amsgrad alone.
  XGRAD_ARG(Tensor, max_exp_avg_sq);

 public:
  /// Whether both remember the same.
  friend bool operator==(const AdamParamState& a, const AdamParamState& b) {
    return a.step_ == b.step_ && detail::same_tensors(a.exp_avg_, b.exp_avg_) &&
           detail::same_tensors(a.exp_avg_sq_, b.exp_avg_sq_) && detail::same_tensors(a.max_exp_avg_sq_, b.max_exp_avg_sq_);
  }
};

/// What AdamW remembers about a parameter.
using AdamWParamState = AdamParamState;

namespace detail {

/// What Adam and AdamW have in common.
class AdamBase : public FirstOrderOptimizer {
 protected:
  using FirstOrderOptimizer::FirstOrderOptimizer;
  template <class Options>
  void update_group(const char* algorithm, bool decoupled, const Options& options, const std::vector<Tensor>& params);
  io::Value::Dict save_state(const Tensor& parameter, const OptimizerOptions& options) const override;
  std::function<void()> read_states(const std::vector<SavedState>& saved) override;
};

}  // namespace detail

/// With the gradient g (plus weight_decay times the parameter):
///   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
/// amsgrad uses the largest v so far. All parameters of a step are updated in one pass each.
/// Kingma and Ba, 2015; https://pytorch.org/docs/1.13/generated/torch.optim.Adam.html
class Adam : public detail::AdamBase {
 public:
  /// Groups of parameters; those without options of their own take the defaults. Throws ValueError for a parameter that
  /// comes twice or is no leaf, and for bad options.
  explicit Adam(std::vector<OptimizerParamGroup> groups, const AdamOptions& defaults = {});
  /// Parameters in one group. Throws ValueError for none, and as above.
  explicit Adam(std::vector<Tensor> params, const AdamOptions& defaults = {});

 protected:
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;
};

/// Adam whose weight decay shrinks the parameter itself: p *= 1 - lr * weight_decay, before the step.
/// Loshchilov and Hutter, 2019; https://pytorch.org/docs/1.13/generated/torch.optim.AdamW.html
class AdamW : public detail::AdamBase {
 public:
  /// Groups of parameters; those without options of their own take the defaults. Throws ValueError for a parameter that
  /// comes twice or is no leaf, and for bad options.
  explicit AdamW(std::vector<OptimizerParamGroup> groups, const AdamWOptions& defaults = {});
  /// Parameters in one group. Throws ValueError for none, and as above.
  explicit AdamW(std::vector<Tensor> params, const AdamWOptions& defaults = {});

 protected:
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;
};

}  // namespace xgrad::optim
