// Optimizers in archives, and in those of libtorch's C++ torch::save.
#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/io/archive.h"
#include "autograd/io/value.h"
#include "optim/optimizer.h"

namespace xgrad::optim {

namespace {

/// The key that only libtorch's C++ optimizers write.
constexpr const char* libtorch_version = "pytorch_version";

/// What a libtorch archive says about one group, as Python's state_dict has it. Parameters are named by addresses there, and
/// get the numbers that follow `numbers`.
Value::Dict group_of_libtorch(const Value& group, std::map<std::string, std::int64_t>& numbers) {
  Value::Dict result = group.at("options").dict();
  Value::List params;
  const std::int64_t count = group.at("params/size").to_int();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::int64_t>(numbers.size());
    numbers.emplace(group.at(fmt::format("params/{}", i)).to_string(), number);
    params.emplace_back(number);
  }
  result["params"] = std::move(params);
  return result;
}

Value state_of_libtorch(const serialize::InputArchive& archive) {
  Value groups;
  Value states;
  archive.read("param_groups", groups);
  archive.read("state", states);
  std::map<std::string, std::int64_t> numbers;
  Value::List result_groups;
  const std::int64_t count = groups.at("param_groups/size").to_int();
  for (std::int64_t i = 0; i < count; ++i) {
    result_groups.emplace_back(group_of_libtorch(groups.at(fmt::format("param_groups/{}", i)), numbers));
  }
  Value::Dict result_states;
  for (const auto& [address, state] : states.dict()) {
    const auto found = numbers.find(address.string());
    check<ValueError>(found != numbers.end(), "Optimizer::load: {} has a state, but is in no group", address.repr());
    result_states[found->second] = state;
  }
  return Value::Dict{{"state", std::move(result_states)}, {"param_groups", std::move(result_groups)}};
}

}  // namespace

void Optimizer::save(serialize::OutputArchive& archive) const {
  const Value state = state_dict();
  for (const auto& [key, value] : state.dict()) archive.write(key.string(), value);
}

void Optimizer::load(serialize::InputArchive& archive) {
  if (archive.entries().contains(libtorch_version)) return load_state_dict(state_of_libtorch(archive));
  load_state_dict(archive.entries());
}

serialize::OutputArchive& operator<<(serialize::OutputArchive& archive, const Optimizer& optimizer) {
  optimizer.save(archive);
  return archive;
}

serialize::InputArchive& operator>>(serialize::InputArchive& archive, Optimizer& optimizer) {
  optimizer.load(archive);
  return archive;
}

}  // namespace xgrad::optim

namespace xgrad {

void save(const optim::Optimizer& optimizer, const std::string& path) {
  serialize::OutputArchive archive;
  optimizer.save(archive);
  archive.save_to(path);
}

void save(const optim::Optimizer& optimizer, std::ostream& stream) {
  serialize::OutputArchive archive;
  optimizer.save(archive);
  archive.save_to(stream);
}

void load(optim::Optimizer& optimizer, const std::string& path, std::optional<Device> device) {
  serialize::InputArchive archive;
  archive.load_from(path, device);
  optimizer.load(archive);
}

void load(optim::Optimizer& optimizer, std::istream& stream, std::optional<Device> device) {
  serialize::InputArchive archive;
  archive.load_from(stream, device);
  optimizer.load(archive);
}

}  // namespace xgrad
