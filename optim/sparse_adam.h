/// SparseAdam.
#pragma once

#include <tuple>

#include "autograd/base/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of SparseAdam: `SparseAdamOptions(1e-3).betas({0.9, 0.98})`.
class SparseAdamOptions : public OptimizerOptions {
 public:
  /// What the averages of the gradient and of its square keep in a step.
  using Betas = std::tuple<double, double>;
  SparseAdamOptions(double lr = 1e-3) : lr_(lr) {}  // NOLINT(google-explicit-constructor): SparseAdam(parameters, 1e-3)
  SparseAdamOptions(IsBool auto lr) = delete;
  XGRAD_ARG(double, lr);
  /// What the averages of the gradient and of its square keep in a step.
  XGRAD_ARG(Betas, betas) = Betas(0.9, 0.999);
  /// Keeps the denominator away from 0.
  XGRAD_ARG(double, eps) = 1e-8;
  /// Climbs instead of descending.
  XGRAD_ARG(bool, maximize) = false;
  XGRAD_OPTIMIZER_OPTIONS(SparseAdamOptions);
  std::optional<double> get_momentum() const override { return std::get<0>(betas_); }
  void set_momentum(double momentum) override { std::get<0>(betas_) = momentum; }
};

/// What SparseAdam remembers about a parameter.
struct SparseAdamParamState : OptimizerCloneableParamState<SparseAdamParamState> {
  /// How many steps were done.
  XGRAD_ARG(std::int64_t, step) = 0;
  /// The average of the gradient.
  XGRAD_ARG(Tensor, exp_avg);
  /// The average of its square.
  XGRAD_ARG(Tensor, exp_avg_sq);

 public:
  /// Whether both remember the same.
  friend bool operator==(const SparseAdamParamState& a, const SparseAdamParamState& b) {
    return a.step_ == b.step_ && detail::same_tensors(a.exp_avg_, b.exp_avg_) &&
           detail::same_tensors(a.exp_avg_sq_, b.exp_avg_sq_);
  }
};

/// Adam for the weights of embeddings with the option `sparse`: a step changes the rows that the index named, and their
/// moments; all others stay as they are. Every step counts for the correction of the moments, whichever rows it changes.
/// Where Adam adds eps to sqrt(v) after its correction, this adds it before. A step throws ValueError for a gradient that is
/// dense: of another layer, also one that shares its weight with a sparse embedding, or changed in place since backward.
/// https://pytorch.org/docs/1.13/generated/torch.optim.SparseAdam.html
class SparseAdam : public FirstOrderOptimizer {
 public:
  /// Groups of parameters; those without options of their own take the defaults. Throws ValueError for a parameter that
  /// comes twice or is no leaf, and for bad options.
  explicit SparseAdam(std::vector<OptimizerParamGroup> groups, const SparseAdamOptions& defaults = {});
  /// Parameters in one group. Throws ValueError for none, and as above.
  explicit SparseAdam(std::vector<Tensor> params, const SparseAdamOptions& defaults = {});

 protected:
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;
  io::Value::Dict save_state(const Tensor& parameter, const OptimizerOptions& options) const override;
  std::function<void()> read_states(const std::vector<SavedState>& saved) override;
};

}  // namespace xgrad::optim
