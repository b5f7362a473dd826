/// Pipeline: results made ahead by threads, and taken in order. What all data loaders run on.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::data::detail {

/// A result took longer than its taker would wait.
class Timeout : public Error {
 public:
  using Error::Error;
};

/// Threads that do jobs 0, 1, ..., which are begun in this order. At most `window` jobs are allowed and not yet taken.
class Workers {
 public:
  /// As many threads as asked for, however few cores there are: they may wait for one another. With 0, whoever takes a job
  /// does it. Throws ValueError where the system has no thread to give.
  Workers(std::size_t threads, std::size_t window, std::function<void(std::size_t)> job);
  /// Gives up the jobs that nobody has begun, and waits for those that somebody has.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Jobs below `limit` may begin.
  void allow(std::size_t limit);
  /// Waits until job `number`, the one after that which was taken last, is done; rethrows what it threw. Throws Timeout
  /// where it is not done in time; it can be taken again.
  void take(std::size_t number, std::optional<std::chrono::milliseconds> timeout);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A ring of results that are made ahead.
template <class Result>
class Pipeline {
 public:
  /// Makes a result, or nothing at the end: on any of the threads, in the grad and inference mode of the thread
  /// that made the pipeline.
  using Job = std::function<std::optional<Result>()>;
  /// Gives the next job, or an empty one after the last. Called on the thread that calls next(), in order.
  using Source = std::function<Job()>;

  Pipeline(std::size_t threads, std::size_t window, Source source)
      : source_(std::move(source)),
        grad_mode_(GradMode::is_enabled()),
        inference_mode_(InferenceMode::is_enabled()),
        slots_(threads > 0 ? std::max<std::size_t>(window, 1) : 1),
        workers_(std::make_unique<Workers>(threads, slots_.size(), [this](std::size_t number) {
          const InferenceMode inference_mode(inference_mode_);
          const AutoGradMode grad_mode(grad_mode_);
          Slot& slot = slots_[number % slots_.size()];
          slot.result = std::exchange(slot.job, nullptr)();
        })) {}

  /// The next result; nothing after the last one. At most `ahead` jobs, and one at least, are begun and not yet taken.
  /// Throws what the job threw, and goes on behind it; Timeout where it is not done in time.
  std::optional<Result> next(std::optional<std::chrono::milliseconds> timeout = std::nullopt,
                             std::size_t ahead = std::numeric_limits<std::size_t>::max()) {
    while (workers_) {
      const std::size_t limit = taken_ + std::clamp<std::size_t>(ahead, 1, slots_.size());
      while (!over_ && begun_ < limit) {
        Job job = source_();
        if (job) slots_[begun_++ % slots_.size()].job = std::move(job);
        else over_ = true;
      }
      if (taken_ == begun_) break;
      workers_->allow(begun_);
      try {
        workers_->take(taken_, timeout);
      } catch (const Timeout&) {
        throw;
      } catch (...) {
        ++taken_;
        throw;
      }
      std::optional<Result> result = std::exchange(slots_[taken_++ % slots_.size()].result, std::nullopt);
      if (result) return result;
      over_ = true;  // jobs that were begun already may still have some
    }
    exhausted_ = true;
    return std::nullopt;
  }
  /// Whether next() has given nothing.
  bool is_exhausted() const { return exhausted_; }
  /// Gives up what nobody has begun, and waits for the rest: next() gives nothing then.
  void close() {
    workers_.reset();
    exhausted_ = true;
  }

 private:
  struct Slot {
    Job job;
    std::optional<Result> result = std::nullopt;
  };

  Source source_;
  bool grad_mode_;
  bool inference_mode_;
  bool over_ = false;
  bool exhausted_ = false;
  std::size_t begun_ = 0;
  std::size_t taken_ = 0;
  std::vector<Slot> slots_;           ///< job i at i % size
  std::unique_ptr<Workers> workers_;  ///< last: its end waits for the threads, which use all of the above
};

}  // namespace xgrad::data::detail
