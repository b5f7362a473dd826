/// One training run: what it shows, logs, draws and saves, so that a program's loop stays a plain loop.
#pragma once

#include <xgrad/xgrad.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plot.h"
#include "program.h"
#include "progress.h"
#include "summary_writer.h"

namespace support {

/// Counts epochs and steps:
///
///   support::Training training(options, "classify", model, optimizer);
///   while (training.next_epoch(number_of_titles, "titles")) {
///     for (const auto& [x, y] : training.batches(loader)) {
///       ...
///       training.step(y.size(0), {{"loss", loss.item<double>()}});
///     }
///     training.end_epoch({{"validation_accuracy", accuracy(model, validation_loader)}});
///   }
///   training.finish();
///
/// It prints a line for each epoch (some of them where epochs are many): the mean of each figure of its steps, and beside it
/// the figures given to end_epoch, under a heading of their own where they are called validation_... or test_...
///
/// With --checkpoint it saves the state after epochs, ten seconds apart
/// at least; after Ctrl-C it saves in any case, and throws Interrupted. A run that is resumed computes the same bits as one
/// that was never stopped, given that `batches` or `first_step` leads it through the epoch, and that all random numbers of
/// an epoch are drawn between its steps.
class Training {
 public:
  /// `model`, `optimizer` and `scheduler` have to live longer. With --resume, they get the state of the last checkpoint.
  /// Throws ValueError where there is a checkpoint already, and no --resume.
  Training(const CommonOptions& options, std::string name, xgrad::nn::Module& model, xgrad::optim::Optimizer& optimizer,
           xgrad::optim::LRScheduler* scheduler = nullptr);
  ~Training();
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  /// Keeps the weights of the epoch in which a figure of end_epoch is best, and marks it. Training ends after `patience`
  /// epochs without a better one (0: never), and finish() goes back to the best.
  void keep_best(const std::string& figure, bool higher_is_better, std::int64_t patience);
  /// The epoch whose weights finish() went back to; 0 without keep_best.
  std::int64_t best_epoch() const { return best_epoch_; }
  /// Shows nothing, for programs that print lines of their own.
  void set_quiet() { quiet_ = true; }
  /// Begins the next epoch, of `total` items called `unit`; false after the last one, and when patience has run out.
  bool next_epoch(std::int64_t total, const std::string& unit);
  /// The number of the current epoch, from 1.
  std::int64_t epoch() const { return epoch_; }
  /// The number of the first step of this epoch: 0, unless the run is resumed in the middle of it.
  std::int64_t first_step() const { return epoch_step_; }
  /// The batches of this epoch that are still to do.
  template <class Loader>
  auto batches(Loader& loader) {
    check_batches(static_cast<std::int64_t>(loader.size()));
    loader.set_epoch(static_cast<std::uint64_t>(epoch_ - 1));
    struct Rest {
      Loader& loader;
      std::int64_t done;
      auto begin() {
        auto batch = loader.begin();
        for (std::int64_t i = 0; i < done; ++i) ++batch;
        return batch;
      }
      auto end() { return loader.end(); }
    };
    return Rest{loader, epoch_step_};
  }
  /// Counts a step of the optimizer over `items`.
  void step(std::int64_t items, const Figures& figures);
  /// Ends the epoch, which has these figures besides.
  void end_epoch(const Figures& further = {});
  /// Goes back to the best epoch where keep_best was called, and says so. Draws the curves, where --plot asks for them.
  void finish();
  /// The first part of finish(), for programs that draw more than curves.
  void take_best();

  /// What a figure was at the end of the last epoch; NaN where there was none.
  double last(const std::string& figure) const;
  /// The seconds of an epoch's steps, on average.
  double seconds_per_epoch() const;
  /// The curves of loss and metrics over the epochs, as panels of a picture.
  std::vector<Panel> curves() const;
  /// For scalars, histograms and texts of the program's own; nullptr without --log.
  SummaryWriter* writer() const { return writer_.get(); }

 private:
  /// Short runs show each epoch, long ones the way through all of them.
  bool shows_epochs() const { return options_.epochs <= 50; }
  void print_epoch(const Figures& figures);
  bool note_best(const Figures& figures);
  Figures means() const;
  void write_csv(const Figures& figures);
  void check_batches(std::int64_t batches);
  void open_checkpoint(const std::string& folder);
  void save();
  xgrad::Value state() const;
  void set_state(const xgrad::Value& state);

  CommonOptions options_;
  std::string name_;
  xgrad::nn::Module& model_;
  xgrad::optim::Optimizer& optimizer_;
  xgrad::optim::LRScheduler* scheduler_;
  bool quiet_ = false;
  std::string watched_;  ///< the figure of keep_best
  bool higher_is_better_ = false;
  std::int64_t patience_ = 0;
  double best_ = 0;
  std::int64_t best_epoch_ = 0;
  std::map<std::string, xgrad::Tensor> best_state_;
  bool header_shown_ = false;
  std::int64_t epoch_ = 0;
  std::int64_t step_ = 0;             ///< of all epochs
  std::int64_t epoch_step_ = 0;       ///< of this epoch
  std::int64_t batches_ = 0;          ///< of an epoch; 0 where that is not known yet
  std::int64_t items_ = 0;            ///< of this epoch so far
  Figures sums_;                      ///< over the items of this epoch
  std::optional<Progress> progress_;  ///< of this epoch, or where epochs are many of the whole run
  std::chrono::steady_clock::time_point epoch_start_;
  std::chrono::steady_clock::time_point last_save_ = std::chrono::steady_clock::now();
  bool in_epoch_ = false;  ///< between next_epoch and end_epoch
  bool resumed_ = false;   ///< in the middle of an epoch
  double seconds_ = 0;
  std::vector<Series> curves_;
  std::unique_ptr<SummaryWriter> writer_;
  std::optional<xgrad::Checkpoint> checkpoint_;
  std::FILE* csv_ = nullptr;
};

}  // namespace support
