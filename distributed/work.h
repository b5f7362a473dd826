/// Work: an operation of a group that may still be under way.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>

namespace xgrad::distributed {

/// An operation that was begun. https://pytorch.org/docs/2.1/distributed.html#torch.distributed.Work
class Work {
 public:
  /// Waits for its end, and rethrows what it threw.
  void wait();
  /// Whether it has ended.
  bool is_completed() const;

  /// Ends it, with what it threw where it did.
  void complete(std::exception_ptr failure = nullptr);

 private:
  mutable std::mutex mutex_;
  std::condition_variable done_;
  bool completed_ = false;
  std::exception_ptr failure_;
};

}  // namespace xgrad::distributed
