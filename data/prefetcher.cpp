#include "data/prefetcher.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "autograd/base/check.h"

namespace xgrad::data::detail {

namespace {

/// TBB has one thread less than it may use: the one that calls it. To ask for more brings nothing but a warning.
int available_workers() {
  using oneapi::tbb::global_control;
  const std::size_t threads = global_control::active_value(global_control::max_allowed_parallelism);
  return static_cast<int>(std::clamp<std::size_t>(threads, 1, 1024)) - 1;
}

}  // namespace

/// The slot reserved for the caller is what TaskQueue's end waits in, without keeping a worker out.
struct Workers::Arena {
  explicit Arena(int workers) : arena(workers + 1, /*reserved_for_masters=*/1) {}
  oneapi::tbb::task_arena arena;
};

Workers::Workers(Arena& arena) : arena_(arena) {}

std::shared_ptr<Workers> Workers::create(int count) {
  const int workers = std::min(count, available_workers());
  if (workers < 1) return nullptr;
  // Never destroyed: TBB sends no more workers to anybody once many arenas have come and gone while work was enqueued.
  static std::mutex mutex;
  static auto& arenas = *new std::map<int, Arena>;
  const std::lock_guard lock(mutex);
  return std::shared_ptr<Workers>(new Workers(arenas.try_emplace(workers, workers).first->second));
}

struct TaskQueue::Group {
  oneapi::tbb::task_group tasks;
};

TaskQueue::TaskQueue(std::shared_ptr<Workers> workers) : workers_(std::move(workers)), group_(std::make_unique<Group>()) {}

// Tasks that were left to TBB would be lost, with what they hold, where the program ends before a worker comes to them.
TaskQueue::~TaskQueue() {
  workers_->arena_.arena.execute([this] { group_->tasks.wait(); });
}

void TaskQueue::enqueue(std::function<void()> task) { workers_->arena_.arena.enqueue(group_->tasks.defer(std::move(task))); }

struct Prefetcher::State {
  State(std::size_t window, std::function<void(std::size_t)> job)
      : job(std::move(job)), done(window, false), errors(window) {}

  std::mutex mutex;
  std::condition_variable changed;
  std::function<void(std::size_t)> job;
  std::size_t next = 0;   ///< the first job that nobody has begun
  std::size_t limit = 0;  ///< jobs below it may begin
  std::size_t running = 0;
  std::vector<bool> done;  ///< job i at i % window, as for errors
  std::vector<std::exception_ptr> errors;
};

Prefetcher::Prefetcher(std::shared_ptr<Workers> workers, std::size_t window, std::function<void(std::size_t)> job)
    : state_(std::make_unique<State>(workers ? std::max<std::size_t>(window, 1) : 1, std::move(job))),
      queue_(workers ? std::make_unique<TaskQueue>(std::move(workers)) : nullptr) {}

Prefetcher::~Prefetcher() {
  std::unique_lock lock(state_->mutex);
  state_->limit = 0;
  state_->changed.wait(lock, [this] { return state_->running == 0; });
}

void Prefetcher::work(State& state) {
  std::unique_lock lock(state.mutex);
  if (state.next >= state.limit) return;  // another thread was faster, or the loop was left
  const std::size_t number = state.next++;
  ++state.running;
  lock.unlock();
  std::exception_ptr error;
  try {
    state.job(number);
  } catch (...) {
    error = std::current_exception();
  }
  lock.lock();
  const std::size_t slot = number % state.done.size();
  state.done[slot] = true;
  state.errors[slot] = std::move(error);
  --state.running;
  state.changed.notify_all();
}

void Prefetcher::take(std::size_t number, std::size_t limit, std::optional<std::chrono::milliseconds> timeout) {
  State& state = *state_;
  const std::size_t window = state.done.size();
  const std::size_t slot = number % window;
  limit = std::clamp(limit, number + 1, number + window);
  std::unique_lock lock(state.mutex);
  const std::size_t begun = std::exchange(state.limit, limit);
  if (queue_) {
    lock.unlock();
    for (std::size_t i = begun; i < limit; ++i) queue_->enqueue([&state] { work(state); });
    lock.lock();
  }
  while (!state.done[slot]) {
    if (state.next <= number) {
      lock.unlock();
      work(state);
      lock.lock();
    } else if (!timeout) {
      state.changed.wait(lock);
    } else {
      const bool in_time = state.changed.wait_for(lock, *timeout, [&] { return static_cast<bool>(state.done[slot]); });
      if (!in_time) throw Timeout(fmt::format("DataLoader: no batch within {} ms", timeout->count()));
    }
  }
  state.done[slot] = false;
  const std::exception_ptr error = std::exchange(state.errors[slot], nullptr);
  lock.unlock();
  if (error) std::rethrow_exception(error);
}

}  // namespace xgrad::data::detail
