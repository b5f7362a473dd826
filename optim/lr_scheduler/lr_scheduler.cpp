#include "optim/lr_scheduler/lr_scheduler.h"

#include "autograd/tensor/check.h"

namespace xgrad::optim {

void LRScheduler::step() {
  ++step_count_;
  for (OptimizerParamGroup& group : optimizer_->param_groups()) {
    group.options().set_lr(next_lr(group.options().get_lr(), step_count_));
  }
}

std::vector<double> LRScheduler::get_current_lrs() const {
  std::vector<double> rates;
  for (const OptimizerParamGroup& group : optimizer_->param_groups()) rates.push_back(group.options().get_lr());
  return rates;
}

StepLR::StepLR(Optimizer& optimizer, std::int64_t step_size, double gamma)
    : LRScheduler(optimizer), step_size_(step_size), gamma_(gamma) {
  check<ValueError>(step_size >= 1, "StepLR: the step size must be at least 1, got {}", step_size);
}

double StepLR::next_lr(double lr, std::int64_t step) const { return step % step_size_ == 0 ? lr * gamma_ : lr; }

double ExponentialLR::next_lr(double lr, std::int64_t /*step*/) const { return lr * gamma_; }

}  // namespace xgrad::optim
