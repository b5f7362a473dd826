// What sums in a fixed order cost beside the engine's own, and what waiting costs: exchange --ranks 2 [--waits SECONDS].
// Ranks by mpirun, each on a core of its own. One line of JSON for each size, or for the wait.

#include <mpi.h>
#include <sched.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "distributed/environment.h"
#include "xgrad/distributed.h"
#include "xgrad/xgrad.h"

namespace {

using namespace xgrad;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Sums of one size, ours and the engine's in turns, both on the thread that exchanges gradients.
void compare(std::int64_t bytes) {
  const Tensor own = ones({bytes / 4});
  const Tensor sum = zeros({bytes / 4});
  const auto* from = static_cast<const std::byte*>(own.data_ptr());
  auto* to = static_cast<std::byte*>(sum.data_ptr());
  std::vector<double> ordered;
  std::vector<double> theirs;
  distributed::world().run("exchange", [&](distributed::Channel& channel) {
    const std::vector<distributed::NodeValues> nodes{{{channel.rank(), channel.rank() + 1}, from}};
    const int turns = bytes > (8 << 20) ? 15 : 60;
    for (int turn = 0; turn < turns; ++turn) {
      channel.all_gather("", 1);
      auto start = Clock::now();
      distributed::reduce_shards(channel, distributed::ReduceOp::sum, kFloat32, channel.size(), nodes, to, bytes / 4);
      ordered.push_back(seconds_since(start));
      channel.all_gather("", 1);
      start = Clock::now();
      MPI_Allreduce(from, to, static_cast<int>(bytes / 4), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
      theirs.push_back(seconds_since(start));
    }
  });
  if (!distributed::is_main()) return;
  const double a = median({ordered.begin() + 5, ordered.end()});
  const double b = median({theirs.begin() + 5, theirs.end()});
  std::printf("{\"bytes\": %lld, \"ordered_ms\": %.4f, \"engine_ms\": %.4f, \"ratio\": %.3f}\n",
              static_cast<long long>(bytes), 1e3 * a, 1e3 * b, a / b);
}

/// The share of a core that a rank takes while it waits for another one.
void wait(double seconds) {
  distributed::barrier();
  timespec before{};
  timespec after{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  const auto start = Clock::now();
  if (!distributed::is_main()) std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  distributed::barrier();
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  const double used =
      static_cast<double>(after.tv_sec - before.tv_sec) + 1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec);
  if (distributed::is_main()) std::printf("{\"share_of_a_core_while_waiting\": %.4f}\n", used / seconds_since(start));
}

}  // namespace

int main(int argc, char** argv) {
  int ranks = 2;
  double waits = 0;
  CLI::App app("Sums in a fixed order beside MPI_Allreduce");
  app.add_option("--ranks", ranks);
  app.add_option("--waits", waits, "Measure waiting instead, for so many seconds");
  CLI11_PARSE(app, argc, argv);
  if (!distributed::is_launched()) return distributed::launch(argc, argv, {.ranks = ranks, .backend = "mpi"});
  cpu_set_t core;
  CPU_ZERO(&core);
  CPU_SET(static_cast<std::size_t>(distributed::read_environment().rank) % std::thread::hardware_concurrency(), &core);
  ::sched_setaffinity(0, sizeof core, &core);
  distributed::init_process_group({.backend = "mpi"});
  set_num_threads(1);
  if (waits > 0) {
    wait(waits);
  } else {
    for (std::int64_t bytes = 64 << 10; bytes <= 64 << 20; bytes *= 4) compare(bytes);
  }
  distributed::destroy_process_group();
  return 0;
}
