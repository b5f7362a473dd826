#include "optim/lr_scheduler/lr_scheduler.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/compatibility.h"
#include "optim/lr_scheduler/reals.h"

namespace xgrad::optim {

std::function<void()> LRScheduler::read_numbers(const io::Value::Dict& /*state*/) {
  return [] {};
}

LRScheduler::LRScheduler(Optimizer& optimizer) : optimizer_(&optimizer) {
  for (OptimizerParamGroup& group : optimizer.param_groups()) {
    group.schedule().try_emplace("initial_lr", group.options().get_lr());
  }
  rebase();
  last_lrs_ = get_current_lrs();
}

void LRScheduler::rebase() {
  base_lrs_.clear();
  for (const OptimizerParamGroup& group : optimizer_->param_groups()) {
    base_lrs_.push_back(group.schedule().at("initial_lr"));
  }
}

void LRScheduler::step() {
  const std::vector<double> lrs = get_lrs();
  ++step_count_;
  set_lrs(lrs);
}

void LRScheduler::restart() {
  step_count_ = 0;
  set_lrs(initial_lrs());
}

std::vector<double> LRScheduler::get_current_lrs() const {
  std::vector<double> lrs;
  for (const OptimizerParamGroup& group : optimizer_->param_groups()) lrs.push_back(group.options().get_lr());
  return lrs;
}

std::vector<double> LRScheduler::scaled_lrs(double factor) const {
  std::vector<double> lrs = get_current_lrs();
  for (double& lr : lrs) lr *= factor;
  return lrs;
}

void LRScheduler::set_lrs(const std::vector<double>& lrs) {
  std::vector<OptimizerParamGroup>& groups = optimizer_->param_groups();
  check<ValueError>(lrs.size() == groups.size(), "LRScheduler: expected learning rates for {} groups of parameters, got {}",
                    groups.size(), lrs.size());
  for (std::size_t i = 0; i < lrs.size(); ++i) groups[i].options().set_lr(lrs[i]);
  last_lrs_ = lrs;
}

Value LRScheduler::state_dict() const {
  Value::Dict state;
  save_numbers(state);
  state["base_lrs"] = to_list(base_lrs_);
  state["last_epoch"] = step_count_;
  state["verbose"] = false;
  state["_step_count"] = step_count_ + 1;
  state["_get_lr_called_within_step"] = false;
  state["_last_lr"] = to_list(last_lrs_);
  return state;
}

void LRScheduler::load_state_dict(const Value& state) {
  const std::int64_t step_count = state.at("last_epoch").to_int();
  // A schedule that waits for its turn in a SequentialLR stands before the beginning.
  check<ValueError>(step_count >= -1, "LRScheduler: last_epoch must be at least -1, got {}", step_count);
  std::vector<double> base_lrs = to_reals("LRScheduler", state, "base_lrs", base_lrs_.size());
  const std::vector<double> last_lrs = to_reals("LRScheduler", state, "_last_lr", optimizer().param_groups().size());
  const std::function<void()> commit = read_numbers(state.dict());
  commit();
  step_count_ = step_count;
  base_lrs_ = std::move(base_lrs);
  set_lrs(last_lrs);
}

StepLR::StepLR(Optimizer& optimizer, std::int64_t step_size, double gamma)
    : LRScheduler(optimizer), step_size_(step_size), gamma_(gamma) {
  check<ValueError>(step_size >= 1, "StepLR: the step size must be at least 1, got {}", step_size);
}

std::vector<double> StepLR::get_lrs() {
  const std::int64_t steps = imitates_libtorch() ? step_count_ : step_count_ + 1;
  return scaled_lrs(steps > 0 && steps % step_size_ == 0 ? gamma_ : 1);
}

void StepLR::save_numbers(Value::Dict& state) const {
  state["step_size"] = step_size_;
  state["gamma"] = gamma_;
}

std::function<void()> StepLR::read_numbers(const Value::Dict& state) {
  const std::int64_t step_size = state.at("step_size").to_int();
  const double gamma = state.at("gamma").to_double();
  check<ValueError>(step_size >= 1, "StepLR: the step size must be at least 1, got {}", step_size);
  return [=, this] {
    step_size_ = step_size;
    gamma_ = gamma;
  };
}

MultiStepLR::MultiStepLR(Optimizer& optimizer, const std::vector<std::int64_t>& milestones, double gamma)
    : LRScheduler(optimizer), gamma_(gamma) {
  for (const std::int64_t milestone : milestones) {
    check<ValueError>(milestone >= 1, "MultiStepLR: milestones must be at least 1, got {}", milestone);
    ++milestones_[milestone];
  }
}

std::vector<double> MultiStepLR::get_lrs() {
  const auto milestone = milestones_.find(step_count_ + 1);
  if (milestone == milestones_.end()) return get_current_lrs();
  return scaled_lrs(std::pow(gamma_, static_cast<double>(milestone->second)));
}

void MultiStepLR::save_numbers(Value::Dict& state) const {
  Value::Dict milestones;
  for (const auto& [milestone, times] : milestones_) milestones[milestone] = times;
  state["milestones"] = std::move(milestones);
  state["gamma"] = gamma_;
}

std::function<void()> MultiStepLR::read_numbers(const Value::Dict& state) {
  std::map<std::int64_t, std::int64_t> milestones;
  for (const auto& [milestone, times] : state.at("milestones").dict()) milestones[milestone.number()] = times.to_int();
  const double gamma = state.at("gamma").to_double();
  return [=, this] {
    milestones_ = milestones;
    gamma_ = gamma;
  };
}

ExponentialLR::ExponentialLR(Optimizer& optimizer, double gamma) : LRScheduler(optimizer), gamma_(gamma) {}

std::vector<double> ExponentialLR::get_lrs() { return scaled_lrs(gamma_); }

void ExponentialLR::save_numbers(Value::Dict& state) const { state["gamma"] = gamma_; }

std::function<void()> ExponentialLR::read_numbers(const Value::Dict& state) {
  return [this, gamma = state.at("gamma").to_double()] { gamma_ = gamma; };
}

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, std::int64_t t_max, double eta_min)
    : LRScheduler(optimizer), t_max_(t_max), eta_min_(eta_min) {
  check<ValueError>(t_max >= 1, "CosineAnnealingLR: t_max must be at least 1, got {}", t_max);
}

