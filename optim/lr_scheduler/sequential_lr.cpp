#include "optim/lr_scheduler/sequential_lr.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "autograd/base/check.h"
#include "optim/lr_scheduler/reals.h"

namespace xgrad::optim {

SequentialLR::SequentialLR(Optimizer& optimizer, std::vector<std::shared_ptr<LRScheduler>> schedulers,
                           std::vector<std::int64_t> milestones)
    : LRScheduler(optimizer), schedulers_(std::move(schedulers)), milestones_(std::move(milestones)) {
  check<ValueError>(schedulers_.size() == milestones_.size() + 1,
                    "SequentialLR: expected one schedule more than milestones, got {} and {}", schedulers_.size(),
                    milestones_.size());
  for (const auto& scheduler : schedulers_) {
    check<ValueError>(scheduler != nullptr, "SequentialLR: expected a schedule, got a null pointer");
    check<ValueError>(&scheduler->optimizer() == &optimizer, "SequentialLR: a schedule belongs to another optimizer");
    check<ValueError>(dynamic_cast<SequentialLR*>(scheduler.get()) == nullptr, "SequentialLR: sequences do not nest");
  }
  for (std::size_t i = 0; i < milestones_.size(); ++i) {
    check<ValueError>(milestones_[i] > (i == 0 ? 0 : milestones_[i - 1]),
                      "SequentialLR: milestones must rise from 1 on, got {}", milestones_[i]);
  }
  for (const auto& scheduler : schedulers_) scheduler->step_count_ = -1;  // each waits for its turn
  schedulers_.front()->restart();
  set_lrs(get_current_lrs());
}

void SequentialLR::step() {
  ++step_count_;
  const auto after = std::upper_bound(milestones_.begin(), milestones_.end(), step_count_);
  LRScheduler& scheduler = *schedulers_[static_cast<std::size_t>(after - milestones_.begin())];
  if (after != milestones_.begin() && *std::prev(after) == step_count_) scheduler.restart();
  else scheduler.step();
  set_lrs(get_current_lrs());
}

Value SequentialLR::state_dict() const {
  Value::List schedulers;
  for (const auto& scheduler : schedulers_) schedulers.push_back(scheduler->state_dict());
  return Value::Dict{{"_milestones", Value::List(milestones_.begin(), milestones_.end())},
                     {"last_epoch", step_count_},
                     {"_last_lr", to_list(get_last_lr())},
                     {"_schedulers", std::move(schedulers)}};
}

void SequentialLR::load_state_dict(const Value& state) {
  const Value::List& schedulers = state.at("_schedulers").list();
  check<ValueError>(schedulers.size() == schedulers_.size(), "SequentialLR: expected the state of {} schedules, got {}",
                    schedulers_.size(), schedulers.size());
  std::vector<std::int64_t> milestones;
  for (const Value& one : state.at("_milestones").list()) milestones.push_back(one.to_int());
  check<ValueError>(milestones.size() == milestones_.size() && std::is_sorted(milestones.begin(), milestones.end()),
                    "SequentialLR: expected {} milestones that rise, got {}", milestones_.size(), milestones.size());
  const std::int64_t step_count = state.at("last_epoch").to_int();
  check<ValueError>(step_count >= 0, "SequentialLR: last_epoch must not be negative, got {}", step_count);
  const std::vector<double> lrs = to_reals("SequentialLR", state, "_last_lr", get_current_lrs().size());
  // Where a state does not fit, the schedules before it go back.
  const Value before = state_dict();
  try {
    for (std::size_t i = 0; i < schedulers.size(); ++i) schedulers_[i]->load_state_dict(schedulers[i]);
  } catch (...) {
    for (std::size_t i = 0; i < schedulers.size(); ++i) schedulers_[i]->load_state_dict(before.at("_schedulers").list()[i]);
    set_lrs(to_reals("SequentialLR", before, "_last_lr", lrs.size()));
    throw;
  }
  milestones_ = std::move(milestones);
  step_count_ = step_count;
  set_lrs(lrs);
}

}  // namespace xgrad::optim
