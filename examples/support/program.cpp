#include "program.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <sstream>

namespace support {

void CommonOptions::add_to(CLI::App& app) {
  app.add_option("--seed", seed, "Seed of all random numbers")->capture_default_str();
  app.add_option("--threads", threads, "Threads; 0 takes one for each core")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--epochs", epochs, "Passes over the training data")->capture_default_str()->check(CLI::NonNegativeNumber);
}

void CommonOptions::apply() const {
  xgrad::manual_seed(seed);
  if (threads > 0) xgrad::set_num_threads(threads);
}

Progress::Progress(std::string title, std::int64_t total, std::string unit)
    : title_(std::move(title)), total_(total), unit_(std::move(unit)), terminal_(isatty(STDOUT_FILENO) != 0) {}

double Progress::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

std::string Progress::rate(std::int64_t done) const {
  const double elapsed = seconds();
  const double per_second = elapsed > 0 ? static_cast<double>(done) / elapsed : 0;
  const double left = per_second > 0 ? static_cast<double>(total_ - done) / per_second : 0;
  return fmt::format("{:.0f} {}/s, {:.0f} s left", per_second, unit_, left);
}

void Progress::update(std::int64_t done, const std::string& figures) {
  const double now = seconds();
  if (now - last_shown_ < (terminal_ ? 0.1 : 10)) return;
  last_shown_ = now;
  if (!terminal_) {
    fmt::print("{} {}/{}: {}, {}\n", title_, done, total_, figures, rate(done));
  } else {
    constexpr std::int64_t width = 24;
    const std::int64_t filled = total_ > 0 ? width * done / total_ : width;
    fmt::print("\r\x1b[K{} [{}{}] {}/{} {}, {}", title_, std::string(static_cast<std::size_t>(filled), '='),
               std::string(static_cast<std::size_t>(width - filled), ' '), done, total_, figures, rate(done));
  }
  std::fflush(stdout);
}

double Progress::finish(const std::string& figures) {
  const double elapsed = seconds();
  fmt::print("{}{}: {}, {:.1f} s, {:.0f} {}/s\n", terminal_ ? "\r\x1b[K" : "", title_, figures, elapsed,
             static_cast<double>(total_) / std::max(1e-9, elapsed), unit_);
  std::fflush(stdout);
  return elapsed;
}

void print_layers(const xgrad::nn::Module& model) {
  std::int64_t total = 0;
  fmt::print("{:<12} {:>10}  {}\n", "layer", "parameters", "module");
  for (const auto& child : model.named_children()) {
    std::int64_t count = 0;
    for (const xgrad::Tensor& parameter : child.value()->parameters()) count += parameter.numel();
    std::ostringstream module;
    child.value()->pretty_print(module);
    fmt::print("{:<12} {:>10}  {}\n", child.key(), count, module.str());
    total += count;
  }
  fmt::print("{:<12} {:>10}\n", "total", total);
}

int run(int argc, char** argv, int (*program)(int, char**)) {
  try {
    return program(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

}  // namespace support
