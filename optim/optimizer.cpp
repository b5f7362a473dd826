#include "optim/optimizer.h"

#include <unordered_set>

#include "autograd/graph/clear_gradient.h"
#include "autograd/graph/grad_mode.h"
#include "autograd/tensor/check.h"

namespace xgrad::optim {

Optimizer::Optimizer(std::vector<OptimizerParamGroup> groups, std::unique_ptr<OptimizerOptions> defaults)
    : defaults_(std::move(defaults)) {
  defaults_->validate();
  check<ValueError>(!groups.empty() && !(groups.size() == 1 && groups.front().params().empty()),
                    "Optimizer: the list of parameters is empty");
  for (OptimizerParamGroup& group : groups) add_param_group(std::move(group));
}

void Optimizer::add_param_group(OptimizerParamGroup group) {
  if (!group.has_options()) group.set_options(defaults_->clone());
  group.options().validate();
  std::unordered_set<const TensorImpl*> seen;
  for (const OptimizerParamGroup& other : groups_) {
    for (const Tensor& param : other.params()) seen.insert(param.impl());
  }
  for (const Tensor& param : group.params()) {
    check<ValueError>(param.is_leaf(), "Optimizer: a parameter of shape {} is a result of the graph, not a leaf",
                      param.sizes());
    check<ValueError>(seen.insert(param.impl()).second, "Optimizer: a parameter of shape {} is in more than one place",
                      param.sizes());
  }
  groups_.push_back(std::move(group));
}

Tensor Optimizer::step(const LossClosure& closure) {
  Tensor loss;
  if (closure) {
    const EnableGradGuard enable;
    loss = closure();
  }
  const NoGradGuard no_grad;
  for (OptimizerParamGroup& group : groups_) {
    std::vector<Tensor> with_gradient;
    for (const Tensor& param : group.params()) {
      if (param.grad().defined()) with_gradient.push_back(param);
    }
    update(group, with_gradient);
  }
  return loss;
}

void Optimizer::zero_grad(bool set_to_none) {
  for (const OptimizerParamGroup& group : groups_) {
    for (const Tensor& param : group.params()) clear_gradient(param, set_to_none);
  }
}

}  // namespace xgrad::optim
