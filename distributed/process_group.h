/// ProcessGroup: ranks that work together, and the one thread that talks to the other ranks.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "distributed/error.h"
#include "distributed/heartbeats.h"
#include "distributed/transport.h"
#include "distributed/work.h"

namespace xgrad::distributed {

/// What a rank has sent.
struct Traffic {
  std::int64_t messages = 0;
  std::int64_t bytes = 0;
};

class ProcessGroup;

/// The connections of a group, inside of a task that ProcessGroup::submit was given.
class Channel {
 public:
  explicit Channel(ProcessGroup& group);
  int rank() const;  ///< of this process
  int size() const;  ///< how many ranks there are
  /// Begins to send and receive; see Transport::start.
  std::unique_ptr<Transfer> start(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming);
  /// Waits for the end of a transfer, within the time that the whole task has.
  void wait(Transfer& transfer);
  /// start(), then wait().
  void exchange(std::span<const Outgoing> outgoing, std::span<const Incoming> incoming);
  /// Throws DistributedError unless all ranks are at the same operation of the same step: names both sides.
  void agree(const std::string& operation);
  /// Bytes of each rank to all, in the order of ranks; `bytes` of them are the same number everywhere. One round.
  std::vector<std::byte> all_gather(const void* data, std::size_t bytes);
  /// Bytes of one rank to all others.
  void broadcast(void* data, std::size_t bytes, int source);

 private:
  ProcessGroup& group_;
};

/// Ranks that work together. Operations run on one thread of the group, in the order in which they were submitted, which is
/// the same on all ranks: two of them never wait for one another.
class ProcessGroup : public std::enable_shared_from_this<ProcessGroup> {
 public:
  /// What a group is made of.
  struct Members {
    std::string backend;                         ///< "single", "threads", "gloo" or "mpi"
    int rank = 0;                                ///< of this process
    std::vector<std::string> hosts;              ///< of each rank: as many as there are ranks
    std::chrono::milliseconds timeout{300'000};  ///< for each operation
  };

  /// `transport` may be null for one rank.
  ProcessGroup(Members members, std::unique_ptr<Transport> transport);
  /// Some ranks of another group, ascending, this one among them; see new_group. Its operations are operations of that
  /// group, which it keeps alive. `id` tells it from other groups of the same ranks, and is the same on all of them.
  ProcessGroup(std::shared_ptr<ProcessGroup> parent, std::vector<int> ranks, std::int64_t id);
  /// Where close() was not called, as after an exception, the rank leaves at once, and the others notice. A group of some
  /// ranks waits for its operations.
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  int rank() const { return members_.rank; }                                ///< of this process
  int size() const { return static_cast<int>(members_.hosts.size()); }      ///< how many ranks there are
  const std::string& backend() const { return members_.backend; }           ///< what moves the bytes
  const std::vector<std::string>& hosts() const { return members_.hosts; }  ///< of each rank
  /// "rank 2 (host b)"
  std::string name_of(int rank) const;
  /// What this rank has sent so far.
  Traffic traffic() const;

  /// How long an operation may take from its beginning on.
  std::chrono::milliseconds timeout() const { return std::chrono::milliseconds(timeout_.load()); }
  void set_timeout(std::chrono::milliseconds timeout) { timeout_ = timeout.count(); }
  /// A number that is another one each time: where all ranks ask in the same order, they get the same.
  std::int64_t next_id() { return ++ids_; }
  /// From now on, ranks that are silent end the run, and long sections stop the clock of operations.
  void set_heartbeats(std::unique_ptr<Heartbeats> heartbeats, std::chrono::milliseconds patience);
  /// Says that this rank is in a long section until then; see LongSection. Returns what it said before; nothing where there
  /// are no heartbeats that would tell the others.
  std::optional<Heartbeats::Clock::time_point> set_busy_until(Heartbeats::Clock::time_point until);
  /// The step of training that messages name; it must be the same on all ranks.
  void set_step(std::int64_t step) { step_ = step; }

