#include "data/pipeline.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "autograd/base/check.h"

namespace xgrad::data::detail {

struct Workers::State {
  State(std::size_t window, std::function<void(std::size_t)> job_)
      : job(std::move(job_)), done(window, false), errors(window) {}

  /// Does the next job, whose turn it is. The lock is held before and after.
  void work(std::unique_lock<std::mutex>& lock) {
    const std::size_t number = next++;
    lock.unlock();
    std::exception_ptr error;
    try {
      job(number);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    done[number % done.size()] = true;
    errors[number % errors.size()] = std::move(error);
    finished.notify_all();
  }

  /// What a thread does all its life.
  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      allowed.wait(lock, [this] { return stopped || next < limit; });
      if (stopped) return;
      work(lock);
    }
  }

  void stop() {
    {
      const std::lock_guard lock(mutex);
      stopped = true;
    }
    allowed.notify_all();
    for (std::thread& thread : threads) thread.join();
  }

  std::function<void(std::size_t)> job;
  std::mutex mutex;
  std::condition_variable allowed;
  std::condition_variable finished;
  std::size_t next = 0;   ///< the first job that nobody has begun
  std::size_t limit = 0;  ///< jobs below it may begin
  bool stopped = false;
  std::vector<bool> done;  ///< job i at i % window, as for errors
  std::vector<std::exception_ptr> errors;
  std::vector<std::thread> threads;
};

Workers::Workers(std::size_t threads, std::size_t window, std::function<void(std::size_t)> job)
    : state_(std::make_unique<State>(window, std::move(job))) {
  State& state = *state_;
  try {
    while (state.threads.size() < threads) state.threads.emplace_back([&state] { state.run(); });
  } catch (const std::system_error& error) {
    const std::size_t started = state.threads.size();
    state.stop();
    throw ValueError(fmt::format("DataLoader: {} workers are more than the system has threads for: {} were started: {}",
                                 threads, started, error.what()));
  }
}

Workers::~Workers() { state_->stop(); }

void Workers::allow(std::size_t limit) {
  State& state = *state_;
  std::size_t more = 0;
  {
    const std::lock_guard lock(state.mutex);
    more = limit - std::exchange(state.limit, limit);
  }
  if (more == 1) state.allowed.notify_one();
  else if (more > 1) state.allowed.notify_all();
}

void Workers::take(std::size_t number, std::optional<std::chrono::milliseconds> timeout) {
  State& state = *state_;
  const std::size_t slot = number % state.done.size();
  std::unique_lock lock(state.mutex);
  if (state.threads.empty()) {
    if (state.next == number) state.work(lock);
  } else {
    const auto is_done = [&] { return static_cast<bool>(state.done[slot]); };
    if (!timeout) {
      state.finished.wait(lock, is_done);
    } else if (!state.finished.wait_for(lock, *timeout, is_done)) {
      throw Timeout(
          fmt::format("Timeout in DataLoader queue while waiting for next batch (timeout was {} ms)", timeout->count()));
    }
  }
  state.done[slot] = false;
  const std::exception_ptr error = std::exchange(state.errors[slot], nullptr);
  lock.unlock();
  if (error) std::rethrow_exception(error);
}

}  // namespace xgrad::data::detail
