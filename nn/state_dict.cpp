#include "nn/state_dict.h"

#include <filesystem>
#include <set>

#include "autograd/base/check.h"
#include "autograd/io/safetensors.h"
#include "autograd/io/tensors.h"
#include "nn/load_plan.h"

namespace xgrad {

namespace nn {

std::map<std::string, Tensor> state_dict(const Module& module) {
  std::map<std::string, Tensor> state;
  for (const auto& tensors : {module.named_parameters(true, false), module.named_buffers(true, false)}) {
    for (const auto& item : tensors) state[item.key()] = item.value().detach();
  }
  return state;
}

IncompatibleKeys load_state_dict(Module& module, const std::map<std::string, Tensor>& state, OnlyBool strict) {
  IncompatibleKeys keys;
  detail::LoadPlan::run(module, "load_state_dict", "state", [&](detail::LoadPlan& plan) {
    std::map<std::string, Tensor> absent;
    std::set<std::string> names;
    for (const auto& tensors : {module.named_parameters(true, false), module.named_buffers(true, false)}) {
      for (const auto& item : tensors) {
        names.insert(item.key());
        if (const auto found = state.find(item.key()); found != state.end()) {
          const Value value = found->second;
          plan.take(item.key(), item.value(), &value);
        } else {
          absent.emplace(item.key(), item.value());
        }
      }
    }
    for (const auto& [name, tensor] : absent) {
      if (plan.has_value(tensor)) continue;
      keys.missing_keys.push_back(name);
      if (strict) plan.take(name, tensor, nullptr);
    }
    for (const auto& [name, tensor] : state) {
      if (names.contains(name)) continue;
      keys.unexpected_keys.push_back(name);
      if (strict) plan.refuse("unexpected: " + name);
    }
  });
  return keys;
}

namespace {

void collect_archive(detail::LoadPlan& plan, Module& module, serialize::InputArchive& archive) {
  const auto readers = archive.watch_readers();
  module.load(archive);
  // A module that reads for itself may keep more, or leave something out.
  for (const auto& [name, tensor] : named_tensors(archive.entries())) {
    const std::string owner = name.substr(0, name.rfind('.') + 1);
    if (!plan.names().contains(name) && !readers->contains(owner)) plan.refuse("unexpected: " + name);
  }
}

}  // namespace

IncompatibleKeys load_archive(Module& module, serialize::InputArchive& archive, OnlyBool strict) {
  if (!strict) return load_state_dict(module, named_tensors(archive.entries()), false);
  detail::LoadPlan::run(module, "load", "archive", [&](detail::LoadPlan& plan) { collect_archive(plan, module, archive); });
  return {};
}

std::function<void()> detail::prepare_archive(Module& module, serialize::InputArchive& archive) {
  return LoadPlan::prepare(module, "load", "archive", [&](LoadPlan& plan) { collect_archive(plan, module, archive); });
}

}  // namespace nn

void save(const nn::Module& module, const std::string& path, const std::map<std::string, std::string>& metadata) {
  serialize::OutputArchive archive;
  module.save(archive);
  const std::string ending = std::filesystem::path(path).extension().string();
  const bool is_pytorch = ending == ".pt" || ending == ".pth";
  check<ValueError>(metadata.empty() || (!is_pytorch && ending != ".npz"),
                    "save: {} files hold no metadata; save {} as .safetensors", ending, path);
  if (is_pytorch) return archive.save_to(path);
  std::map<std::string, Tensor> tensors;
  for (const auto& [key, value] : archive.entries()) {
    check<ValueError>(value.is_tensor(), "save: {} of {} is no tensor, which only .pt and .pth files can hold; got {}",
                      key.repr(), module.name(), path);
    tensors[key.string()] = value.to_tensor();
  }
  if (ending == ".npz") return save_tensors(tensors, path);
  save_safetensors(tensors, path, metadata);
}

void save(const nn::Module& module, std::ostream& stream) {
  serialize::OutputArchive archive;
  module.save(archive);
  archive.save_to(stream);
}

namespace {

/// The archive, which read(archive) fills, goes before the values are copied: each of them gives its memory back as soon as
/// it is.
template <class Read>
nn::IncompatibleKeys load_from(nn::Module& module, const Read& read, bool strict) {
  nn::IncompatibleKeys keys;
  nn::detail::LoadPlan::run(module, "load", "archive", [&](nn::detail::LoadPlan& /*plan*/) {
    serialize::InputArchive archive;
    read(archive);
    keys = nn::load_archive(module, archive, strict);
  });
  return keys;
}

}  // namespace

nn::IncompatibleKeys load(nn::Module& module, const std::string& path, OnlyBool strict) {
  return load_from(
      module, [&](serialize::InputArchive& archive) { archive.map_from(path); }, strict);
}

nn::IncompatibleKeys load(nn::Module& module, std::istream& stream, OnlyBool strict) {
  return load_from(
      module, [&](serialize::InputArchive& archive) { archive.load_from(stream); }, strict);
}

}  // namespace xgrad