  /// Runs `task` after those that were submitted before; at once where there is one rank. `operation` is for messages.
  /// `timeout` takes the place of the group's for this task.
  std::shared_ptr<Work> submit(std::string operation, std::function<void(Channel&)> task,
                               std::optional<std::chrono::milliseconds> timeout = {});
  /// submit(), then waits for the end.
  void run(std::string operation, std::function<void(Channel&)> task,
           std::optional<std::chrono::milliseconds> timeout = {}) {
    submit(std::move(operation), std::move(task), timeout)->wait();
  }

  /// Leaves after an error, so that the others notice that this rank is gone.
  void abort(const std::string& reason) noexcept;
  /// An orderly end: waits until all ranks are here, then leaves.
  void close();

 private:
  friend class Channel;
  using Clock = Heartbeats::Clock;
  struct Task {
    std::string operation;
    std::function<void(Channel&)> body;
    std::shared_ptr<Work> work;
    std::chrono::milliseconds timeout{0};
  };
  /// What the watch looks at.
  struct Watched {
    Transfer* transfer = nullptr;          ///< that is waited for
    Clock::time_point start;               ///< of the operation, later where the clock stood still
    std::chrono::milliseconds timeout{0};  ///< of the operation
    std::vector<int> silent;               ///< ranks without a sign of life
    bool busy = false;                     ///< whether a rank is in a long section
  };

  ProcessGroup& root() { return parent_ != nullptr ? parent_->root() : *this; }
  int root_rank(int rank) const;
  void work_off();
  void perform(Task& task);
  void watch();
  void look(Clock::duration since_last_look);
  void wait_for(Transfer& transfer);
  void delay() const;
  void fail_with(std::exception_ptr failure);
  void end_threads();
  std::string where() const;
  std::string names_of(const std::vector<int>& ranks) const;
  DistributedError silence() const;
  std::exception_ptr failure();

  Members members_;
  std::shared_ptr<ProcessGroup> parent_;
  std::vector<int> ranks_;                      ///< in the parent
  std::int64_t id_ = 0;                         ///< 0: no part of another group
  std::int64_t ids_ = 0;                        ///< given out so far
  std::vector<std::shared_ptr<Work>> pending_;  ///< operations of a part that may not have ended
  Clock::time_point busy_until_;                ///< as said last; with the watch's mutex
  std::unique_ptr<Transport> transport_;
  std::atomic<std::int64_t> timeout_;
  std::atomic<std::int64_t> step_{-1};
  std::atomic<std::int64_t> messages_{0};
  std::atomic<std::int64_t> bytes_{0};
  std::string operation_;    ///< that runs; for the group's thread
  std::int64_t number_ = 0;  ///< of operations so far
  std::mutex mutex_;         ///< of what follows
  std::condition_variable woken_;
  std::deque<Task> tasks_;
  bool ends_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
  std::mutex watch_mutex_;  ///< of what follows
  std::condition_variable watch_ends_;
  bool watch_over_ = false;
  Watched watched_;
  std::unique_ptr<Heartbeats> heartbeats_;
  std::chrono::milliseconds patience_{0};  ///< with silent ranks
  std::thread watch_;
};

/// While it lives, the others wait for this rank without a deadline, for `limit` at most: for an evaluation, a large file,
/// or whatever one rank does while the others are at their next operation. It has to be alive meanwhile: heartbeats go on,
/// and without them (InitOptions::heartbeat 0) there is a warning and no more time. Of sections within one another, the one
/// that lasts longer counts.
class LongSection {
 public:
  /// The world where no group is given.
  explicit LongSection(std::chrono::milliseconds limit, ProcessGroup* group = nullptr);
  ~LongSection();
  LongSection(const LongSection&) = delete;
  LongSection& operator=(const LongSection&) = delete;

 private:
  ProcessGroup* group_;
  std::optional<Heartbeats::Clock::time_point> before_;
};

/// The longest time that an operation may be given; longer ones are as long.
inline constexpr std::chrono::milliseconds longest_timeout = std::chrono::hours(24 * 365);

}  // namespace xgrad::distributed
