/// Checkpoint: the whole state of a training run in one file, so that a run that was stopped goes on as if it had not been.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/io/value.h"
#include "autograd/ops/random.h"
#include "nn/module.h"

namespace xgrad {

/// How a Checkpoint keeps files, for designated initialisers: `{.keep_last = 5}`.
struct CheckpointOptions {
  std::int64_t keep_last = 3;   ///< how many of the newest checkpoints stay; the best one stays besides
  bool lower_is_better = true;  ///< of the metric: true for a loss, false for an accuracy
};

/// What is kept of a run's progress besides the states.
struct CheckpointProgress {
  std::int64_t step = 0;              ///< the number given to save()
  std::optional<double> metric;       ///< the metric given to save()
  std::optional<double> best_metric;  ///< the best one up to here
  Value extra;                        ///< what else was given to save()
};

namespace detail {

/// An object that gives and takes its whole state, as optimizers, schedulers and loaders do.
template <class T>
concept Stateful = requires(T& object, const T& constant, const Value& state) {
  { constant.state_dict() } -> std::convertible_to<Value>;
  object.load_state_dict(state);
};

/// One that checks a state first, and takes it later, as optimizers do.
template <class T>
concept StatefulInTwoSteps = Stateful<T> && requires(T& object, const Value& state) {
  { object.prepare_state_dict(state) } -> std::convertible_to<std::function<void()>>;
};

/// A copy whose tensors have memory of their own.
Value deep_copy(const Value& value);

/// What Module::save writes, as a part of a checkpoint.
Value module_state(const nn::Module& module);
/// Loads that, as nn::load_archive.
void load_module_state(nn::Module& module, const Value& state);

}  // namespace detail

/// Saves a run's state in a folder, and brings it back. The default random generator is always a part of it.
///
///   Checkpoint checkpoint("runs/1", {.keep_last = 3});
///   checkpoint.add("model", model).add("optimizer", optimizer).add("scheduler", scheduler).add("loader", loader);
///   std::int64_t step = 0;
///   if (auto progress = checkpoint.resume()) step = progress->step;
///   while (loader.epoch() < epochs) {
///     for (auto& batch : loader) {
///       train(batch);
///       if (++step % 1000 == 0) checkpoint.save(step, loss);
///     }
///     scheduler.step();
///     checkpoint.save(++step, evaluate());
///   }
///
/// Every checkpoint is one file that is written beside its place, brought to the disk and renamed: a process that is killed
/// at any moment leaves the last whole checkpoint. After `resume`, a run computes the same bits as one that was never
/// stopped, in the middle of an epoch as well. The files are PyTorch's: in Python, torch.load gives a dictionary with
/// "model" (for load_state_dict), "optimizer" and the rest.
class Checkpoint {
 public:
  using SaveFunction = std::function<Value()>;             ///< gives the state of a part
  using LoadFunction = std::function<void(const Value&)>;  ///< takes it, or throws and changes nothing

  /// Makes the folder where there is none. Throws ValueError where `keep_last` is below 1, FileError where the folder cannot
  /// be made.
  explicit Checkpoint(std::string folder, const CheckpointOptions& options = {});

  /// Adds a part by name: a module, an optimizer, a scheduler, a DataLoader, a Generator, or anything with `state_dict()`
  /// and `load_state_dict(const Value&)`. The part must live as long as the Checkpoint is used. Throws ValueError for a name
  /// that is taken.
  Checkpoint& add(const std::string& name, nn::Module& module);
  /// A module by its holder.
  template <class Impl>
  Checkpoint& add(const std::string& name, const nn::ModuleHolder<Impl>& module) {
    return add(name, static_cast<nn::Module&>(*module));
  }
  /// A random generator besides the default one.
  Checkpoint& add(const std::string& name, const Generator& generator);
  /// Anything with `state_dict()` and `load_state_dict(const Value&)`.
  template <detail::Stateful Part>
  Checkpoint& add(const std::string& name, Part& part) {
    add(
        name, [&part] { return Value(part.state_dict()); }, [&part](const Value& state) { part.load_state_dict(state); });
    if constexpr (detail::StatefulInTwoSteps<Part>) {
      parts_.back().prepare = [&part](const Value& state) { return part.prepare_state_dict(state); };
      parts_.back().snapshot = [] { return Value(); };
    }
    return *this;
  }
  /// A part of any kind, from functions that give and take its state.
  Checkpoint& add(const std::string& name, SaveFunction save, LoadFunction load);

  /// Writes a checkpoint. `step` must grow from one to the next. With a metric, the best checkpoint is kept as well. `extra`
  /// comes back from resume(). Throws ValueError where the folder holds checkpoints of a run that was not resumed, FileError
  /// where the file cannot be written.
  void save(std::int64_t step, std::optional<double> metric = std::nullopt, const Value& extra = {});

  /// Goes back to the newest checkpoint, and removes what killed processes left behind; nothing where there is none. Throws
  /// FileError for a damaged file, and where it does not fit the parts: then none of them has changed.
  std::optional<CheckpointProgress> resume();
  /// Goes back to the best checkpoint; nothing where there is none. Throws as resume().
  std::optional<CheckpointProgress> load_best();

  /// The file of the newest checkpoint; empty where there is none.
  std::string latest() const;
  /// The file of the best checkpoint; empty where there is none.
  std::string best() const;

 private:
  struct Part {
    std::string name;
    SaveFunction save;
    LoadFunction load;
    /// Where a part loads in two steps: takes the first, and returns the second. Undone where that is dropped uncalled, but
    /// for what load() of the snapshot brings back; None where that is nothing.
    std::function<std::function<void()>(const Value&)> prepare = nullptr;
    SaveFunction snapshot = nullptr;
  };

  std::optional<CheckpointProgress> load(const std::string& path);
  void restore(const Value& state) const;
  std::vector<std::pair<std::int64_t, std::string>> files() const;

  std::string folder_;
  CheckpointOptions options_;
  std::vector<Part> parts_;
  std::int64_t last_step_ = std::numeric_limits<std::int64_t>::min();
  std::optional<double> best_metric_;
};

}  // namespace xgrad
