#include "training.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <limits>
#include <utility>

#include "screen.h"

namespace support {

using xgrad::FileError;
using xgrad::ValueError;

namespace {

volatile std::sig_atomic_t interrupted = 0;

/// The second Ctrl-C ends the program at once.
void on_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

Training::Training(const CommonOptions& options, std::string name, xgrad::nn::Module& model,
                   xgrad::optim::Optimizer& optimizer, xgrad::optim::LRScheduler* scheduler)
    : options_(options), name_(std::move(name)), model_(model), optimizer_(optimizer), scheduler_(scheduler) {
  // Of several ranks the one that writes decides, and the others notice that it leaves.
  std::signal(SIGINT, options_.writes ? on_interrupt : SIG_IGN);
  if (!options_.checkpoint.empty()) {
    open_checkpoint(options_.checkpoint);
    if (options_.resume) {
      if (!checkpoint_->resume() && options_.writes) {
        fmt::print("{}: nothing is saved there yet; the run starts from the beginning\n", options_.checkpoint);
      }
    } else if (!checkpoint_->latest().empty()) {
      throw ValueError("--checkpoint: there is " + checkpoint_->latest() +
                       " already; go on with --resume, or choose another folder");
    }
  } else if (options_.resume) {
    throw ValueError("--resume needs --checkpoint and the folder of the run to go on with");
  }
  if (options_.log.empty()) return;
  const std::filesystem::path folder = std::filesystem::path(options_.log) / name_;
  writer_ = std::make_unique<SummaryWriter>(folder.string());
  csv_ = std::fopen((folder / "metrics.csv").c_str(), step_ > 0 ? "a" : "w");
  if (csv_ == nullptr) throw FileError((folder / "metrics.csv").string() + ": cannot be written");
  std::fseek(csv_, 0, SEEK_END);
}

void Training::open_checkpoint(const std::string& folder) {
  checkpoint_.emplace((std::filesystem::path(folder) / name_).string(), xgrad::CheckpointOptions{.keep_last = 2});
  checkpoint_->add("model", model_).add("optimizer", optimizer_);
  if (scheduler_ != nullptr) checkpoint_->add("scheduler", *scheduler_);
  checkpoint_->add(
      "training", [this] { return state(); }, [this](const xgrad::Value& state) { set_state(state); });
}

void Training::save() {
  // An epoch's end counts as a step of its own: it may be saved after the epoch's last step was.
  checkpoint_->save(step_ + epoch_ - (in_epoch_ ? 1 : 0));
  last_save_ = std::chrono::steady_clock::now();
}

xgrad::Value Training::state() const {
  using xgrad::Value;
  Value::List sums;
  for (const auto& [name, sum] : sums_) sums.push_back(Value::List{name, sum});
  Value::List curves;
  for (const Series& curve : curves_) {
    curves.push_back(
        Value::List{curve.title, xgrad::tensor(curve.x, xgrad::kFloat64), xgrad::tensor(curve.y, xgrad::kFloat64)});
  }
  Value::Dict best;
  for (const auto& [name, tensor] : best_state_) best[name] = tensor;
  return Value::Dict{{"epoch", epoch_},
                     {"step", step_},
                     {"seed", options_.seed},
                     {"batches", batches_},
                     {"epoch_step", epoch_step_},
                     {"in_epoch", in_epoch_},
                     {"items", items_},
                     {"seconds", seconds_},
                     {"sums", sums},
                     {"curves", curves},
                     {"best", best_},
                     {"best_epoch", best_epoch_},
                     {"best_state", best}};
}

void Training::set_state(const xgrad::Value& state) {
  const auto seed = static_cast<std::uint64_t>(state.at("seed").to_int());
  if (seed != options_.seed) {
    throw ValueError(fmt::format("--resume: the run that is saved has --seed {}, not {}", seed, options_.seed));
  }
  batches_ = state.at("batches").to_int();
  epoch_ = state.at("epoch").to_int();
  step_ = state.at("step").to_int();
  epoch_step_ = state.at("epoch_step").to_int();
  resumed_ = state.at("in_epoch").to_bool();
  items_ = state.at("items").to_int();
  seconds_ = state.at("seconds").to_double();
  sums_.clear();
  for (const xgrad::Value& sum : state.at("sums").list()) {
    sums_.emplace_back(sum.at(0).to_string(), sum.at(1).to_double());
  }
  best_ = state.at("best").to_double();
  best_epoch_ = state.at("best_epoch").to_int();
  best_state_.clear();
  for (const auto& [name, tensor] : state.at("best_state").dict()) best_state_[name.string()] = tensor.to_tensor();
  curves_.clear();
  for (const xgrad::Value& curve : state.at("curves").list()) {
    curves_.push_back({curve.at(0).to_string(), curve.at(1).to_tensor().to_vector<double>(),
                       curve.at(2).to_tensor().to_vector<double>(), false});
  }
}

void Training::check_batches(std::int64_t batches) {
  if (batches_ != 0 && batches_ != batches) {
    throw ValueError(
        fmt::format("--resume: an epoch of the run that is saved has {} batches, now it has {}: give the same "
                    "data, shares and --batch-size",
                    batches_, batches));
  }
  batches_ = batches;
}

Training::~Training() {
  if (csv_ != nullptr) std::fclose(csv_);
}

bool Training::next_epoch(std::int64_t total, const std::string& unit) {
  if (!resumed_) {
    if (epoch_ >= options_.epochs) return false;
    if (patience_ > 0 && best_epoch_ > 0 && epoch_ - best_epoch_ >= patience_) return false;
    ++epoch_;
    epoch_step_ = 0;
    items_ = 0;
    sums_.clear();
  }
  resumed_ = false;
  in_epoch_ = true;
  if (quiet_) {
    progress_.reset();
  } else if (shows_epochs()) {
    progress_.emplace(fmt::format("{} epoch {}/{}", name_, epoch_, options_.epochs), total, unit);
  } else if (!progress_) {
    progress_.emplace(name_, options_.epochs, "epochs");
  }
  epoch_start_ = std::chrono::steady_clock::now();
  return true;
}

Figures Training::means() const {
  Figures result = sums_;
  for (auto& [name, value] : result) value /= static_cast<double>(std::max<std::int64_t>(1, items_));
  return result;
}

void Training::step(std::int64_t items, const Figures& figures) {
  ++step_;
  ++epoch_step_;
  items_ += items;
  for (const auto& [name, value] : figures) {
    const auto found =
        std::find_if(sums_.begin(), sums_.end(), [&name = name](const auto& sum) { return sum.first == name; });
    auto& sum = found != sums_.end() ? *found : sums_.emplace_back(name, 0.0);
    sum.second += value * static_cast<double>(items);
    if (writer_) writer_->add_scalar("step/" + name, value, step_);
  }
  if (progress_ && shows_epochs()) progress_->update(items_, to_string(means()));
  if (interrupted != 0) {
    if (progress_) progress_->clear();
    std::string folder = options_.checkpoint;
    if (folder.empty()) folder = fmt::format("checkpoint-{}", getpid());
    if (!checkpoint_) open_checkpoint(folder);
    save();
    throw Interrupted(fmt::format("stopped in epoch {}, after step {}, and saved {}; to go on, add --checkpoint {} --resume",
                                  epoch_, step_, checkpoint_->latest(), folder));
  }
}

void Training::keep_best(const std::string& figure, bool higher_is_better, std::int64_t patience) {
  watched_ = figure;
  higher_is_better_ = higher_is_better;
  patience_ = patience;
}

/// Whether this epoch is the best so far; then its weights are kept.
bool Training::note_best(const Figures& figures) {
  for (const auto& [name, value] : figures) {
    if (name != watched_) continue;
    if (std::isnan(value) || (best_epoch_ > 0 && !(higher_is_better_ ? value > best_ : value < best_))) return false;
    best_ = value;
    best_epoch_ = epoch_;
    best_state_.clear();
    for (const auto& [key, tensor] : xgrad::nn::state_dict(model_)) best_state_[key] = tensor.detach().clone();
    return true;
  }
  return false;
}

namespace {

/// "validation_loss" as {"validation", "loss"}; what a step counts belongs to "train".
std::pair<std::string, std::string> part_and_name(const std::string& figure) {
  for (const char* part : {"validation", "test"}) {
    if (figure.starts_with(std::string(part) + "_")) return {part, figure.substr(std::string(part).size() + 1)};
  }
  return {"train", figure};
}

constexpr std::size_t figure_width = 9;
std::size_t width_of_figure(const std::string& figure) {
  return std::max(figure_width, part_and_name(figure).second.size()) + 2;
}

std::string time_left(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{} h {:02}", whole / 3600, whole / 60 % 60);
}

}  // namespace

void Training::print_epoch(const Figures& figures) {
  const std::string epochs = std::to_string(options_.epochs);
  const std::size_t first = std::max({std::size_t{7}, 2 * epochs.size() + 1, std::min<std::size_t>(12, name_.size())});
  if (!header_shown_) {
    std::string parts = fmt::format("{:<{}}", shortened(name_, first), first);
    std::string names = fmt::format("{:>{}}", "epoch", first);
    std::string last;
    for (const auto& [figure, value] : figures) {
      const auto [part, name] = part_and_name(figure);
      parts += fmt::format("{:>{}}", part == last ? "" : part, width_of_figure(figure));
      names += fmt::format("{:>{}}", name, width_of_figure(figure));
      last = part;
    }
    parts.erase(parts.find_last_not_of(' ') + 1);
    fmt::print("{}\n{}\n", faint(parts), faint(names + "  seconds   left"));
    header_shown_ = true;
  }
  std::string line = fmt::format("{:>{}}", fmt::format("{}/{}", epoch_, epochs), first);
  for (const auto& [figure, value] : figures) line += fmt::format("{:>{}.4g}", value, width_of_figure(figure));
  line +=
      fmt::format("{:>9.1f}{:>7}", std::chrono::duration<double>(std::chrono::steady_clock::now() - epoch_start_).count(),
                  time_left(seconds_per_epoch() * static_cast<double>(options_.epochs - epoch_)));
  const bool is_best = best_epoch_ == epoch_;
  fmt::print("{}\n", is_best ? good(line + " best") : line);
  std::fflush(stdout);
}

void Training::end_epoch(const Figures& further) {
  const double epoch_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - epoch_start_).count();
  seconds_ += epoch_seconds;
  Figures figures = means();
  figures.insert(figures.end(), further.begin(), further.end());
  if (!watched_.empty()) note_best(figures);
  if (progress_) {
    const std::int64_t stride = shows_epochs() ? 1 : options_.epochs / 20;
    if (epoch_ % stride == 0 || epoch_ == 1 || epoch_ == options_.epochs) {
      progress_->clear();
      print_epoch(figures);
    } else {
      progress_->update(epoch_, to_string(figures));
    }
  }
  for (const auto& [name, value] : figures) {
    if (writer_) writer_->add_scalar("epoch/" + name, value, epoch_);
    const auto found =
        std::find_if(curves_.begin(), curves_.end(), [&name = name](const Series& curve) { return curve.title == name; });
    Series& curve = found != curves_.end() ? *found : curves_.emplace_back(Series{name, {}, {}, false});
    curve.x.push_back(static_cast<double>(epoch_));
    curve.y.push_back(value);
  }
  write_csv(figures);
  in_epoch_ = false;
  const std::chrono::duration<double> unsaved = std::chrono::steady_clock::now() - last_save_;
  if (checkpoint_ && options_.writes && (unsaved.count() > 10 || epoch_ == options_.epochs)) save();
}

void Training::write_csv(const Figures& figures) {
  if (csv_ == nullptr) return;
  if (std::ftell(csv_) == 0) {
    fmt::print(csv_, "epoch,step,seconds");
    for (const auto& [name, value] : figures) fmt::print(csv_, ",{}", name);
    fmt::print(csv_, "\n");
  }
  fmt::print(csv_, "{},{},{:.3f}", epoch_, step_, seconds_);
  for (const auto& [name, value] : figures) fmt::print(csv_, ",{}", value);
  fmt::print(csv_, "\n");
  if (std::fflush(csv_) != 0) throw FileError(options_.log + ": metrics.csv cannot be written");
}

double Training::last(const std::string& figure) const {
  for (const Series& curve : curves_) {
    if (curve.title == figure) return curve.y.back();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Training::seconds_per_epoch() const { return epoch_ > 0 ? seconds_ / static_cast<double>(epoch_) : 0; }

std::vector<Panel> Training::curves() const {
  // One panel for each figure, with train and validation in it; losses first.
  std::vector<Panel> panels;
  for (const Series& curve : curves_) {
    const auto [part, name] = part_and_name(curve.title);
    auto panel = std::find_if(panels.begin(), panels.end(), [&name = name](const Panel& p) { return p.y_label == name; });
    if (panel == panels.end()) {
      const Panel made{.title = name_ + ": " + name, .x_label = "epoch", .y_label = name, .series = {}};
      panel = panels.insert(name == "loss" ? panels.begin() : panels.end(), made);
    }
    panel->series.push_back(curve);
  }
  for (Panel& panel : panels) {
    if (panel.y_label != "loss") continue;
    double least = std::numeric_limits<double>::infinity();
    double most = 0;
    for (const Series& curve : panel.series) {
      const auto [low, high] = std::minmax_element(curve.y.begin(), curve.y.end());
      least = std::min(least, *low);
      most = std::max(most, *high);
    }
    panel.logarithmic = least > 0 && most > 1000 * least;
  }
  return panels;
}

void Training::take_best() {
  if (best_epoch_ == 0) return;
  xgrad::nn::load_state_dict(model_, best_state_);
  if (quiet_) return;
  if (progress_) progress_->clear();
  fmt::print("{}the weights of epoch {} are kept: {} {:.4g}\n",
             epoch_ < options_.epochs ? fmt::format("no better epoch in {}: stopped; ", patience_) : "", best_epoch_,
             watched_, best_);
}

void Training::finish() {
  take_best();
  if (!options_.plot.empty()) plot(options_.plot, curves());
}

}  // namespace support
