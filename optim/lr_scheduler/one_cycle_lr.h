/// OneCycleLR: up, down, and further down.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/io/value.h"
#include "optim/lr_scheduler/lr_scheduler.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of OneCycleLR: `OneCycleLROptions(0.1, 1000).pct_start(0.2)`.
class OneCycleLROptions {
 public:
  /// `max_lr` for all groups, in `total_steps` steps.
  OneCycleLROptions(double max_lr, std::int64_t total_steps) : max_lr_{max_lr}, total_steps_(total_steps) {}
  /// The largest learning rates: one for all groups, or one for each.
  XGRAD_ARG(std::vector<double>, max_lr);
  /// The steps of the whole cycle.
  XGRAD_ARG(std::int64_t, total_steps);
  /// The share of the steps that goes up.
  XGRAD_ARG(double, pct_start) = 0.3;
  /// "cos", or "linear".
  XGRAD_ARG(std::string, anneal_strategy) = "cos";
  /// Whether the momentum goes down while the learning rate goes up: that of SGD and RMSprop, beta1 of Adam.
  XGRAD_ARG(bool, cycle_momentum) = true;
  /// The momentum at the largest learning rate.
  XGRAD_ARG(double, base_momentum) = 0.85;
  /// The momentum in the beginning and in the end.
  XGRAD_ARG(double, max_momentum) = 0.95;
  /// The cycle begins at max_lr / div_factor,
  XGRAD_ARG(double, div_factor) = 25;
  /// and ends at its beginning / final_div_factor.
  XGRAD_ARG(double, final_div_factor) = 1e4;
  /// Down to the beginning in as many steps as up, then to the end; otherwise to the end at once.
  XGRAD_ARG(bool, three_phase) = false;
};

/// One cycle of the learning rate, step by step (not epoch by epoch): up to max_lr, then down to almost nothing.
/// Smith and Topin, 2018; https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.OneCycleLR.html
class OneCycleLR : public LRScheduler {
 public:
  /// Throws ValueError for options that make no sense, and where the momentum is to be cycled of an algorithm without one.
  OneCycleLR(Optimizer& optimizer, const OneCycleLROptions& options);
  /// Throws ValueError after the last step of the cycle.
  void step() override;

 protected:
  std::vector<double> get_lrs() override;
  std::vector<double> initial_lrs() override;
  void save_numbers(io::Value::Dict& state) const override;
  std::function<void()> read_numbers(const io::Value::Dict& state) override;

 private:
  struct Phase {
    double end_step;
    std::string start_lr;  ///< names of numbers of the groups
    std::string end_lr;
    std::string start_momentum;
    std::string end_momentum;
  };
  /// Learning rates after `step` steps; sets the momentum.
  std::vector<double> cycle(std::int64_t step);
  double anneal(double start, double end, double share) const;

  std::int64_t total_steps_;
  bool cosine_;
  bool cycle_momentum_;
  std::vector<Phase> phases_;
};

}  // namespace xgrad::optim
