#include "autograd/base/parallel.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "autograd/base/error.h"

namespace xgrad {

namespace {

struct Threads {
  std::mutex mutex;
  std::atomic<int> count{std::max(1, oneapi::tbb::info::default_concurrency())};
  std::shared_ptr<oneapi::tbb::task_arena> arena;
  std::unique_ptr<oneapi::tbb::global_control> more_than_cores;  ///< TBB stops at the number of cores unless told
};

Threads& threads() {
  static Threads instance;
  return instance;
}

/// The arena in use: shared, so that a change of the number of threads leaves running work alone.
std::shared_ptr<oneapi::tbb::task_arena> current_arena() {
  const std::lock_guard lock(threads().mutex);
  if (!threads().arena) threads().arena = std::make_shared<oneapi::tbb::task_arena>(threads().count.load());
  return threads().arena;
}

thread_local bool inside_parallel_region = false;

}  // namespace

void set_num_threads(int count) {
  if (count < 1) throw ValueError("set_num_threads: expected at least 1, got " + std::to_string(count));
  const std::lock_guard lock(threads().mutex);
  if (threads().count.exchange(count) == count) return;
  threads().arena.reset();
  threads().more_than_cores.reset();
  if (count > oneapi::tbb::info::default_concurrency()) {
    threads().more_than_cores = std::make_unique<oneapi::tbb::global_control>(
        oneapi::tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(count));
  }
}

int get_num_threads() { return threads().count.load(std::memory_order_relaxed); }

namespace kernels {

void parallel_for(std::int64_t begin, std::int64_t end, std::int64_t grain,
                  FunctionRef<void(std::int64_t, std::int64_t)> body) {
  if (begin >= end) return;
  const std::int64_t length = end - begin;
  const std::int64_t workers = get_num_threads();
  if (workers == 1 || length <= grain || inside_parallel_region) {
    body(begin, end);
    return;
  }
  const std::int64_t parts = std::min(workers, (length + grain - 1) / grain);
  const auto arena = current_arena();
  arena->execute([&] {
    // Isolated: a thread that waits here must not pick up unrelated work with another thread's settings.
    oneapi::tbb::this_task_arena::isolate([&] {
      oneapi::tbb::parallel_for(
          std::int64_t{0}, parts,
          [&](std::int64_t part) {
            inside_parallel_region = true;
            struct Reset {
              ~Reset() { inside_parallel_region = false; }
            } reset;
            body(begin + length * part / parts, begin + length * (part + 1) / parts);
          },
          oneapi::tbb::simple_partitioner());
    });
  });
}

}  // namespace kernels
}  // namespace xgrad
