/// Sequential: modules one after the other.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "nn/cloneable.h"
#include "nn/module.h"
#include "nn/modules/container/any_module.h"
#include "nn/modules/container/value_iterator.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn {

/// Runs its modules in order, each on the result of the one before:
///
///   nn::Sequential net(nn::Linear(4, 8), nn::ReLU(), nn::Linear(8, 1));
///   nn::Sequential named({{"fc", nn::Linear(4, 8)}, {"act", nn::ReLU()}});
///
/// Submodules are named 0, 1, 2 ... or as given. The first takes what forward is given; the others take exactly one
/// argument, of the type that the one before returns.
/// https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_sequential_impl.html
class SequentialImpl : public Cloneable<SequentialImpl> {
 public:
  /// Modules (holders, pointers, AnyModules), named by number.
  SequentialImpl() = default;
  /// Modules in order: holders, pointers or AnyModules.
  template <class First, class... Rest, class = std::enable_if_t<!std::is_base_of_v<SequentialImpl, std::decay_t<First>>>>
  explicit SequentialImpl(First&& first, Rest&&... rest) {
    push_back(std::forward<First>(first));
    (push_back(std::forward<Rest>(rest)), ...);
  }
  explicit SequentialImpl(const OrderedDict<std::string, AnyModule>& modules);
  explicit SequentialImpl(std::initializer_list<NamedAnyModule> modules);

  /// Does nothing: a Sequential registers what it is given.
  void reset() override;
  std::shared_ptr<Module> clone(const std::optional<Device>& device = std::nullopt) const override;

  /// Adds a module at the end. Throws ValueError for a name that is taken, and an empty module.
  template <class ModuleType>
  void push_back(ModuleType&& module) {
    push_back(std::to_string(modules_.size()), std::forward<ModuleType>(module));
  }
  /// Adds a module with a name at the end.
  template <class ModuleType>
  void push_back(std::string name, ModuleType&& module) {
    if constexpr (std::is_same_v<std::decay_t<ModuleType>, AnyModule>) {
      append(std::move(name), std::forward<ModuleType>(module));
    } else {
      append(std::move(name), AnyModule(std::forward<ModuleType>(module)));
    }
  }
  template <class Container>
  void extend(const Container& container) {
    for (const auto& module : detail::elements_of(container)) push_back(module);
  }

  /// Runs the modules. Throws ValueError where there is none, TypeError where a module does not take what it is given.
  template <class Result = Tensor, class... Args>
  Result forward(Args&&... args) {
    return run(modules_.empty() ? AnyValue() : modules_.front().any_forward(std::forward<Args>(args)...))
        .template get<Result>();
  }

  /// Module number `index`. Throws IndexError for one out of range, TypeError where it is no T.
  template <class T>
  T& at(std::size_t index) const {
    return any(index).get<T>();
  }
  /// Throws IndexError for an index past the end.
  std::shared_ptr<Module> ptr(std::size_t index) const { return any(index).ptr(); }
  template <class T>
  std::shared_ptr<T> ptr(std::size_t index) const {
    return any(index).ptr<T>();
  }
  /// Throws IndexError for an index past the end.
  std::shared_ptr<Module> operator[](std::size_t index) const { return ptr(index); }

  std::size_t size() const noexcept { return modules_.size(); }
  bool is_empty() const noexcept { return modules_.empty(); }
  auto begin() const { return modules_.begin(); }
  auto end() const { return modules_.end(); }

 private:
  void append(std::string name, AnyModule module);
  const AnyModule& any(std::size_t index) const;
  /// The modules after the first.
  AnyValue run(AnyValue value) const;

  std::vector<AnyModule> modules_;
};

/// See SequentialImpl.
class Sequential : public ModuleHolder<SequentialImpl> {
 public:
  using ModuleHolder<SequentialImpl>::ModuleHolder;
  Sequential();
  Sequential(std::initializer_list<NamedAnyModule> modules);
};

}  // namespace xgrad::nn
