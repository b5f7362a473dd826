/// Heartbeats: signs of life between ranks, whatever they compute meanwhile.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace xgrad::distributed {

class ProcessGroup;

/// What a rank knows of the others beside what they send. Any thread may call it.
class Heartbeats {
 public:
  /// What deadlines are measured with.
  using Clock = std::chrono::steady_clock;

  virtual ~Heartbeats() = default;
  /// Says that this rank is in a long section until then.
  virtual void set_busy_until(Clock::time_point until) = 0;
  /// Whether any rank, this one included, is in a long section.
  virtual bool any_busy() const = 0;
  /// The ranks that have shown no sign of life for too long.
  virtual std::vector<int> silent() const = 0;

  Heartbeats(const Heartbeats&) = delete;
  Heartbeats& operator=(const Heartbeats&) = delete;

 protected:
  Heartbeats() = default;
};

/// Heartbeats over TCP connections and on a thread of their own: each rank reports to rank 0, which tells all. All ranks of
/// the group call it. `address` is rank 0's, where it is known. A rank counts as silent after `patience` without a sign of
/// life. Null, after a warning, where a rank does not reach rank 0.
std::unique_ptr<Heartbeats> connect_heartbeats(ProcessGroup& group, const std::string& address,
                                               std::chrono::milliseconds patience);

}  // namespace xgrad::distributed
