#pragma once

#include "autograd/tensor/arg.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

class SGDOptions : public OptimizerOptions {
 public:
  SGDOptions(double lr) : lr_(lr) {}  // NOLINT(google-explicit-constructor): SGD(parameters, 0.1)
  XGRAD_ARG(double, lr);
  XGRAD_ARG(double, momentum) = 0;
  XGRAD_ARG(double, dampening) = 0;
  XGRAD_ARG(double, weight_decay) = 0;
  XGRAD_ARG(bool, nesterov) = false;
  XGRAD_OPTIMIZER_OPTIONS(SGDOptions);
};

/// With the gradient g (plus weight_decay times the parameter): b = momentum b + (1 - dampening) g, and p -= lr b, or with
/// nesterov p -= lr (g + momentum b). https://pytorch.org/docs/1.13/generated/torch.optim.SGD.html
class SGD : public Optimizer {
 public:
  SGD(std::vector<OptimizerParamGroup> groups, const SGDOptions& defaults)
      : Optimizer(std::move(groups), defaults.clone()) {}
  SGD(std::vector<Tensor> params, const SGDOptions& defaults)
      : SGD(std::vector<OptimizerParamGroup>{OptimizerParamGroup(std::move(params))}, defaults) {}

 protected:
  void update(OptimizerParamGroup& group, const std::vector<Tensor>& params) override;

 private:
  PerParameter<Tensor> momentum_buffers_;
};

}  // namespace xgrad::optim
