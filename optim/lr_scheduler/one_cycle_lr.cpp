#include "optim/lr_scheduler/one_cycle_lr.h"

#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "autograd/base/check.h"

namespace xgrad::optim {

OneCycleLR::OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options)
    : LRScheduler(optimizer),
      total_steps_(options.total_steps()),
      cosine_(options.anneal_strategy() == "cos"),
      cycle_momentum_(options.cycle_momentum()) {
  std::vector<OptimizerParamGroup>& groups = optimizer.param_groups();
  const std::vector<double>& max_lr = options.max_lr();
  check<ValueError>(max_lr.size() == 1 || max_lr.size() == groups.size(),
                    "OneCycleLR: expected one max_lr, or one for each of {} groups, got {}", groups.size(), max_lr.size());
  check<ValueError>(total_steps_ >= 1, "OneCycleLR: total_steps must be at least 1, got {}", total_steps_);
  check<ValueError>(options.pct_start() >= 0 && options.pct_start() <= 1, "OneCycleLR: pct_start must lie in [0, 1], got {}",
                    options.pct_start());
  check<ValueError>(cosine_ || options.anneal_strategy() == "linear",
                    "OneCycleLR: anneal_strategy must be cos or linear, got {}", options.anneal_strategy());
  check<ValueError>(options.div_factor() > 0 && options.final_div_factor() > 0,
                    "OneCycleLR: div_factor and final_div_factor must be above 0, got {} and {}", options.div_factor(),
                    options.final_div_factor());
  for (const OptimizerParamGroup& group : groups) {
    check<ValueError>(!cycle_momentum_ || group.options().get_momentum().has_value(),
                      "OneCycleLR: the algorithm has no momentum to cycle; set cycle_momentum to false");
  }
  const auto steps = static_cast<double>(total_steps_);
  const double rise = options.pct_start() * steps - 1;
  phases_.push_back({rise, "initial_lr", "max_lr", "max_momentum", "base_momentum"});
  if (options.three_phase()) {
    phases_.push_back({2 * options.pct_start() * steps - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"});
    phases_.push_back({steps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum"});
  } else {
    phases_.push_back({steps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum"});
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    auto& numbers = groups[i].schedule();
    numbers["max_lr"] = max_lr.size() == 1 ? max_lr.front() : max_lr[i];
    numbers["initial_lr"] = numbers["max_lr"] / options.div_factor();
    numbers["min_lr"] = numbers["initial_lr"] / options.final_div_factor();
    if (!cycle_momentum_) continue;
    numbers["max_momentum"] = options.max_momentum();
    numbers["base_momentum"] = options.base_momentum();
  }
  rebase();
  set_lrs(cycle(0));
}

double OneCycleLR::anneal(double start, double end, double share) const {
  if (cosine_) return end + (start - end) / 2 * (std::cos(std::numbers::pi * share) + 1);
  return (end - start) * share + start;
}

std::vector<double> OneCycleLR::cycle(std::int64_t step) {
  const auto now = static_cast<double>(step);
  std::size_t phase = 0;
  double begin = 0;
  while (phase + 1 < phases_.size() && now > phases_[phase].end_step) begin = phases_[phase++].end_step;
  const Phase& at = phases_[phase];
  // A phase of no length is at its end.
  const double share = at.end_step > begin ? (now - begin) / (at.end_step - begin) : 1;
  for (OptimizerParamGroup& group : optimizer().param_groups()) {
    check<ValueError>(group.schedule().contains("max_lr"),
                      "OneCycleLR: a parameter group was added after the schedule was made, and has no cycle");
  }
  std::vector<double> lrs;
  for (OptimizerParamGroup& group : optimizer().param_groups()) {
    const auto& numbers = group.schedule();
    lrs.push_back(anneal(numbers.at(at.start_lr), numbers.at(at.end_lr), share));
    if (!cycle_momentum_) continue;
    group.options().set_momentum(anneal(numbers.at(at.start_momentum), numbers.at(at.end_momentum), share));
  }
  return lrs;
}

void OneCycleLR::step() {
  check<ValueError>(step_count_ < total_steps_, "OneCycleLR: the cycle is over: it had {} steps", total_steps_);
  LRScheduler::step();
}

std::vector<double> OneCycleLR::get_lrs() { return cycle(step_count_ + 1); }

std::vector<double> OneCycleLR::initial_lrs() { return cycle(0); }

void OneCycleLR::save_numbers(Value::Dict& state) const {
  Value::List phases;
  for (const Phase& phase : phases_) {
    phases.emplace_back(Value::Dict{{"end_step", phase.end_step},
                                    {"start_lr", phase.start_lr},
                                    {"end_lr", phase.end_lr},
                                    {"start_momentum", phase.start_momentum},
                                    {"end_momentum", phase.end_momentum}});
  }
  state["total_steps"] = total_steps_;
  state["_schedule_phases"] = std::move(phases);
  state["cycle_momentum"] = cycle_momentum_;
  state["_anneal_func_type"] = cosine_ ? "cos" : "linear";  // as from PyTorch 2 on
  if (cycle_momentum_) state["use_beta1"] = optimizer().defaults().state().contains("betas");
}

std::function<void()> OneCycleLR::read_numbers(const Value::Dict& state) {
  const std::int64_t total_steps = state.at("total_steps").to_int();
  check<ValueError>(total_steps == total_steps_, "OneCycleLR: the state is of a cycle of {} steps, this one has {}",
                    total_steps, total_steps_);
  const bool cycle_momentum = state.at("cycle_momentum").to_bool();
  for (const OptimizerParamGroup& group : optimizer().param_groups()) {
    check<ValueError>(!cycle_momentum || group.schedule().contains("max_momentum"),
                      "OneCycleLR: the state cycles the momentum, and this one does not");
  }
  bool cosine = cosine_;
  if (const Value* anneal = state.find("_anneal_func_type")) {
    cosine = anneal->to_string() == "cos";
    check<ValueError>(cosine || anneal->to_string() == "linear", "OneCycleLR: expected the annealing cos or linear, got {}",
                      anneal->to_string());
  }
  std::vector<Phase> phases;
  for (const Value& saved : state.at("_schedule_phases").list()) {
    const auto name = [&](const char* key) {
      std::string text = saved.at(key).to_string();
      for (const char* known : {"initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum"}) {
        if (text == known) return text;
      }
      throw ValueError("OneCycleLR: a phase has no " + text);
    };
    phases.push_back(
        {saved.at("end_step").to_double(), name("start_lr"), name("end_lr"), name("start_momentum"), name("end_momentum")});
  }
  check<ValueError>(!phases.empty(), "OneCycleLR: the state has no phases");
  return [this, cycle_momentum, cosine, phases = std::move(phases)] {
    cycle_momentum_ = cycle_momentum;
    cosine_ = cosine;
    phases_ = phases;
  };
}

}  // namespace xgrad::optim