// From rate to rate, as PyTorch does it, so that other schedules can act on the same optimizer.
std::vector<double> CosineAnnealingLR::get_lrs() {
  const std::int64_t step = step_count_ + 1;
  const auto height = [this](std::int64_t at) {
    return 1 + std::cos(std::numbers::pi * static_cast<double>(at) / static_cast<double>(t_max_));
  };
  std::vector<double> lrs = get_current_lrs();
  // Groups that were added later have no rate that the schedule began with, and keep theirs.
  for (std::size_t i = 0; i < std::min(lrs.size(), base_lrs().size()); ++i) {
    if ((step - 1 - t_max_) % (2 * t_max_) == 0) {  // at the bottom, where the ratio below is 0 / 0
      lrs[i] += (base_lrs()[i] - eta_min_) * (2 - height(1)) / 2;
    } else {
      lrs[i] = height(step) / height(step - 1) * (lrs[i] - eta_min_) + eta_min_;
    }
  }
  return lrs;
}

void CosineAnnealingLR::save_numbers(Value::Dict& state) const {
  state["T_max"] = t_max_;
  state["eta_min"] = eta_min_;
}

std::function<void()> CosineAnnealingLR::read_numbers(const Value::Dict& state) {
  const std::int64_t t_max = state.at("T_max").to_int();
  const double eta_min = state.at("eta_min").to_double();
  check<ValueError>(t_max >= 1, "CosineAnnealingLR: T_max must be at least 1, got {}", t_max);
  return [=, this] {
    t_max_ = t_max;
    eta_min_ = eta_min;
  };
}

LambdaLR::LambdaLR(Optimizer& optimizer, const Lambda& lr_lambda)
    : LambdaLR(optimizer, std::vector<Lambda>(optimizer.param_groups().size(), lr_lambda)) {}

LambdaLR::LambdaLR(Optimizer& optimizer, std::vector<Lambda> lr_lambdas)
    : LRScheduler(optimizer), lr_lambdas_(std::move(lr_lambdas)) {
  check<ValueError>(lr_lambdas_.size() == base_lrs().size(), "LambdaLR: expected functions for {} groups, got {}",
                    base_lrs().size(), lr_lambdas_.size());
  for (const Lambda& one : lr_lambdas_) check<ValueError>(static_cast<bool>(one), "LambdaLR: the function is empty");
  set_lrs(lrs_after(0));
}

std::vector<double> LambdaLR::lrs_after(std::int64_t steps) const {
  std::vector<double> lrs = base_lrs();
  for (std::size_t i = 0; i < lrs.size(); ++i) lrs[i] *= lr_lambdas_[i](steps);
  return lrs;
}

void LambdaLR::save_numbers(Value::Dict& state) const { state["lr_lambdas"] = Value::List(lr_lambdas_.size()); }

LinearLR::LinearLR(Optimizer& optimizer, double start_factor, double end_factor, std::int64_t total_iters)
    : LRScheduler(optimizer), start_factor_(start_factor), end_factor_(end_factor), total_iters_(total_iters) {
  check<ValueError>(start_factor > 0 && start_factor <= 1, "LinearLR: start_factor must lie in (0, 1], got {}",
                    start_factor);
  check<ValueError>(end_factor >= 0 && end_factor <= 1, "LinearLR: end_factor must lie in [0, 1], got {}", end_factor);
  check<ValueError>(total_iters >= 1, "LinearLR: total_iters must be at least 1, got {}", total_iters);
  set_lrs(scaled_lrs(start_factor));
}

std::vector<double> LinearLR::initial_lrs() {
  std::vector<double> lrs = base_lrs();
  for (double& lr : lrs) lr *= start_factor_;
  return lrs;
}

std::vector<double> LinearLR::get_lrs() {
  if (step_count_ + 1 > total_iters_) return get_current_lrs();
  const double rise = end_factor_ - start_factor_;
  const double factor = static_cast<double>(total_iters_) * start_factor_ + static_cast<double>(step_count_) * rise;
  return scaled_lrs(1 + rise / factor);
}

void LinearLR::save_numbers(Value::Dict& state) const {
  state["start_factor"] = start_factor_;
  state["end_factor"] = end_factor_;
  state["total_iters"] = total_iters_;
}

std::function<void()> LinearLR::read_numbers(const Value::Dict& state) {
  const double start = state.at("start_factor").to_double();
  const double end = state.at("end_factor").to_double();
  const std::int64_t iters = state.at("total_iters").to_int();
  check<ValueError>(start > 0 && start <= 1 && end >= 0 && end <= 1 && iters >= 1,
                    "LinearLR: a line from {} to {} in {} steps makes no sense", start, end, iters);
  return [=, this] {
    start_factor_ = start;
    end_factor_ = end;
    total_iters_ = iters;
  };
}

}  // namespace xgrad::optim
