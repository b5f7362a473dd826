#include "nn/state_dict.h"

#include <filesystem>

#include "autograd/graph/grad_mode.h"
#include "autograd/io/safetensors.h"
#include "autograd/io/tensors.h"
#include "autograd/tensor/check.h"

namespace xgrad {

namespace nn {

std::map<std::string, Tensor> state_dict(const Module& module) {
  std::map<std::string, Tensor> state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value().detach();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value().detach();
  return state;
}

IncompatibleKeys load_state_dict(Module& module, const std::map<std::string, Tensor>& state, bool strict) {
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
  const NoGradGuard no_grad;
  for (const auto& [name, target] : targets) {
    if (const auto found = state.find(name); found != state.end()) Tensor(target).copy_(found->second);
  }
  return keys;
}

}  // namespace nn

void save(const nn::Module& module, const std::string& path, const std::map<std::string, std::string>& metadata) {
  if (metadata.empty()) return save_tensors(nn::state_dict(module), path);
  const std::string ending = std::filesystem::path(path).extension().string();
  check<ValueError>(ending != ".pt" && ending != ".pth" && ending != ".npz",
                    "save: {} files hold no metadata; save {} as .safetensors", ending, path);
  save_safetensors(nn::state_dict(module), path, metadata);
}

nn::IncompatibleKeys load(nn::Module& module, const std::string& path, bool strict) {
  return nn::load_state_dict(module, load_tensors(path), strict);
}

}  // namespace xgrad
