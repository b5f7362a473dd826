/// ModuleDict: submodules by name. https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_module_dict_impl.html
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/cloneable.h"
#include "nn/module.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn {

/// Submodules under names of one's own, in order: `cells->insert("lstm", nn::LSTM(3, 4));`. It has no
/// forward.
class ModuleDictImpl : public detail::CloneableByName<ModuleDictImpl> {
 public:
  using Items = std::vector<std::pair<std::string, std::shared_ptr<Module>>>;

  ModuleDictImpl() = default;
  /// Modules with their names. Throws ValueError for a name that is no name or comes twice, and an empty module.
  explicit ModuleDictImpl(const Items& modules);
  explicit ModuleDictImpl(const OrderedDict<std::string, std::shared_ptr<Module>>& modules);

  /// Names and modules in order.
  Items items() const;
  std::vector<std::string> keys() const;
  std::vector<std::shared_ptr<Module>> values() const { return children(); }
  std::size_t size() const noexcept { return children_.size(); }
  bool empty() const noexcept { return children_.is_empty(); }
  bool contains(const std::string& key) const noexcept { return children_.contains(key); }
  auto begin() const { return children_.begin(); }
  auto end() const { return children_.end(); }

  /// Adds modules, or puts them in the place of those of the same name. Throws ValueError as the constructor.
  void update(const Items& modules);
  void update(const ModuleDictImpl& other);
  template <std::same_as<OrderedDict<std::string, std::shared_ptr<Module>>> Modules>
  void update(const Modules& modules) {
    update(modules.pairs());
  }
  void insert(const std::string& key, std::shared_ptr<Module> module);
  template <class Impl>
  void insert(const std::string& key, const ModuleHolder<Impl>& module) {
    insert(key, std::shared_ptr<Module>(module.ptr()));
  }
  /// Takes a module out, and returns it. Throws IndexError for a name that is not there, as do all below.
  std::shared_ptr<Module> pop(const std::string& key);
  void clear() { children_.clear(); }

  /// Throws IndexError for a key that is not there.
  std::shared_ptr<Module> operator[](const std::string& key) const { return children_[key]; }
  /// Throws IndexError for a key that is not there.
  std::shared_ptr<Module> ptr(const std::string& key) const { return children_[key]; }
  /// The module as a T. Throws TypeError where it is none.
  template <class T>
  std::shared_ptr<T> ptr(const std::string& key) const {
    if (auto module = std::dynamic_pointer_cast<T>(ptr(key))) return module;
    throw TypeError("ModuleDict: module '" + key + "' has another type");
  }
  /// Throws IndexError for a key that is not there.
  template <class T>
  T& at(const std::string& key) const {
    return *ptr<T>(key);
  }
};
XGRAD_MODULE(ModuleDict);

}  // namespace xgrad::nn
