#include "nn/state_dict.h"

#include "autograd/graph/grad_mode.h"
#include "autograd/io/safetensors.h"
#include "autograd/tensor/check.h"

namespace xgrad {

namespace nn {

std::map<std::string, Tensor> state_dict(const Module& module) {
  std::map<std::string, Tensor> state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value().detach();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value().detach();
  return state;
}

void load_state_dict(Module& module, const std::map<std::string, Tensor>& state, bool strict) {
  const std::map<std::string, Tensor> targets = state_dict(module);
  std::string problems;
  for (const auto& [name, target] : targets) {
    const auto found = state.find(name);
    if (found == state.end()) {
      if (strict) problems += fmt::format("\n  missing: {} {}", name, target.sizes());
    } else if (!(found->second.sizes() == target.sizes())) {
      problems += fmt::format("\n  another shape: {} is {}, expected {}", name, found->second.sizes(), target.sizes());
    }
  }
  for (const auto& [name, tensor] : state) {
    if (strict && !targets.contains(name)) problems += fmt::format("\n  unexpected: {} {}", name, tensor.sizes());
  }
  check<ValueError>(problems.empty(), "load_state_dict: the state does not fit {}:{}", module.name(), problems);
  const NoGradGuard no_grad;
  for (const auto& [name, target] : targets) {
    if (const auto found = state.find(name); found != state.end()) Tensor(target).copy_(found->second);
  }
}

}  // namespace nn

void save(const nn::Module& module, const std::string& path, const std::map<std::string, std::string>& metadata) {
  save_safetensors(nn::state_dict(module), path, metadata);
}

void load(nn::Module& module, const std::string& path) { nn::load_state_dict(module, load_safetensors(path)); }

}  // namespace xgrad
