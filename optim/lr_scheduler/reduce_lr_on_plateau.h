/// ReduceLROnPlateau: slower where the metric stands still.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/io/value.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Options of ReduceLROnPlateau: `ReduceLROnPlateauOptions().mode("max").patience(3)`.
class ReduceLROnPlateauOptions {
 public:
  /// "min": a smaller metric is better; "max": a larger one.
  XGRAD_ARG(std::string, mode) = "min";
  /// What a learning rate is multiplied by.
  XGRAD_ARG(double, factor) = 0.1;
  /// So many steps without progress are borne.
  XGRAD_ARG(std::int64_t, patience) = 10;
  /// Less of a change is no progress.
  XGRAD_ARG(double, threshold) = 1e-4;
  /// "rel": the threshold is a share of the best metric; "abs": it is a difference.
  XGRAD_ARG(std::string, threshold_mode) = "rel";
  /// After a reduction, so many steps do not count.
  XGRAD_ARG(std::int64_t, cooldown) = 0;
  /// Learning rates do not go below: one for all groups, or one for each.
  XGRAD_ARG(std::vector<double>, min_lr) = {0};
  /// A smaller change of a learning rate is not made.
  XGRAD_ARG(double, eps) = 1e-8;
};

/// Multiplies learning rates by a factor where a metric has stood still for more than `patience` steps.
/// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
class ReduceLROnPlateau {
 public:
  /// Throws ValueError for options that make no sense. Refers to the optimizer.
  explicit ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options = {});

  /// Takes note of the metric after an epoch. NaN is no progress.
  void step(double metric);
  /// The optimizer's learning rates, by group.
  std::vector<double> get_last_lr() const;
  /// The best metric so far; infinite in the beginning.
  double best() const { return best_; }

  /// As Python's `scheduler.state_dict()`.
  io::Value state_dict() const;
  /// Takes what `state_dict` gave, here or in Python. Nothing changes unless all fits: throws as LRScheduler does. The
  /// learning rates themselves are part of the optimizer's state.
  void load_state_dict(const io::Value& state);

 private:
  bool is_better(double metric) const;

  Optimizer* optimizer_;
  ReduceLROnPlateauOptions options_;
  double best_;
  std::int64_t bad_epochs_ = 0;
  std::int64_t cooldown_left_ = 0;
  std::int64_t step_count_ = 0;
};

/// The same by libtorch's name, with libtorch's arguments (but `verbose`) besides.
class ReduceLROnPlateauScheduler : public ReduceLROnPlateau {
 public:
  enum SchedulerMode { min, max };  ///< Whether a smaller metric is better, or a larger one.
  enum ThresholdMode { rel, abs };  ///< Whether the threshold is a share of the best metric, or a difference.
  using ReduceLROnPlateau::ReduceLROnPlateau;
  /// Throws ValueError for arguments that make no sense.
  ReduceLROnPlateauScheduler(Optimizer& optimizer, SchedulerMode mode, double factor = 0.1, std::int64_t patience = 10,
                             double threshold = 1e-4, ThresholdMode threshold_mode = rel, std::int64_t cooldown = 0,
                             const std::vector<float>& min_lr = {0}, double eps = 1e-8);
};

}  // namespace xgrad::optim
