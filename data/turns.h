/// Turns: threads that do numbered work one after the other, in the order of its numbers.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace xgrad::data::detail {

/// Numbers `first`, first + 1, ..., of which each takes its turn once.
class Turns {
 public:
  explicit Turns(std::size_t first = 0) : next_(first) {}

  /// Waits for those before `number`, and lets the next one go on at the end of the scope.
  class Turn {
   public:
    Turn(Turns& turns, std::size_t number);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Turns& turns_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t next_;
};

}  // namespace xgrad::data::detail
