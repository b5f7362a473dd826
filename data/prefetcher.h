/// Numbered jobs done ahead of the one who waits for them: what a DataLoader's workers do.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "autograd/base/error.h"

namespace xgrad::data::detail {

/// Threads out of TBB's, shared by all loaders that ask for as many.
class Workers {
 public:
  /// At most `count` of them. A null pointer where that is 0, or TBB has none: on a machine with one core.
  static std::shared_ptr<Workers> create(int count);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  friend class TaskQueue;
  struct Arena;
  explicit Workers(Arena& arena);

  Arena& arena_;  ///< shared by all who ask for as many workers
};

/// Tasks for workers, none of which outlives the queue.
class TaskQueue {
 public:
  explicit TaskQueue(std::shared_ptr<Workers> workers);
  /// Returns once every task has run: those that no worker has come to run on this thread.
  ~TaskQueue();
  TaskQueue(const TaskQueue&) = delete;
  TaskQueue& operator=(const TaskQueue&) = delete;

  /// Runs `task`, which must not throw, at some time on some thread.
  void enqueue(std::function<void()> task);

 private:
  struct Group;

  std::shared_ptr<Workers> workers_;
  std::unique_ptr<Group> group_;
};

/// A job took longer than its taker would wait.
class Timeout : public Error {
 public:
  using Error::Error;
};

/// Does jobs 0, 1, ... on workers, at most `window` of them begun and not yet taken, in any order of completion. Whoever
/// takes a job that no worker has begun does it himself: progress never depends on a free worker.
class Prefetcher {
 public:
  /// Without workers (a null pointer), every job is done when it is taken.
  Prefetcher(std::shared_ptr<Workers> workers, std::size_t window, std::function<void(std::size_t)> job);
  /// Gives up the jobs that nobody has begun, and waits for those that somebody has.
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  /// Waits until job `number` is done; rethrows what it threw. For 0, 1, ... in this order, from one thread at a time. Jobs
  /// below `limit`, which must not shrink from call to call, may begin: without a window, none but `number` does.
  /// Throws Timeout where a worker does not finish it in time; the same number can be taken again.
  void take(std::size_t number, std::size_t limit, std::optional<std::chrono::milliseconds> timeout = std::nullopt);

 private:
  struct State;
  static void work(State& state);

  std::unique_ptr<State> state_;
  std::unique_ptr<TaskQueue> queue_;  ///< last: its tasks refer to the state
};

}  // namespace xgrad::data::detail
