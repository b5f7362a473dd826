#include "xgrad/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <set>
#include <string_view>
#include <system_error>

#include "autograd/base/atomic_file.h"
#include "autograd/base/check.h"
#include "autograd/io/archive.h"
#include "autograd/io/pytorch.h"
#include "nn/load_plan.h"
#include "nn/state_dict.h"

namespace xgrad {
namespace {

constexpr std::string_view prefix = "checkpoint-";
constexpr std::string_view ending = ".pt";
constexpr const char* best_name = "best.pt";
constexpr const char* format_name = "xgrad checkpoint 1";
constexpr std::string_view own_keys[] = {"format", "step", "metric", "best_metric", "extra", "generator"};

/// The step of a checkpoint's file name.
std::optional<std::int64_t> step_of(std::string_view name) {
  if (!name.starts_with(prefix) || !name.ends_with(ending)) return std::nullopt;
  name = name.substr(prefix.size(), name.size() - prefix.size() - ending.size());
  std::int64_t step = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), step);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return step;
}

Value number_or_none(const std::optional<double>& number) { return number ? Value(*number) : Value(); }

std::optional<double> optional_number(const Value& value) {
  return value.is_none() ? std::nullopt : std::optional<double>(value.to_double());
}

}  // namespace

Value detail::deep_copy(const Value& value) {
  if (value.is_tensor()) return value.to_tensor().detach().clone();
  if (value.is_list()) {
    Value::List elements;
    for (const Value& element : value.list()) elements.push_back(deep_copy(element));
    return value.kind() == Value::Kind::tuple ? Value::tuple(std::move(elements)) : Value(std::move(elements));
  }
  if (value.is_dict()) {
    Value::Dict items;
    for (const auto& [key, item] : value.dict()) items[key] = deep_copy(item);
    return items;
  }
  return value;
}

namespace {

/// What a module keeps besides parameters and buffers, which LoadPlan brings back by itself: its state with copies of the
/// rest. None where there is no rest.
Value own_state(const nn::Module& module) {
  serialize::OutputArchive archive;
  module.save(archive);
  std::set<const Storage*> registered;  // archives hold handles of their own
  for (const auto& tensors : {module.parameters(), module.buffers()}) {
    for (const Tensor& tensor : tensors) registered.insert(tensor.impl()->storage.get());
  }
  Value::Dict state;
  bool any = false;
  for (const auto& [key, value] : archive.entries()) {
    const bool is_registered = value.is_tensor() && registered.contains(value.to_tensor().impl()->storage.get());
    state[key] = is_registered ? value : detail::deep_copy(value);
    any |= !is_registered;
  }
  return any ? Value(std::move(state)) : Value();
}

}  // namespace

Checkpoint::Checkpoint(std::string folder, const CheckpointOptions& options)
    : folder_(folder.empty() ? "." : std::move(folder)), options_(options) {
  check<ValueError>(options.keep_last >= 1, "Checkpoint: keep_last must be at least 1, got {}", options.keep_last);
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  check<FileError>(std::filesystem::is_directory(folder_), "cannot make the folder {}: {}", folder_, error.message());
}

Value detail::module_state(const nn::Module& module) {
  serialize::OutputArchive archive;
  module.save(archive);
  return archive.entries();
}

void detail::load_module_state(nn::Module& module, const Value& state) {
  serialize::InputArchive archive(state);
  nn::load_archive(module, archive);
}

Checkpoint& Checkpoint::add(const std::string& name, nn::Module& module) {
  add(
      name, [&module] { return detail::module_state(module); },
      [&module](const Value& state) { detail::load_module_state(module, state); });
  parts_.back().prepare = [&module](const Value& state) {
    serialize::InputArchive archive(state);
    return nn::detail::prepare_archive(module, archive);
  };
  parts_.back().snapshot = [&module] { return own_state(module); };
  return *this;
}

Checkpoint& Checkpoint::add(const std::string& name, const Generator& generator) {
  return add(
      name, [generator] { return Value(generator.get_state()); },
      [generator](const Value& state) { Generator(generator).set_state(state.to_string()); });
}

Checkpoint& Checkpoint::add(const std::string& name, SaveFunction save, LoadFunction load) {
  const bool taken = std::find(std::begin(own_keys), std::end(own_keys), name) != std::end(own_keys) ||
                     std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.name == name; });
  check<ValueError>(!taken, "Checkpoint: the name '{}' is taken", name);
  parts_.push_back({.name = name, .save = std::move(save), .load = std::move(load)});
  return *this;
}

