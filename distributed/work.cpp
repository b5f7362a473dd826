#include "distributed/work.h"

#include <utility>

namespace xgrad::distributed {

void Work::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return completed_; });
  if (failure_) std::rethrow_exception(failure_);
}

bool Work::is_completed() const {
  const std::lock_guard lock(mutex_);
  return completed_;
}

void Work::complete(std::exception_ptr failure) {
  const std::lock_guard lock(mutex_);
  completed_ = true;
  failure_ = std::move(failure);
  done_.notify_all();
}

}  // namespace xgrad::distributed
