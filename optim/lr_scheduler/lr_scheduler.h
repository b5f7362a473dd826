/// Learning rates that change over time. https://pytorch.org/docs/1.13/optim.html#how-to-adjust-learning-rate
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "autograd/io/value.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Sets the learning rates of all groups of an optimizer, which it refers to. Call step() after each epoch, or after each
/// batch where the schedule counts batches.
///
/// The rates are PyTorch's in Python. A schedule of one's own derives from
/// LRScheduler, and says in `get_lrs` what the rates are after the next step.
class LRScheduler {
 public:
  virtual ~LRScheduler() = default;
  LRScheduler(const LRScheduler&) = delete;
  LRScheduler& operator=(const LRScheduler&) = delete;

  /// Goes to the next learning rates.
  virtual void step();
  /// How many steps were done.
  std::int64_t step_count() const { return step_count_; }
  /// The optimizer's learning rates, by group.
  std::vector<double> get_current_lrs() const;
  /// The learning rates that the last step set, by group.
  std::vector<double> get_last_lr() const { return last_lrs_; }

  /// Everything that a run needs to go on, as Python's `scheduler.state_dict()`: "last_epoch", "base_lrs", "_last_lr", and
  /// the schedule's own numbers.
  virtual io::Value state_dict() const;
  /// Takes what `state_dict` gave, here or in Python, for the same kind of schedule, and sets the optimizer's learning rates
  /// to the last ones. Nothing changes unless all fits: throws IndexError where something is missing, TypeError where it is
  /// of another type, ValueError where it makes no sense.
  virtual void load_state_dict(const io::Value& state);

 protected:
  /// Remembers the learning rates of the groups as the initial ones, unless an earlier scheduler did.
  explicit LRScheduler(Optimizer& optimizer);
  /// The learning rates after the step that is being done, number step_count() + 1.
  virtual std::vector<double> get_lrs() = 0;
  /// The learning rates where the schedule begins.
  virtual std::vector<double> initial_lrs() { return base_lrs_; }
  /// The schedule's own numbers, into a state.
  virtual void save_numbers(io::Value::Dict& /*state*/) const {}
  /// Reads them; changes nothing itself, what it returns does.
  virtual std::function<void()> read_numbers(const io::Value::Dict& state);

  /// The optimizer whose learning rates are set.
  Optimizer& optimizer() const { return *optimizer_; }
  /// The learning rates from which schedules are computed, by group.
  const std::vector<double>& base_lrs() const { return base_lrs_; }
  /// Current learning rates times a factor.
  std::vector<double> scaled_lrs(double factor) const;
  /// Sets the learning rates, by group. Throws ValueError for another number of them.
  void set_lrs(const std::vector<double>& lrs);
  /// Takes the groups' "initial_lr" as base_lrs().
  void rebase();

  /// How many steps were done before this one.
  std::int64_t step_count_ = 0;

 private:
  friend class SequentialLR;
  /// Begins the schedule once more.
  void restart();

  Optimizer* optimizer_;
  std::vector<double> base_lrs_;
  std::vector<double> last_lrs_;
};

/// Multiplies by gamma every `step_size` steps, as in Python. (libtorch begins a step later: see imitate_libtorch.) Throws
/// ValueError for a step size below 1.
/// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.StepLR.html
class StepLR : public LRScheduler {
 public:
  /// A schedule for all groups of `optimizer`, which has to live as long.
  StepLR(Optimizer& optimizer, std::int64_t step_size, double gamma = 0.1);

 protected:
  std::vector<double> get_lrs() override;
  void save_numbers(io::Value::Dict& state) const override;
  std::function<void()> read_numbers(const io::Value::Dict& state) override;

 private:
  std::int64_t step_size_;
  double gamma_;
};

/// Multiplies by gamma at each milestone; at one that comes twice, twice. Throws ValueError for a milestone below 1.
/// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.MultiStepLR.html
class MultiStepLR : public LRScheduler {
 public:
  /// A schedule for all groups of `optimizer`, which has to live as long.
  MultiStepLR(Optimizer& optimizer, const std::vector<std::int64_t>& milestones, double gamma = 0.1);

 protected:
  std::vector<double> get_lrs() override;
  void save_numbers(io::Value::Dict& state) const override;
  std::function<void()> read_numbers(const io::Value::Dict& state) override;

 private:
  std::map<std::int64_t, std::int64_t> milestones_;  ///< how often each comes
  double gamma_;
};

/// Multiplies by gamma every step.
/// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.ExponentialLR.html
class ExponentialLR : public LRScheduler {
 public:
  /// A schedule for all groups of `optimizer`, which has to live as long.
  ExponentialLR(Optimizer& optimizer, double gamma);

 protected:
  std::vector<double> get_lrs() override;
  void save_numbers(io::Value::Dict& state) const override;
  std::function<void()> read_numbers(const io::Value::Dict& state) override;

 private:
  double gamma_;
};

/// Half a period of a cosine from the initial learning rate down to `eta_min` in `t_max` steps, then up again, and so on.
/// Throws ValueError for t_max below 1. Loshchilov and Hutter, 2017;
/// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
class CosineAnnealingLR : public LRScheduler {
 public:
  /// A schedule for all groups of `optimizer`, which has to live as long.
  CosineAnnealingLR(Optimizer& optimizer, std::int64_t t_max, double eta_min = 0);

 protected:
  std::vector<double> get_lrs() override;
  void save_numbers(io::Value::Dict& state) const override;
  std::function<void()> read_numbers(const io::Value::Dict& state) override;

 private:
  std::int64_t t_max_;
  double eta_min_;
};

/// The initial learning rate times `lr_lambda(step)`. The function itself is no part of the state.
/// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.LambdaLR.html
class LambdaLR : public LRScheduler {
 public:
  /// The factor after so many steps; 0: in the beginning.
  using Lambda = std::function<double(std::int64_t)>;
  /// One function for all groups. Throws ValueError for an empty one.
  LambdaLR(Optimizer& optimizer, const Lambda& lr_lambda);
  /// One function for each group. Throws ValueError for another number of them, and for empty ones.
  LambdaLR(Optimizer& optimizer, std::vector<Lambda> lr_lambdas);

 protected:
  std::vector<double> get_lrs() override { return lrs_after(step_count_ + 1); }
  std::vector<double> initial_lrs() override { return lrs_after(0); }
  void save_numbers(io::Value::Dict& state) const override;

 private:
  std::vector<double> lrs_after(std::int64_t steps) const;

  std::vector<Lambda> lr_lambdas_;
};

/// From `start_factor` times the initial learning rate to `end_factor` times it in `total_iters` steps, along a line: for
/// warming up, `LinearLR(optimizer, 0.1, 1.0, 1000)`. Throws ValueError for factors outside (0, 1] and [0, 1], and for
/// total_iters below 1. https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.LinearLR.html
class LinearLR : public LRScheduler {
 public:
  /// A schedule for all groups of `optimizer`, which has to live as long.
  explicit LinearLR(Optimizer& optimizer, double start_factor = 1.0 / 3, double end_factor = 1,
                    std::int64_t total_iters = 5);

 protected:
  std::vector<double> get_lrs() override;
  std::vector<double> initial_lrs() override;
  void save_numbers(io::Value::Dict& state) const override;
  std::function<void()> read_numbers(const io::Value::Dict& state) override;

 private:
  double start_factor_;
  double end_factor_;
  std::int64_t total_iters_;
};

}  // namespace xgrad::optim
