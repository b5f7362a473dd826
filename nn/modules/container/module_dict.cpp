#include "nn/modules/container/module_dict.h"

#include "autograd/base/check.h"

namespace xgrad::nn {

ModuleDictImpl::ModuleDictImpl(const Items& modules) {
  update(modules);
  check<ValueError>(size() == modules.size(), "ModuleDict: a name comes twice");
}

ModuleDictImpl::ModuleDictImpl(const OrderedDict<std::string, std::shared_ptr<Module>>& modules) { update(modules.pairs()); }

ModuleDictImpl::Items ModuleDictImpl::items() const { return children_.pairs(); }

std::vector<std::string> ModuleDictImpl::keys() const { return children_.keys(); }

void ModuleDictImpl::update(const ModuleDictImpl& other) { update(other.items()); }

void ModuleDictImpl::insert(const std::string& key, std::shared_ptr<Module> module) { update({{key, std::move(module)}}); }

void ModuleDictImpl::update(const Items& modules) {
  // All of them before the first: where one is refused, nothing has changed.
  for (const auto& [key, module] : modules) require_child(key, module.get());
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
