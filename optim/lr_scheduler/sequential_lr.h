/// SequentialLR: one schedule after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "autograd/io/value.h"
#include "optim/lr_scheduler/lr_scheduler.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

/// Schedules in turn: the first until the first milestone, then the next, from its beginning. For warming up:
///
///   optim::SequentialLR scheduler(optimizer, {std::make_shared<optim::LinearLR>(optimizer, 0.1, 1.0, 100),
///                                             std::make_shared<optim::CosineAnnealingLR>(optimizer, 900)}, {100});
///
/// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.SequentialLR.html
class SequentialLR : public LRScheduler {
 public:
  /// Throws ValueError unless there is one schedule more than milestones, milestones rise, and all schedules are of this
  /// optimizer.
  SequentialLR(Optimizer& optimizer, std::vector<std::shared_ptr<LRScheduler>> schedulers,
               std::vector<std::int64_t> milestones);
  void step() override;
  io::Value state_dict() const override;
  void load_state_dict(const io::Value& state) override;

 protected:
  std::vector<double> get_lrs() override { return get_current_lrs(); }
  std::vector<double> initial_lrs() override { return schedulers_.front()->initial_lrs(); }

 private:
  std::vector<std::shared_ptr<LRScheduler>> schedulers_;
  std::vector<std::int64_t> milestones_;
};

}  // namespace xgrad::optim
