/// Learning rates that change over time. https://pytorch.org/docs/1.13/optim.html#how-to-adjust-learning-rate
#pragma once

#include <vector>

#include "optim/optimizer.h"

namespace xgrad::optim {

/// Sets the learning rates of all groups of an optimizer, which it refers to. Call step() after each epoch.
class LRScheduler {
 public:
  virtual ~LRScheduler() = default;
  LRScheduler(const LRScheduler&) = delete;
  LRScheduler& operator=(const LRScheduler&) = delete;

  void step();
  std::int64_t step_count() const { return step_count_; }
  std::vector<double> get_current_lrs() const;

 protected:
  explicit LRScheduler(Optimizer& optimizer) : optimizer_(&optimizer) {}
  /// The learning rate of a group after step number `step`, from that before.
  virtual double next_lr(double lr, std::int64_t step) const = 0;

 private:
  Optimizer* optimizer_;
  std::int64_t step_count_ = 0;
};

/// Multiplies by gamma every `step_size` steps. Throws ValueError for a step size below 1.
class StepLR : public LRScheduler {
 public:
  StepLR(Optimizer& optimizer, std::int64_t step_size, double gamma = 0.1);

 protected:
  double next_lr(double lr, std::int64_t step) const override;

 private:
  std::int64_t step_size_;
  double gamma_;
};

/// Multiplies by gamma every step.
class ExponentialLR : public LRScheduler {
 public:
  ExponentialLR(Optimizer& optimizer, double gamma) : LRScheduler(optimizer), gamma_(gamma) {}

 protected:
  double next_lr(double lr, std::int64_t step) const override;

 private:
  double gamma_;
};

}  // namespace xgrad::optim
