#include "data/prefetcher.h"

#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace xgrad::data::detail {

struct Workers::Arena {
  // More than the machine's threads would take memory and bring nothing: TBB has no more.
  explicit Arena(int workers)
      : arena(std::clamp(workers, 1, oneapi::tbb::info::default_concurrency()), /*reserved_for_masters=*/0) {}
  oneapi::tbb::task_arena arena;
};

Workers::Workers(int count) : arena_(std::make_unique<Arena>(count)) {}

Workers::~Workers() = default;

void Workers::enqueue(std::function<void()> task) { arena_->arena.enqueue(std::move(task)); }

struct Prefetcher::State {
  State(std::size_t count, std::size_t window, std::function<void(std::size_t)> job)
      : count(count), job(std::move(job)), done(window, false), errors(window) {}

  const std::size_t count;
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void(std::size_t)> job;
  std::size_t next = 0;   ///< the first job that nobody has begun
  std::size_t limit = 0;  ///< jobs below it may begin
  std::size_t running = 0;
  std::vector<bool> done;  ///< job i at i % window, as for errors
  std::vector<std::exception_ptr> errors;
};

Prefetcher::Prefetcher(std::shared_ptr<Workers> workers, std::size_t count, std::size_t window,
                       std::function<void(std::size_t)> job)
    : workers_(std::move(workers)),
      state_(std::make_shared<State>(count, workers_ ? std::max<std::size_t>(window, 1) : 1, std::move(job))) {}

Prefetcher::~Prefetcher() {
  std::unique_lock lock(state_->mutex);
  state_->limit = 0;
  state_->changed.wait(lock, [this] { return state_->running == 0; });
  const auto job = std::exchange(state_->job, nullptr);  // what it holds goes now, not with the last task in the queue
  lock.unlock();
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

void Prefetcher::take(std::size_t number) {
  State& state = *state_;
  const std::size_t window = state.done.size();
  const std::size_t slot = number % window;
  std::unique_lock lock(state.mutex);
  const std::size_t limit = std::min(state.count, number + window);
  const std::size_t begun = std::exchange(state.limit, limit);
  if (workers_) {
    lock.unlock();
    for (std::size_t i = begun; i < limit; ++i) workers_->enqueue([state = state_] { work(*state); });
    lock.lock();
  }
  while (!state.done[slot]) {
    if (state.next <= number) {
      lock.unlock();
      work(state);
      lock.lock();
    } else {
      state.changed.wait(lock);
    }
  }
  state.done[slot] = false;
  const std::exception_ptr error = std::exchange(state.errors[slot], nullptr);
  lock.unlock();
  if (error) std::rethrow_exception(error);
}

}  // namespace xgrad::data::detail
