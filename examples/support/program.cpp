#include "program.h"

#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <sstream>

#include "plot.h"

namespace support {

std::string to_string(const Figures& figures) {
  std::string text;
  for (const auto& [name, value] : figures) text += fmt::format("{}{} {:.4g}", text.empty() ? "" : " ", name, value);
  return text;
}

void CommonOptions::add_to(CLI::App& app, const std::string& epochs_help) {
  app.add_option("--seed", seed, "Seed of all random numbers")->capture_default_str();
  app.add_option("--threads", threads, "Threads; 0 takes one for each core")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  app.add_option("--epochs", epochs, epochs_help)->capture_default_str()->check(CLI::NonNegativeNumber);
}

void CommonOptions::add_training_to(CLI::App& app, const std::string& epochs_help) {
  add_to(app, epochs_help);
  app.add_option("--plot", plot, "Draw the curves into this file, .svg or .png (needs gnuplot)");
  app.add_option("--log", log, "Write metrics.csv and TensorBoard's event file to this folder");
  app.add_option("--checkpoint", checkpoint, "Save the state of training to this folder after epochs");
  app.add_flag("--resume", resume, "Go on where the checkpoint ends");
}

void CommonOptions::apply() const {
  xgrad::manual_seed(seed);
  if (threads > 0) xgrad::set_num_threads(threads);
  if (!plot.empty()) check_plot(plot);
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

void print_result(const Figures& figures) {
  fmt::print("result:");
  for (const auto& [name, value] : figures) fmt::print(" {}={:.6g}", name, value);
  fmt::print("\n");
}

int run(int argc, char** argv, int (*program)(int, char**)) {
  try {
    return program(argc, argv);
  } catch (const Interrupted& interrupted) {
    fmt::print(stderr, "{}\n", interrupted.what());
    return 130;
  } catch (const std::exception& error) {
    std::fflush(stdout);
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
  }
}

}  // namespace support
