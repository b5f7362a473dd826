// One training step of an LSTM (row F: 256 -> 512, 40 steps) on several ranks, each on cores of its own: its time, what a
// rank sends, and a hash of the parameters. One line of JSON. With --failure kill or stop, the last rank does not get that
// far.

#include <sched.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

#include "distributed/environment.h"
#include "xgrad/distributed.h"
#include "xgrad/xgrad.h"

namespace {

using namespace xgrad;

struct Options {
  int ranks = 1;
  std::int64_t shards = 1;
  int threads = 1;
  std::string backend = "gloo";
  std::int64_t batch = 64;
  std::int64_t input = 256;
  std::int64_t hidden = 512;
  std::int64_t time = 40;
  int steps = 12;
  int first_core = 0;
  double bucket_mb = 8;
  std::string failure;
  int timeout = 300;
};

/// `threads` cores, from `first` on.
void pin(int first, int threads) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const std::size_t there = std::thread::hardware_concurrency();
  for (int i = 0; i < threads; ++i) CPU_SET(static_cast<std::size_t>(first + i) % there, &cores);
  ::sched_setaffinity(0, sizeof cores, &cores);
}

/// Seconds of the processor that this thread, or the whole process, has had.
double processor_seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::uint64_t hash_of(const TensorList& tensors) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const Tensor& tensor : tensors) {
    const auto* bytes = static_cast<const unsigned char*>(tensor.data_ptr());
    for (std::size_t i = 0; i < static_cast<std::size_t>(tensor.numel()) * tensor.element_size(); ++i) {
      hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
    }
  }
  return hash;
}

void measure(const Options& options) {
  using Clock = std::chrono::steady_clock;
  manual_seed(0);
  nn::LSTM lstm(options.input, options.hidden);
  nn::parallel::DistributedDataParallel ddp(lstm, {.shards = options.shards,
                                                   .bucket_bytes = static_cast<std::int64_t>(options.bucket_mb * (1 << 20)),
                                                   .check_every = 0});
  optim::Adam adam(lstm->parameters(), optim::AdamOptions(1e-3));
  TensorList inputs;
  for (std::int64_t shard = 0; shard < options.shards; ++shard) {
    const Generator data(static_cast<std::uint64_t>(shard));
    inputs.push_back(randn({options.time, options.batch / options.shards, options.input}, data));
  }
  std::vector<double> seconds;
  distributed::Traffic before;
  double thread_before = 0;
  double process_before = 0;
  constexpr int warm_up = 3;
  for (int step = 0; step < options.steps + warm_up; ++step) {
    if (step == warm_up) {
      before = distributed::world().traffic();
      thread_before = processor_seconds(CLOCK_THREAD_CPUTIME_ID);
      process_before = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
      if (!options.failure.empty() && distributed::get_rank() == distributed::get_world_size() - 1) {
        std::raise(options.failure == "kill" ? SIGKILL : SIGSTOP);
      }
    }
    const auto start = Clock::now();
    adam.zero_grad();
    ddp.step([&](std::int64_t shard) { return std::get<0>(ddp(inputs[static_cast<std::size_t>(shard)])).square().mean(); });
    adam.step();
    if (step >= warm_up) seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  const distributed::Traffic after = distributed::world().traffic();
  const double thread = (processor_seconds(CLOCK_THREAD_CPUTIME_ID) - thread_before) / options.steps;
  const double process = (processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - process_before) / options.steps;
  std::sort(seconds.begin(), seconds.end());
  if (!distributed::is_main()) return;
  std::int64_t elements = 0;
  for (const Tensor& parameter : lstm->parameters()) elements += parameter.numel();
  std::printf(
      "{\"ranks\": %d, \"shards\": %lld, \"threads\": %d, \"batch\": %lld, \"median\": %.6f, \"quartiles\": [%.6f, %.6f], "
      "\"messages\": %.1f, \"bytes\": %.0f, \"gradient_bytes\": %lld, \"thread_seconds\": %.6f, \"process_seconds\": %.6f, \"hash\": \"%016llx\"}\n",
      options.ranks, static_cast<long long>(options.shards), options.threads, static_cast<long long>(options.batch),
      seconds[seconds.size() / 2], seconds[seconds.size() / 4], seconds[seconds.size() * 3 / 4],
      static_cast<double>(after.messages - before.messages) / options.steps,
      static_cast<double>(after.bytes - before.bytes) / options.steps, static_cast<long long>(4 * elements), thread, process,
      static_cast<unsigned long long>(hash_of(lstm->parameters())));
}

}  // namespace

int main(int argc, char** argv) try {
  Options options;
  CLI::App app("Steps of an LSTM on several ranks");
  app.add_option("--ranks", options.ranks);
  app.add_option("--shards", options.shards);
  app.add_option("--threads", options.threads);
  app.add_option("--backend", options.backend);
  app.add_option("--batch", options.batch, "Sequences of a step, on all ranks together");
  app.add_option("--input", options.input);
  app.add_option("--hidden", options.hidden);
  app.add_option("--time", options.time);
  app.add_option("--steps", options.steps);
  app.add_option("--first-core", options.first_core, "Rank 0 runs there");
  app.add_option("--bucket-mb", options.bucket_mb);
  app.add_option("--failure", options.failure, "Ends or stops the last rank")->check(CLI::IsMember({"kill", "stop"}));
  app.add_option("--timeout", options.timeout, "Seconds that an operation may take");
  CLI11_PARSE(app, argc, argv);
  if (options.ranks > 1 && !distributed::is_launched()) {
    return distributed::launch(argc, argv, {.ranks = options.ranks, .backend = options.backend});
  }
  // Before there are threads: they inherit it.
  pin(options.first_core + distributed::read_environment().rank * options.threads, options.threads);
  distributed::init_process_group({.timeout = std::chrono::seconds(options.timeout)});
  set_num_threads(options.threads);
  measure(options);
  distributed::destroy_process_group();
  return 0;
} catch (const distributed::DistributedError& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return distributed::restart_exit_code;
}
