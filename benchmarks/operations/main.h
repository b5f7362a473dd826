/// The program around the rows: to be included last, where `api` is an alias.
#pragma once

#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

#include "operations/comparing.h"
#include "operations/elementwise.h"
#include "operations/indexing.h"
#include "operations/layers.h"
#include "operations/losses.h"
#include "operations/rearranging.h"
#include "operations/reductions.h"
#include "operations/sequences.h"
#include "operations/shapes.h"
#include "operations/signals.h"
#include "operations/special.h"
#include "operations/triad.h"

namespace benchmarks {

/// Made when it is first asked for, and dropped when the next one is: inputs of one row at a time are in memory.
class CurrentStep {
 public:
  const Step& of(const Case& row, std::int64_t elements) {
    const std::string wanted = row.name + '/' + std::to_string(elements);
    if (wanted != name_) {
      step_ = Step();
      name_ = wanted;
      api::manual_seed(0);
      step_ = row.make(elements);
      if (step_) step_();
    }
    return step_;
  }

 private:
  std::string name_;
  Step step_;
};

inline void register_case(const Case& row, std::int64_t elements) {
  static CurrentStep current;
  benchmark::RegisterBenchmark((row.name + '/' + std::to_string(elements)).c_str(),
                               [row, elements](benchmark::State& state) {
                                 try {
                                   const Step& step = current.of(row, elements);
                                   if (!step) {
                                     state.SkipWithError("not of this size");
                                     return;
                                   }
                                   for (auto _ : state) step();
                                 } catch (const std::exception& error) {
                                   state.SkipWithError(error.what());
                                 }
                               })
      ->UseRealTime()
      ->Unit(benchmark::kNanosecond);
}

inline int run_operations(int argc, char** argv, void (*set_threads)(int)) {
  std::vector<char*> own{argv[0]};
  std::vector<char*> benchmark_options{argv[0]};
  for (int i = 1; i < argc; ++i) {
    (std::string(argv[i]).starts_with("--benchmark") ? benchmark_options : own).push_back(argv[i]);
  }
  CLI::App app("Measures operations, forward and backward. Other options are Google Benchmark's.");
  int threads = 1;
  std::vector<std::int64_t> sizes{16, 4096, 65536, 1048576};
  std::string filter;
  std::vector<std::string> names;
  bool list = false;
  bool triad = false;
  app.add_option("--threads", threads, "Threads to use")->check(CLI::PositiveNumber);
  app.add_option("--sizes", sizes, "Elements of the inputs")->check(CLI::PositiveNumber)->delimiter(',');
  app.add_option("--filter", filter, "Only rows whose name matches this regular expression");
  app.add_option("--row", names, "Only the row of this name; may be given again");
  app.add_flag("--list", list, "Name the rows, and measure nothing");
  app.add_flag("--triad", triad, "Print how many GB/s a triad of the first of the sizes moves, and measure nothing else");
  CLI11_PARSE(app, static_cast<int>(own.size()), own.data());
  if (triad) {
    std::cout << triad_bandwidth(sizes.front()) << '\n';
    return 0;
  }
  set_threads(threads);
  const std::regex wanted(filter);
  std::set<std::string> names_so_far;
  for (const auto& cases :
       {elementwise_cases(), special_cases(), comparing_cases(), reduction_cases(), rearranging_cases(), indexing_cases(),
        shape_cases(), layer_cases(), loss_cases(), sequence_cases(), signal_cases()}) {
    for (const Case& row : cases) {
      if (!names_so_far.insert(row.name).second) throw std::logic_error("two rows are called " + row.name);
      const bool named = names.empty() || std::find(names.begin(), names.end(), row.name) != names.end();
      if (!named || !std::regex_search(row.name, wanted)) continue;
      if (list) std::cout << row.name << '\n';
      for (const std::int64_t elements : sizes) register_case(row, elements);
    }
  }
  if (list) return 0;
  int count = static_cast<int>(benchmark_options.size());
  benchmark::Initialize(&count, benchmark_options.data());
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace benchmarks
