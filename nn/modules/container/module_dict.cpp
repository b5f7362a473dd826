#include "nn/modules/container/module_dict.h"

#include <unordered_map>

#include "autograd/base/check.h"

namespace xgrad::nn {

void ModuleDictImpl::update(const Items& modules) {
  for (const auto& [key, module] : modules) {
    if (contains(key)) replace_module(key, module);
    else register_module(key, module);
  }
}

std::shared_ptr<Module> ModuleDictImpl::pop(const std::string& key) {
  auto module = children_[key];
  children_.erase(key);
  return module;
}

}  // namespace xgrad::nn
