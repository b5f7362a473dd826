/// Work: an operation of a group that may still be under way.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>

namespace xgrad::distributed {

/// An operation that was begun. https://pytorch.org/docs/2.1/distributed.html#torch.distributed.Work
class Work {
 public:
  /// Waits for the operation to end, and rethrows what it threw.
  void wait();
  bool is_completed() const;

  /// Says that the operation has ended; `failure` is what it threw, if anything.
  void complete(std::exception_ptr failure = nullptr);

 private:
  mutable std::mutex mutex_;
  std::condition_variable done_;
  bool completed_ = false;
  std::exception_ptr failure_;
};

}  // namespace xgrad::distributed
