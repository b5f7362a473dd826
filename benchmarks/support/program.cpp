#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <fstream>
#include <iostream>
#include <memory>

#include "support/rows.h"

namespace benchmarks {

namespace {

/// Enough for pools, thread teams and lazily chosen kernels to settle.
constexpr int warm_up_steps = 2;

const Row& find_row(const std::string& name) {
  for (const auto* list : {&rows(), &throughput_rows()}) {
    for (const Row& row : *list) {
      if (row.name == name) return row;
    }
  }
  throw std::invalid_argument("there is no row '" + name + "'");
}

/// Google Benchmark calls the function several times to find the number of iterations: the model is built once.
void register_row(const Library& library, const Row& row) {
  const auto step = std::make_shared<Step>();
  benchmark::RegisterBenchmark(row.name.c_str(),
                               [&library, row, step](benchmark::State& state) {
                                 if (!*step) {
                                   *step = library.training(row);
                                   if (!*step) {
                                     state.SkipWithError("not in this library");
                                     return;
                                   }
                                   for (int i = 0; i < warm_up_steps; ++i) (*step)();
                                 }
                                 for (auto _ : state) (*step)();
                                 state.counters["operations"] =
                                     row.kind == Kind::chain ? static_cast<double>(chain_operations) : 1;
                                 state.counters["flops"] = row.flops();
                                 state.counters["tokens"] = static_cast<double>(row.tokens());
                               })
      ->UseRealTime()
      ->Unit(benchmark::kNanosecond);
}

std::int64_t resident_kib() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  statm >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/// Peak resident memory of a row's training, and the page faults that a step causes once the memory has settled.
void report_memory(const Library& library, const Row& row) {
  const std::int64_t before = resident_kib();
  const Step step = library.training(row);
  if (!step) throw std::invalid_argument("row " + row.name + " is not in this library");
  constexpr int settling = 5;
  constexpr int counted = 10;
  for (int i = 0; i < settling; ++i) step();
  rusage start{};
  rusage end{};
  getrusage(RUSAGE_SELF, &start);
  for (int i = 0; i < counted; ++i) step();
  getrusage(RUSAGE_SELF, &end);
  std::cout << "{\"peak_kib\": " << end.ru_maxrss << ", \"before_kib\": " << before
            << ", \"faults_per_step\": " << static_cast<double>(end.ru_minflt - start.ru_minflt) / counted << "}\n";
}

/// Each call timed by itself.
void report_latency(const Library& library, const Row& row) {
  const Step step = library.streaming ? library.streaming(row) : Step();
  if (!step) throw std::invalid_argument("row " + row.name + " does not stream in this library");
  using Clock = std::chrono::steady_clock;
  const auto timed = [&] {
    const auto start = Clock::now();
    step();
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
  };
  for (int i = 0; i < 200; ++i) timed();
  std::vector<double> times;
  const auto end = Clock::now() + std::chrono::milliseconds(500);
  while (times.size() < 1000 || Clock::now() < end) times.push_back(timed());
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(std::floor(share * static_cast<double>(times.size() - 1)))];
  };
  std::cout << "{\"p50_ns\": " << at(0.5) << ", \"p99_ns\": " << at(0.99) << ", \"calls\": " << times.size() << "}\n";
}

int measure(int argc, char** argv, const Library& library) {
  benchmark::Initialize(&argc, argv);
  CLI::App app("Steps of training with " + library.name +
               ". Google Benchmark's options work too: --benchmark_filter=^A$ ...");
  int threads = 1;
  std::string memory;
  std::string latency;
  app.add_option("--threads", threads, "Threads")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--memory", memory, "Print the peak memory of this row's training instead");
  app.add_option("--latency", latency, "Print the latency of one step of this row's layer in streaming inference instead");
  CLI11_PARSE(app, argc, argv);
  library.set_threads(threads);
  if (!memory.empty()) {
    report_memory(library, find_row(memory));
  } else if (!latency.empty()) {
    report_latency(library, find_row(latency));
  } else {
    for (const Row& row : rows()) register_row(library, row);
    for (const Row& row : throughput_rows()) register_row(library, row);
    benchmark::RunSpecifiedBenchmarks();
  }
  return 0;
}

}  // namespace

int run(int argc, char** argv, const Library& library) {
  try {
    return measure(argc, argv, library);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

}  // namespace benchmarks
