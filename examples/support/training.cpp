#include "training.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <limits>

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
  std::signal(SIGINT, on_interrupt);
  if (!options_.checkpoint.empty()) {
    open_checkpoint(options_.checkpoint);
    if (options_.resume) {
      checkpoint_->resume();
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
  return Value::Dict{{"epoch", epoch_},       {"step", step_},   {"epoch_step", epoch_step_},
                     {"in_epoch", in_epoch_}, {"items", items_}, {"seconds", seconds_},
                     {"sums", sums},          {"curves", curves}};
}

void Training::set_state(const xgrad::Value& state) {
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
  curves_.clear();
  for (const xgrad::Value& curve : state.at("curves").list()) {
    curves_.push_back({curve.at(0).to_string(), curve.at(1).to_tensor().to_vector<double>(),
                       curve.at(2).to_tensor().to_vector<double>(), false});
  }
}

Training::~Training() {
  if (csv_ != nullptr) std::fclose(csv_);
}

bool Training::next_epoch(std::int64_t total, const std::string& unit) {
  if (!resumed_) {
    if (epoch_ >= options_.epochs) return false;
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
    const auto found = std::find_if(sums_.begin(), sums_.end(), [&](const auto& sum) { return sum.first == name; });
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

void Training::end_epoch(const Figures& further) {
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - epoch_start_).count();
  Figures figures = means();
  if (progress_ && shows_epochs()) progress_->finish(to_string(figures));
  figures.insert(figures.end(), further.begin(), further.end());
  if (progress_ && shows_epochs()) {
    if (!further.empty()) fmt::print("{} epoch {}/{}: {}\n", name_, epoch_, options_.epochs, to_string(further));
  } else if (progress_) {
    progress_->update(epoch_, to_string(figures));
    if (epoch_ == options_.epochs) progress_->finish(to_string(figures));
  }
  for (const auto& [name, value] : figures) {
    if (writer_) writer_->add_scalar("epoch/" + name, value, epoch_);
    const auto found =
        std::find_if(curves_.begin(), curves_.end(), [&](const Series& curve) { return curve.title == name; });
    Series& curve = found != curves_.end() ? *found : curves_.emplace_back(Series{name, {}, {}, false});
    curve.x.push_back(static_cast<double>(epoch_));
    curve.y.push_back(value);
  }
  write_csv(figures);
  in_epoch_ = false;
  const std::chrono::duration<double> unsaved = std::chrono::steady_clock::now() - last_save_;
  if (checkpoint_ && (unsaved.count() > 10 || epoch_ == options_.epochs)) save();
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
  std::fflush(csv_);
}

double Training::last(const std::string& figure) const {
  for (const Series& curve : curves_) {
    if (curve.title == figure) return curve.y.back();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

double Training::seconds_per_epoch() const { return epoch_ > 0 ? seconds_ / static_cast<double>(epoch_) : 0; }

std::vector<Panel> Training::curves() const {
  Panel losses{.title = name_ + ": loss", .x_label = "epoch", .y_label = "loss", .series = {}};
  Panel metrics{.title = name_ + ": metric", .x_label = "epoch", .y_label = "", .series = {}};
  for (const Series& curve : curves_) {
    (curve.title.find("loss") != std::string::npos ? losses : metrics).series.push_back(curve);
  }
  std::vector<Panel> panels;
  for (Panel* const part : {&losses, &metrics}) {
    Panel& panel = *part;
    if (panel.series.empty()) continue;
    for (const Series& curve : panel.series) {
      const auto [least, most] = std::minmax_element(curve.y.begin(), curve.y.end());
      if (&panel == &losses && *least > 0 && *most > 1000 * *least) panel.logarithmic = true;
    }
    if (panel.series.size() == 1) panel.y_label = panel.series[0].title;
    panels.push_back(panel);
  }
  return panels;
}

void Training::finish() {
  if (!options_.plot.empty()) plot(options_.plot, curves());
}

}  // namespace support
