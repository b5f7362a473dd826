/// What the examples share: common options, a progress bar, a table of a model's layers.
#pragma once

#include <xgrad/xgrad.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <string>

namespace support {

/// The options that every example takes.
struct CommonOptions {
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0: as many as there are cores
  std::int64_t epochs = 1;

  void add_to(CLI::App& app);
  /// Seeds the generator and sets the number of threads.
  void apply() const;
};

/// Progress through an epoch: a bar that redraws itself on a terminal, a line now and then elsewhere.
class Progress {
 public:
  Progress(std::string title, std::int64_t total, std::string unit);
  /// `done` of `total` so far; `figures` such as "loss 0.31 accuracy 0.87".
  void update(std::int64_t done, const std::string& figures);
  /// Ends the bar and returns the seconds since the start.
  double finish(const std::string& figures);

 private:
  double seconds() const;
  std::string rate(std::int64_t done) const;

  std::string title_;
  std::int64_t total_;
  std::string unit_;
  bool terminal_;
  double last_shown_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Prints the layers of a model with their parameter counts.
void print_layers(const xgrad::nn::Module& model);

/// Runs a program's main, and turns exceptions into a message and exit code 1.
int run(int argc, char** argv, int (*program)(int, char**));

}  // namespace support
