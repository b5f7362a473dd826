#include "nn/modules/container/module_list.h"

#include "autograd/base/check.h"

namespace xgrad::nn {

void ModuleListImpl::push_back(std::shared_ptr<Module> module) {
  register_module(std::to_string(size()), std::move(module));
}

void ModuleListImpl::insert(std::size_t index, std::shared_ptr<Module> module) {
  check<IndexError>(index <= size(), "ModuleList: cannot insert at {}: there are {} modules", index, size());
  check<ValueError>(module != nullptr, "ModuleList: the module is empty");
  auto modules = children();
  modules.insert(modules.begin() + static_cast<std::ptrdiff_t>(index), std::move(module));
  children_.clear();
  extend(modules);
}

std::shared_ptr<Module> ModuleListImpl::ptr(std::size_t index) const {
  check<IndexError>(index < size(), "ModuleList: module {} is out of range: there are {}", index, size());
  return children_[index].value();
}

}  // namespace xgrad::nn
