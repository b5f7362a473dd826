/// Hooks of modules: functions that run before and after forward, and after backward. They run where a module is called
/// through its holder, `linear(x)`, and not where forward is: `linear->forward(x)`.
/// https://pytorch.org/docs/1.13/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::nn {

class Module;

/// Runs before forward, with the tensors among its arguments in order (those in tuples, optionals and vectors included); it
/// may put others in their places.
using ForwardPreHook = std::function<void(Module& module, TensorList& inputs)>;
/// Runs after forward, with the tensors of its arguments and of its result; it may put others in the places of the latter.
using ForwardHook = std::function<void(Module& module, const TensorList& inputs, TensorList& outputs)>;
/// Runs once the gradients of the module's inputs are there, undefined for those that have none; it may change them.
using FullBackwardHook = std::function<void(Module& module, TensorList& grad_inputs, const TensorList& grad_outputs)>;

namespace detail {
struct ModuleHooks;
}  // namespace detail

/// Takes a hook of a module away again.
class HookHandle {
 public:
  HookHandle() = default;
  /// The hook `id` of a module's hooks; made by Module::register_forward_hook and its like.
  HookHandle(std::weak_ptr<detail::ModuleHooks> hooks, std::size_t id) : hooks_(std::move(hooks)), id_(id) {}
  /// Removes the hook. Does nothing where it was removed already, or the module is gone.
  void remove();

 private:
  std::weak_ptr<detail::ModuleHooks> hooks_;
  std::size_t id_ = 0;
};

namespace detail {

/// A module's hooks in order of registration.
struct ModuleHooks {
  template <class Hook>
  using Entries = std::vector<std::pair<std::size_t, Hook>>;

  Entries<ForwardPreHook> before;
  Entries<ForwardHook> after;
  Entries<FullBackwardHook> backward;
  std::size_t next_id = 0;
};

/// Calls visit(tensor) for every tensor in an argument or a result of forward. Classes that hold tensors have a member
/// visit_tensors(visit).
template <class Value, class Visit>
void visit_tensors(Value& value, const Visit& visit) {
  if constexpr (std::is_same_v<Value, Tensor>) {
    if (value.defined()) visit(value);
  } else if constexpr (requires { value.visit_tensors(visit); }) {
    value.visit_tensors(visit);
  } else if constexpr (requires { std::tuple_size<Value>::value; }) {
    std::apply([&](auto&... parts) { (visit_tensors(parts, visit), ...); }, value);
  } else if constexpr (requires {
                         value.has_value();
                         *value;
                       }) {
    if (value.has_value()) visit_tensors(*value, visit);
  } else if constexpr (std::is_same_v<Value, TensorList>) {
    for (Tensor& tensor : value) visit_tensors(tensor, visit);
  }
}

/// One call of a module that has hooks.
class HookedCall {
 public:
  HookedCall(Module& module, std::shared_ptr<ModuleHooks> hooks);
  HookedCall(const HookedCall&) = delete;
  HookedCall& operator=(const HookedCall&) = delete;
  ~HookedCall();

  /// Runs the hooks on the places of the arguments' tensors, and on those of the result's.
  void before(const std::vector<Tensor*>& arguments);
  void after(const std::vector<Tensor*>& results);

 private:
  struct Backward;

  Module& module_;
  std::shared_ptr<ModuleHooks> hooks_;
  TensorList inputs_;
  std::shared_ptr<Backward> backward_;
};

/// module.forward(args...) between its hooks.
template <class Impl, class... Args>
auto call_with_hooks(Impl& module, std::shared_ptr<ModuleHooks> hooks, Args&&... args) {
  std::tuple<std::decay_t<Args>...> arguments(std::forward<Args>(args)...);
  HookedCall call(module, std::move(hooks));
  std::vector<Tensor*> tensors;
  const auto collect = [&](Tensor& tensor) { tensors.push_back(&tensor); };
  visit_tensors(arguments, collect);
  call.before(tensors);
  auto result = std::apply([&](auto&... kept) { return module.forward(static_cast<Args&&>(kept)...); }, arguments);
  tensors.clear();
  visit_tensors(result, collect);
  call.after(tensors);
  return result;
}

}  // namespace detail

}  // namespace xgrad::nn
