/// What every example takes, and how it starts and ends.
#pragma once

#include <xgrad/xgrad.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "options.h"

namespace support {

/// Numbers with names, such as {{"loss", 0.31}, {"accuracy", 0.87}}, in the order in which they are shown.
using Figures = std::vector<std::pair<std::string, double>>;

/// "loss 0.31 accuracy 0.87"
std::string to_string(const Figures& figures);

/// The options that every example takes.
struct CommonOptions {
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0: as many as there are cores
  std::int64_t epochs = 1;
  std::string plot = {};        ///< a picture of the curves, .svg or .png; empty: none
  std::string log = {};         ///< a folder for metrics.csv and TensorBoard's event file; empty: none
  std::string checkpoint = {};  ///< a folder for checkpoints; empty: none
  bool resume = false;
  bool writes = true;  ///< whether this process is the one that leaves something behind: of several ranks, one is

  /// --seed, --threads and --epochs, the last with its own explanation.
  void add_to(OptionParser& parser, const std::string& epochs_help = "Passes over the training data");
  /// --plot, --log, --checkpoint and --resume as well.
  void add_training_to(OptionParser& parser, const std::string& epochs_help = "Passes over the training data");
  /// Seeds the generator, sets the number of threads, and checks what can only fail at the end otherwise.
  void apply() const;
};

/// What is held out of a program's data: a part to test with, where no file is given for that, and one that decides which
/// epoch is kept.
struct SplitOptions {
  double test_share = 0.2;
  double validation_share = 0.1;

  /// --test-share and --validation-share, which take `what`: "data", "sources" ...
  void add_to(OptionParser& parser, const std::string& what = "data");
};

// Options that several programs take, each with one explanation.
void add_encoding(OptionParser& parser, std::string& encoding);
/// --ragged-rows: "refuse", "fill" or "pass-over".
void add_ragged_rows(OptionParser& parser, std::string& ragged_rows);
xgrad::data::RaggedRows parse_ragged_rows(const std::string& name);
void add_patience(OptionParser& parser, std::int64_t& patience);
void add_save(OptionParser& parser, std::string& path);

/// Prints a model as nn::summary shows it: its layers as a tree, with the shapes that they return and their parameters.
void print_model(const xgrad::nn::ModelSummary& summary);

/// Where model and picture were saved (empty: they were not), and the command to try next, with `example` to predict.
void print_end(const std::string& program, const std::string& saved, const std::string& picture, const std::string& example);

/// The last line of every example: "result: accuracy=0.87 ...".
void print_result(const Figures& figures);

/// Thrown by Training after Ctrl-C, once everything is saved; `what()` says how to go on.
struct Interrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown where several processes train together and cannot go on: starting them again may help.
struct RanksFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs a program's main, and turns exceptions into a message and an exit code: 1, 75 after RanksFailed, 130 after Ctrl-C.
int run(int argc, char** argv, int (*program)(int, char**));

}  // namespace support
