#pragma once

#include <tuple>

#include "autograd/tensor/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of Adam and AdamW; their defaults differ in weight_decay alone.
class AdamOptions : public OptimizerOptions {
 public:
  using Betas = std::tuple<double, double>;
  AdamOptions(double lr = 1e-3) : lr_(lr) {}  // NOLINT(google-explicit-constructor): Adam(parameters, 1e-3)
  XGRAD_ARG(double, lr);
  XGRAD_ARG(Betas, betas) = Betas(0.9, 0.999);
  XGRAD_ARG(double, eps) = 1e-8;
  XGRAD_ARG(double, weight_decay) = 0;
  XGRAD_ARG(bool, amsgrad) = false;
  XGRAD_OPTIMIZER_OPTIONS(AdamOptions);
};

class AdamWOptions : public AdamOptions {
 public:
  AdamWOptions(double lr = 1e-3) : AdamOptions(lr) { weight_decay(1e-2); }  // NOLINT(google-explicit-constructor)
};

/// With the gradient g (plus weight_decay times the parameter):
///   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
/// amsgrad uses the largest v so far. All parameters of a step are updated in one pass each.
/// Kingma and Ba, 2015; https://pytorch.org/docs/1.13/generated/torch.optim.Adam.html
class Adam : public Optimizer {
 public:
  explicit Adam(std::vector<OptimizerParamGroup> groups, const AdamOptions& defaults = {})
      : Adam(std::move(groups), defaults, false) {}
  explicit Adam(std::vector<Tensor> params, const AdamOptions& defaults = {})
      : Adam(std::vector<OptimizerParamGroup>{OptimizerParamGroup(std::move(params))}, defaults, false) {}

 protected:
  Adam(std::vector<OptimizerParamGroup> groups, const AdamOptions& defaults, bool decoupled)
      : Optimizer(std::move(groups), defaults.clone()), decoupled_(decoupled) {}
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;

 private:
  struct State {
    std::int64_t step = 0;
    Tensor first;
    Tensor second;
    Tensor max_second;
  };
  PerParameter<State> states_;
  bool decoupled_;
};

/// Adam whose weight decay shrinks the parameter itself: p *= 1 - lr * weight_decay, before the step.
/// Loshchilov and Hutter, 2019; https://pytorch.org/docs/1.13/generated/torch.optim.AdamW.html
class AdamW : public Adam {
 public:
  explicit AdamW(std::vector<OptimizerParamGroup> groups, const AdamWOptions& defaults = {})
      : Adam(std::move(groups), defaults, true) {}
  explicit AdamW(std::vector<Tensor> params, const AdamWOptions& defaults = {})
      : Adam(std::vector<OptimizerParamGroup>{OptimizerParamGroup(std::move(params))}, defaults, true) {}
};

}  // namespace xgrad::optim
