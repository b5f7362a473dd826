#include "data/turns.h"

namespace xgrad::data::detail {

Turns::Turn::Turn(Turns& turns, std::size_t number) : turns_(turns) {
  std::unique_lock lock(turns.mutex_);
  turns.changed_.wait(lock, [&] { return turns.next_ == number; });
}

Turns::Turn::~Turn() {
  {
    const std::lock_guard lock(turns_.mutex_);
    ++turns_.next_;
  }
  turns_.changed_.notify_all();
}

}  // namespace xgrad::data::detail
