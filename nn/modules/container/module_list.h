/// ModuleList: submodules by position. https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_module_list_impl.html
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "nn/cloneable.h"
#include "nn/module.h"
#include "nn/modules/container/value_iterator.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn {

/// Submodules in a list, named 0, 1, 2 ...: `nn::ModuleList layers(nn::Linear(3, 4), nn::Linear(4, 2));`. It has no forward.
class ModuleListImpl : public detail::CloneableByName<ModuleListImpl> {
 public:
  ModuleListImpl() = default;
  /// Modules in order: holders or pointers.
  template <class First, class... Rest, class = std::enable_if_t<!std::is_base_of_v<ModuleListImpl, std::decay_t<First>>>>
  explicit ModuleListImpl(First&& first, Rest&&... rest) {
    push_back(std::forward<First>(first));
    (push_back(std::forward<Rest>(rest)), ...);
  }

  /// Adds a module at the end. Throws ValueError for an empty one.
  void push_back(std::shared_ptr<Module> module);
  template <class Impl>
  void push_back(const ModuleHolder<Impl>& module) {
    push_back(std::shared_ptr<Module>(module.ptr()));
  }
  template <class Container>
  void extend(const Container& container) {
    for (const auto& module : detail::elements_of(container)) push_back(module);
  }
  /// Puts a module before number `index`. Throws IndexError for one past the end, ValueError for an empty module.
  void insert(std::size_t index, std::shared_ptr<Module> module);
  template <class Impl>
  void insert(std::size_t index, const ModuleHolder<Impl>& module) {
    insert(index, std::shared_ptr<Module>(module.ptr()));
  }

  /// Module number `index`. Throws IndexError for one out of range, TypeError where it is no T.
  std::shared_ptr<Module> ptr(std::size_t index) const;
  /// Throws IndexError for an index past the end.
  template <class T>
  std::shared_ptr<T> ptr(std::size_t index) const {
    if (auto module = std::dynamic_pointer_cast<T>(ptr(index))) return module;
    throw TypeError("ModuleList: module " + std::to_string(index) + " has another type");
  }
  /// Throws IndexError for an index past the end.
  template <class T>
  T& at(std::size_t index) const {
    return *ptr<T>(index);
  }
  /// Throws IndexError for an index past the end.
  std::shared_ptr<Module> operator[](std::size_t index) const { return ptr(index); }

  std::size_t size() const noexcept { return children_.size(); }
  bool is_empty() const noexcept { return children_.is_empty(); }
  detail::ValueIterator<std::shared_ptr<Module>> begin() const { return {children_.begin()}; }
  detail::ValueIterator<std::shared_ptr<Module>> end() const { return {children_.end()}; }
};
XGRAD_MODULE(ModuleList);

}  // namespace xgrad::nn
