#include "distributed/checkpoint.h"

#include <utility>

#include "autograd/base/check.h"
#include "autograd/tensor/generator.h"
#include "distributed/collectives.h"
#include "distributed/init.h"

namespace xgrad::distributed {

namespace {

Value progress_value(const std::optional<CheckpointProgress>& progress) {
  if (!progress) return {};
  const auto number = [](const std::optional<double>& value) { return value ? Value(*value) : Value(); };
  return Value::Dict{{"step", progress->step},
                     {"metric", number(progress->metric)},
                     {"best_metric", number(progress->best_metric)},
                     {"extra", progress->extra}};
}

CheckpointProgress progress_of(const Value& value) {
  const auto number = [&](const char* name) {
    return value.at(name).is_none() ? std::nullopt : std::optional<double>(value.at(name).to_double());
  };
  return {value.at("step").to_int(), number("metric"), number("best_metric"), value.at("extra")};
}

}  // namespace

DistributedCheckpoint::Part DistributedCheckpoint::module_part(const std::string& name, nn::Module& module) {
  return {name, [&module] { return xgrad::detail::module_state(module); },
          [&module](const Value& state) { xgrad::detail::load_module_state(module, state); }};
}

DistributedCheckpoint::DistributedCheckpoint(std::string folder, const CheckpointOptions& options, ProcessGroup* group)
    : group_(detail::group_or_single(group)) {
  on_main([&] { written_ = std::make_unique<Checkpoint>(std::move(folder), options); });
}

DistributedCheckpoint& DistributedCheckpoint::add(const std::string& name, Checkpoint::SaveFunction save,
                                                  Checkpoint::LoadFunction load) {
  parts_.push_back({name, std::move(save), std::move(load)});
  return *this;
}

/// Runs on rank 0; where that throws, all ranks do.
template <class Function>
void DistributedCheckpoint::on_main(const Function& function) {
  std::string trouble;
  bool is_value = false;
  if (group_->rank() == 0) {
    try {
      function();
    } catch (const ValueError& error) {
      trouble = error.what();
      is_value = true;
    } catch (const Error& error) {
      trouble = error.what();
    }
  }
  const Value told = broadcast_object(Value::tuple({trouble, is_value}), 0, group_.get());
  trouble = told.at(0).to_string();
  is_value = told.at(1).to_bool();
  check<ValueError>(trouble.empty() || !is_value, "{}", trouble);
  check<FileError>(trouble.empty(), "{}", trouble);
}

/// Rank 0's Checkpoint sees the parts' states in `states_`: gathered before it writes, and given out after it has read.
void DistributedCheckpoint::add_parts() {
  for (; added_ < parts_.size(); ++added_) {
    const std::string& name = parts_[added_].name;
    written_->add(
        name, [this, name] { return states_.at(name); }, [this, name](const Value& state) { states_[name] = state; });
  }
}

void DistributedCheckpoint::save(std::int64_t step, std::optional<double> metric, const Value& extra) {
  states_ = {};
  for (const Part& part : parts_) states_[part.name] = part.save();
  on_main([&] {
    add_parts();
    written_->save(step, metric, extra);
  });
  states_ = {};
}

std::optional<CheckpointProgress> DistributedCheckpoint::resume() { return load(false); }

std::optional<CheckpointProgress> DistributedCheckpoint::load_best() { return load(true); }

std::optional<CheckpointProgress> DistributedCheckpoint::load(bool best) {
  Value found;
  // What Checkpoint asks for before it loads, to go back where a part does not fit; that is done here instead.
  states_ = {};
  for (const Part& part : parts_) states_[part.name] = Value();
  const std::string generator = default_generator().get_state();
  on_main([&] {
    add_parts();
    const auto progress = best ? written_->load_best() : written_->resume();
    found = Value::Dict{{"progress", progress_value(progress)},
                        {"states", progress ? Value(std::exchange(states_, {})) : Value()},
                        {"generator", default_generator().get_state()}};
  });
  found = broadcast_object(found, 0, group_.get());
  if (found.at("progress").is_none()) return std::nullopt;
  default_generator().set_state(generator);
  restore(found.at("states"));
  default_generator().set_state(found.at("generator").to_string());
  return progress_of(found.at("progress"));
}

void DistributedCheckpoint::restore(const Value& states) const {
  std::vector<Value> before;
  try {
    for (const Part& part : parts_) {
      before.push_back(xgrad::detail::deep_copy(part.save()));
      try {
        part.load(states.at(part.name));
      } catch (const Error& error) {
        throw FileError(fmt::format("the checkpoint's '{}': {}", part.name, error.what()));
      }
    }
  } catch (...) {
    for (std::size_t i = 0; i < before.size(); ++i) parts_[i].load(before[i]);
    throw;
  }
}

std::string DistributedCheckpoint::latest() const { return written_ ? written_->latest() : ""; }

}  // namespace xgrad::distributed
