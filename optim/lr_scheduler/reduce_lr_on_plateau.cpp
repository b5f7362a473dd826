#include "optim/lr_scheduler/reduce_lr_on_plateau.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "autograd/base/check.h"
#include "optim/lr_scheduler/reals.h"

namespace xgrad::optim {

namespace {

void check_options(const ReduceLROnPlateauOptions& options, std::size_t groups) {
  check<ValueError>(options.mode() == "min" || options.mode() == "max", "ReduceLROnPlateau: mode must be min or max, got {}",
                    options.mode());
  check<ValueError>(options.threshold_mode() == "rel" || options.threshold_mode() == "abs",
                    "ReduceLROnPlateau: threshold_mode must be rel or abs, got {}", options.threshold_mode());
  check<ValueError>(options.factor() >= 0 && options.factor() < 1, "ReduceLROnPlateau: factor must lie in [0, 1), got {}",
                    options.factor());
  check<ValueError>(options.patience() >= 0 && options.cooldown() >= 0,
                    "ReduceLROnPlateau: patience and cooldown must not be negative, got {} and {}", options.patience(),
                    options.cooldown());
  check<ValueError>(options.min_lr().size() == groups, "ReduceLROnPlateau: expected min_lr for {} groups, got {}", groups,
                    options.min_lr().size());
}

double worst(const std::string& mode) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return mode == "min" ? infinity : -infinity;
}

}  // namespace

ReduceLROnPlateau::ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options)
    : optimizer_(&optimizer), options_(options), best_(worst(options.mode())) {
  const std::size_t groups = optimizer.param_groups().size();
  if (options_.min_lr().size() == 1) options_.min_lr(std::vector<double>(groups, options.min_lr().front()));
  check_options(options_, groups);
}

std::vector<double> ReduceLROnPlateau::get_last_lr() const {
  std::vector<double> lrs;
  for (const OptimizerParamGroup& group : optimizer_->param_groups()) lrs.push_back(group.options().get_lr());
  return lrs;
}

bool ReduceLROnPlateau::is_better(double metric) const {
  const bool least = options_.mode() == "min";
  if (std::isinf(best_)) return least ? metric < best_ : metric > best_;
  const double threshold = options_.threshold();
  if (options_.threshold_mode() == "abs") return least ? metric < best_ - threshold : metric > best_ + threshold;
  // A share of the best metric's size: below a negative one, too, is further down.
  const double towards_zero = best_ * (1 - threshold);
  const double away = best_ * (1 + threshold);
  return least ? metric < (best_ < 0 ? away : towards_zero) : metric > (best_ < 0 ? towards_zero : away);
}

void ReduceLROnPlateau::step(double metric) {
  ++step_count_;
  ++bad_epochs_;
  if (is_better(metric)) {
    best_ = metric;
    bad_epochs_ = 0;
  }
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    bad_epochs_ = 0;
  }
  if (bad_epochs_ <= options_.patience()) return;
  std::vector<OptimizerParamGroup>& groups = optimizer_->param_groups();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const double lr = groups[i].options().get_lr();
    const double reduced = std::max(lr * options_.factor(), options_.min_lr()[std::min(i, options_.min_lr().size() - 1)]);
    if (lr - reduced > options_.eps()) groups[i].options().set_lr(reduced);
  }
  cooldown_left_ = options_.cooldown();
  bad_epochs_ = 0;
}

Value ReduceLROnPlateau::state_dict() const {
  return Value::Dict{{"factor", options_.factor()},
                     {"min_lrs", to_list(options_.min_lr())},
                     {"patience", options_.patience()},
                     {"verbose", false},
                     {"cooldown", options_.cooldown()},
                     {"cooldown_counter", cooldown_left_},
                     {"mode", options_.mode()},
                     {"threshold", options_.threshold()},
                     {"threshold_mode", options_.threshold_mode()},
                     {"best", best_},
                     {"num_bad_epochs", bad_epochs_},
                     {"mode_worse", worst(options_.mode())},
                     {"eps", options_.eps()},
                     {"last_epoch", step_count_},
                     {"_last_lr", to_list(get_last_lr())}};
}

void ReduceLROnPlateau::load_state_dict(const Value& state) {
  const std::size_t groups = optimizer_->param_groups().size();
  ReduceLROnPlateauOptions options;
  options.factor(state.at("factor").to_double())
      .min_lr(to_reals("ReduceLROnPlateau", state, "min_lrs", groups))
      .patience(state.at("patience").to_int())
      .cooldown(state.at("cooldown").to_int())
      .mode(state.at("mode").to_string())
      .threshold(state.at("threshold").to_double())
      .threshold_mode(state.at("threshold_mode").to_string())
      .eps(state.at("eps").to_double());
  check_options(options, groups);
  const double best = state.at("best").to_double();
  const std::int64_t bad_epochs = state.at("num_bad_epochs").to_int();
  const std::int64_t cooldown_left = state.at("cooldown_counter").to_int();
  const std::int64_t step_count = state.at("last_epoch").to_int();
  options_ = options;
  best_ = best;
  bad_epochs_ = bad_epochs;
  cooldown_left_ = cooldown_left;
  step_count_ = step_count;
}

ReduceLROnPlateauScheduler::ReduceLROnPlateauScheduler(Optimizer& optimizer, SchedulerMode mode, double factor,
                                                       std::int64_t patience, double threshold, ThresholdMode threshold_mode,
                                                       std::int64_t cooldown, const std::vector<float>& min_lr, double eps)
    : ReduceLROnPlateau(optimizer, ReduceLROnPlateauOptions()
                                       .mode(mode == min ? "min" : "max")
                                       .factor(factor)
                                       .patience(patience)
                                       .threshold(threshold)
                                       .threshold_mode(threshold_mode == rel ? "rel" : "abs")
                                       .cooldown(cooldown)
                                       .min_lr({min_lr.begin(), min_lr.end()})
                                       .eps(eps)) {}

}  // namespace xgrad::optim
