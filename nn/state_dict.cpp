#include "nn/state_dict.h"

#include <algorithm>
#include <filesystem>

#include "autograd/base/check.h"
#include "autograd/io/safetensors.h"
#include "autograd/io/tensors.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace nn {

std::map<std::string, Tensor> state_dict(const Module& module) {
  std::map<std::string, Tensor> state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value().detach();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value().detach();
  return state;
}

namespace {

/// What does not match; throws ValueError as load_state_dict().
IncompatibleKeys check_state(const Module& module, const std::map<std::string, Tensor>& state, bool strict) {
  const std::map<std::string, Tensor> targets = state_dict(module);
  IncompatibleKeys keys;
  std::string problems;
  for (const auto& [name, target] : targets) {
    const auto found = state.find(name);
    if (found == state.end()) {
      keys.missing_keys.push_back(name);
      if (strict) problems += fmt::format("\n  missing: {} {}", name, target.sizes());
    } else if (!found->second.defined()) {
      problems += fmt::format("\n  undefined: {}, expected {}", name, target.sizes());
    } else if (!(found->second.sizes() == target.sizes())) {
      problems += fmt::format("\n  another shape: {} is {}, expected {}", name, found->second.sizes(), target.sizes());
    }
  }
  for (const auto& [name, tensor] : state) {
    if (targets.contains(name)) continue;
    keys.unexpected_keys.push_back(name);
    if (strict) problems += fmt::format("\n  unexpected: {}", name);
  }
  check<ValueError>(problems.empty(), "load_state_dict: the state does not fit {}:{}", module.name(), problems);
  return keys;
}

/// Whether save() writes what state_dict() gives, and nothing else.
bool keeps_its_state_only(const Module& module) {
  serialize::OutputArchive archive;
  module.save(archive);
  const std::map<std::string, Tensor> state = state_dict(module);
  const Value::Dict& entries = archive.entries();
  return entries.size() == state.size() &&
         std::all_of(state.begin(), state.end(), [&](const auto& item) { return entries.contains(item.first); });
}

}  // namespace

IncompatibleKeys load_state_dict(Module& module, const std::map<std::string, Tensor>& state, bool strict) {
  const IncompatibleKeys keys = check_state(module, state, strict);
  const NoGradGuard no_grad;
  for (const auto& [name, target] : state_dict(module)) {
    if (const auto found = state.find(name); found != state.end()) target.copy_(found->second);
  }
  return keys;
}

IncompatibleKeys load_archive(Module& module, serialize::InputArchive& archive, bool strict) {
  if (!strict) return load_state_dict(module, named_tensors(archive.entries()), false);
  if (keeps_its_state_only(module)) check_state(module, named_tensors(archive.entries()), true);
  module.load(archive);
  return {};
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

nn::IncompatibleKeys load(nn::Module& module, const std::string& path, bool strict) {
  serialize::InputArchive archive;
  archive.load_from(path);
  return nn::load_archive(module, archive, strict);
}

nn::IncompatibleKeys load(nn::Module& module, std::istream& stream, bool strict) {
  serialize::InputArchive archive;
  archive.load_from(stream);
  return nn::load_archive(module, archive, strict);
}

}  // namespace xgrad