void Checkpoint::save(std::int64_t step, std::optional<double> metric, const Value& extra) {
  check<ValueError>(step > last_step_, "Checkpoint: step {} does not follow step {}", step, last_step_);
  const auto existing = files();
  check<ValueError>(existing.empty() || existing.back().first <= last_step_,
                    "Checkpoint: {} is of a run that was not resumed: call resume(), or choose another folder",
                    existing.empty() ? "" : existing.back().second);
  // A metric that is no number is never the best.
  const bool is_best = metric && !std::isnan(*metric) &&
                       (!best_metric_ || (options_.lower_is_better ? *metric < *best_metric_ : *metric > *best_metric_));
  const std::optional<double> best_metric = is_best ? metric : best_metric_;
  Value::Dict state{{"format", format_name},
                    {"step", step},
                    {"metric", number_or_none(metric)},
                    {"best_metric", number_or_none(best_metric)},
                    {"extra", extra},
                    {"generator", default_generator().get_state()}};
  for (const Part& part : parts_) state[part.name] = part.save();

  // The best one first: a run that is killed between the two goes on from the checkpoint before, and writes both again.
  const std::filesystem::path folder(folder_);
  if (is_best) save_value(state, (folder / best_name).string());
  save_value(state, (folder / fmt::format("{}{:010d}{}", prefix, step, ending)).string());
  last_step_ = step;
  best_metric_ = best_metric;

  auto files_now = files();
  const auto keep = static_cast<std::size_t>(options_.keep_last);
  for (std::size_t i = 0; i + keep < files_now.size(); ++i) {
    std::error_code ignored;  // a file that stays costs space, and nothing else
    std::filesystem::remove(files_now[i].second, ignored);
  }
}

std::optional<CheckpointProgress> Checkpoint::resume() {
  remove_stale_temporaries(folder_);
  return load(latest());
}

std::optional<CheckpointProgress> Checkpoint::load_best() { return load(best()); }

std::string Checkpoint::latest() const {
  const auto existing = files();
  return existing.empty() ? "" : existing.back().second;
}

std::string Checkpoint::best() const {
  const std::filesystem::path path = std::filesystem::path(folder_) / best_name;
  return std::filesystem::exists(path) ? path.string() : "";
}

std::optional<CheckpointProgress> Checkpoint::load(const std::string& path) {
  if (path.empty()) return std::nullopt;
  const Value state = load_value(path);
  CheckpointProgress progress;
  try {
    check<FileError>(state.at("format").to_string() == format_name, "expected the format '{}', got '{}'", format_name,
                     state.at("format").to_string());
    progress.step = state.at("step").to_int();
    progress.metric = optional_number(state.at("metric"));
    progress.best_metric = optional_number(state.at("best_metric"));
    progress.extra = state.at("extra");
    restore(state);
  } catch (const Error& error) {
    throw FileError(fmt::format("{}: {}", path, error.what()));
  }
  const auto existing = files();
  last_step_ = existing.empty() ? progress.step : std::max(progress.step, existing.back().first);
  best_metric_ = progress.best_metric;
  return progress;
}

void Checkpoint::restore(const Value& state) const {
  std::string problems;
  for (const Part& part : parts_) {
    if (!state.contains(part.name)) problems += fmt::format("\n  missing: {}", part.name);
  }
  for (const auto& [key, value] : state.dict()) {
    const bool known =
        key.is_string() &&
        (std::find(std::begin(own_keys), std::end(own_keys), key.string()) != std::end(own_keys) ||
         std::any_of(parts_.begin(), parts_.end(), [&name = key](const Part& part) { return part.name == name.string(); }));
    if (!known) problems += fmt::format("\n  unexpected: {}", key.repr());
  }
  check<FileError>(problems.empty(), "the checkpoint does not have the parts that were added:{}", problems);

  // Modules and optimizers, which are large, change once all parts fit. The others are small: each changes only if its state
  // fits, and where a later one does not, the earlier ones go back.
  std::vector<std::function<void()>> commits;
  std::vector<Value> before;
  const std::string generator_before = default_generator().get_state();
  try {
    for (const Part& part : parts_) {
      before.push_back(part.snapshot ? part.snapshot() : detail::deep_copy(part.save()));
      try {
        if (part.prepare) commits.push_back(part.prepare(state.at(part.name)));
        else part.load(state.at(part.name));
      } catch (const Error& error) {
        throw FileError(fmt::format("'{}': {}", part.name, error.what()));
      }
    }
    default_generator().set_state(state.at("generator").to_string());
  } catch (...) {
    while (!commits.empty()) commits.pop_back();  // the last one goes back first, where parts share parameters
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!parts_[i].snapshot || !before[i].is_none()) parts_[i].load(before[i]);
    }
    default_generator().set_state(generator_before);
    throw;
  }
  for (const std::function<void()>& commit : commits) commit();
}

std::vector<std::pair<std::int64_t, std::string>> Checkpoint::files() const {
  std::vector<std::pair<std::int64_t, std::string>> result;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    if (const auto step = step_of(entry.path().filename().string())) result.emplace_back(*step, entry.path().string());
  }
  check<FileError>(!error, "cannot read the folder {}: {}", folder_, error.message());
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace xgrad
