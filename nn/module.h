/// Module: the base of layers and models. https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_module.html
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <vector>

#include "autograd/io/archive.h"
#include "autograd/tensor/tensor.h"
#include "nn/module_hooks.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn {

template <class Impl>
class ModuleHolder;

namespace detail {

/// "Linear" for the type xgrad::nn::LinearImpl.
std::string module_name(const std::type_info& type);

}  // namespace detail

/// A layer or model: parameters, buffers and submodules by name.
///
///   struct NetImpl : nn::Module {
///     NetImpl() : linear(register_module("linear", nn::Linear(4, 2))) {}
///     Tensor forward(const Tensor& x) { return linear(x); }
///     nn::Linear linear;
///   };
///
/// A copy of a module shares its parameters, buffers and submodules, and has no hooks; clone() shares nothing.
class Module : public std::enable_shared_from_this<Module> {
 public:
  /// A module with a name of its own.
  explicit Module(std::string name) : name_(std::move(name)) {}
  /// A module named for its type.
  Module() = default;
  /// Shares what the other has registered, and has no hooks.
  Module(const Module& other);
  /// Shares what the other has registered; this module keeps its hooks.
  Module& operator=(const Module& other);
  virtual ~Module() = default;

  /// The name given, or that of the type.
  std::string name() const;

  /// A copy with parameters, buffers and submodules of its own. Throws ValueError unless the class derives from Cloneable
  /// (nn/cloneable.h), as all modules of xgrad do. There is one device.
  virtual std::shared_ptr<Module> clone(const std::optional<Device>& device = std::nullopt) const;

  /// All parameters, in the order of registration: this module's, then those of its submodules. One that is registered in
  /// several places (a tied weight, or a module under two names) comes once, at the first of them, as in Python; those that
  /// were registered undefined are left out.
  std::vector<Tensor> parameters(OnlyBool recurse = true) const;
  /// The same by path, names joined by dots. Without `remove_duplicate`, under every path that leads to them, as in
  /// state_dict(). https://pytorch.org/docs/2.1/generated/torch.nn.Module.html#torch.nn.Module.named_parameters
  OrderedDict<std::string, Tensor> named_parameters(OnlyBool recurse = true, OnlyBool remove_duplicate = true) const;
  /// All buffers, as parameters().
  std::vector<Tensor> buffers(OnlyBool recurse = true) const;
  /// The same by path, as named_parameters().
  OrderedDict<std::string, Tensor> named_buffers(OnlyBool recurse = true, OnlyBool remove_duplicate = true) const;
  /// This module (unless include_self is false) and all below it, each once. Throws ValueError where this module is to be
  /// included and no std::shared_ptr owns it.
  std::vector<std::shared_ptr<Module>> modules(OnlyBool include_self = true) const;
  /// The same by path; this module has the name `name_prefix`, which starts the others' paths. Without `remove_duplicate`,
  /// under every path that leads to them.
  OrderedDict<std::string, std::shared_ptr<Module>> named_modules(const std::string& name_prefix = "",
                                                                  OnlyBool include_self = true,
                                                                  OnlyBool remove_duplicate = true) const;
  /// The submodules right below this one.
  std::vector<std::shared_ptr<Module>> children() const;
  OrderedDict<std::string, std::shared_ptr<Module>> named_children() const;

  /// Calls function on this module, then everything below it.
  void apply(const std::function<void(Module&)>& function);
  /// Calls function on modules that are not to be changed.
  void apply(const std::function<void(const Module&)>& function) const;
  /// Calls function(path, module); this module's path is `name_prefix`, which starts the others'.
  void apply(const std::function<void(const std::string&, Module&)>& function, const std::string& name_prefix = "");
  /// Calls function(path, module) on modules that are not to be changed.
  void apply(const std::function<void(const std::string&, const Module&)>& function,
             const std::string& name_prefix = "") const;
  /// Calls function on pointers to the modules. Throws ValueError where no std::shared_ptr owns this one.
  void apply(const std::function<void(const std::shared_ptr<Module>&)>& function) const;
  /// Calls function(path, pointer).
  void apply(const std::function<void(const std::string&, const std::shared_ptr<Module>&)>& function,
             const std::string& name_prefix = "") const;

  /// Puts this module and all below it into training, in which dropout drops and normalisation gathers statistics.
  virtual void train(bool on = true);
  void train(NoBool auto on) = delete;
  /// train(false)
  void eval() { train(false); }
  /// Whether the module is in training, as it is at first.
  virtual bool is_training() const noexcept { return training_; }

  /// Converts all floating-point parameters, with their gradients, and buffers in place. Throws TypeError for another dtype,
  /// and GraphError, before anything is converted, where one of them is a result of the graph.
  virtual void to(Dtype dtype, bool non_blocking = false);
  void to(Dtype dtype, NoBool auto non_blocking) = delete;
  /// There is one device: nothing moves but what a submodule that overrides this moves of its own.
  virtual void to(Device device, bool non_blocking = false);
  void to(Device device, NoBool auto non_blocking) = delete;
  void to(DeviceType type) { to(Device(type)); }
  /// Both.
  virtual void to(Device device, Dtype dtype, bool non_blocking = false);
  /// Drops the gradients, or fills them with zeros.
  virtual void zero_grad(bool set_to_none = true);
  void zero_grad(NoBool auto set_to_none) = delete;

  /// Writes parameters and buffers under their names, and what submodules write under theirs, behind the submodule's name
  /// and a dot: a state_dict for Python. A module that overrides save() and load() can keep more than that.
  virtual void save(serialize::OutputArchive& archive) const;
  /// Takes the values that save() wrote, converting dtypes; other entries do not matter. A tensor that is registered in
  /// several places needs a value in one of them. Throws ValueError that lists all parameters and buffers of the module and
  /// those below it that are missing or of another shape, and what an override throws. No tensor has changed then, unless an
  /// override wrote into its memory.
  virtual void load(serialize::InputArchive& archive);
  /// Whether the module above saves and loads this one.
  virtual bool is_serializable() const { return true; }

  /// Adds a parameter, which may be undefined; a warning says so where it is to require a gradient. Throws ValueError for a
  /// name that is taken, empty or has a dot, GraphError for a result of the graph. Returns the registered tensor.
  Tensor& register_parameter(std::string name, Tensor tensor, OnlyBool requires_grad = true);
  /// Adds a tensor that is saved with the module and takes no gradient. Throws ValueError as register_parameter.
  Tensor& register_buffer(std::string name, Tensor tensor);
  /// Adds a submodule, and returns it. Throws ValueError as register_parameter, for an empty one, and for
  /// one that holds this module.
  template <class ModuleType>
  // NOLINTNEXTLINE(performance-unnecessary-value-param): it is moved
  std::shared_ptr<ModuleType> register_module(std::string name, std::shared_ptr<ModuleType> module) {
    add_child(std::move(name), module);
    return module;
  }
  /// The same, for a holder.
  template <class Holder, class = typename Holder::ContainedType>
  // NOLINTNEXTLINE(performance-unnecessary-value-param): it is moved
  Holder register_module(std::string name, Holder holder) {
    add_child(std::move(name), holder.is_empty() ? nullptr : holder.ptr());
    return holder;
  }
  /// Puts another submodule in the place of one. Throws IndexError for a name that is not there, ValueError for an empty
  /// one.
  template <class ModuleType>
  std::shared_ptr<ModuleType> replace_module(const std::string& name, std::shared_ptr<ModuleType> module) {
    replace_child(name, module);
    return module;
  }
  /// The same, for a holder.
  template <class Holder, class = typename Holder::ContainedType>
  Holder replace_module(const std::string& name, Holder holder) {
    replace_child(name, holder.is_empty() ? nullptr : holder.ptr());
    return holder;
  }
  /// Takes a parameter out, and returns it. Throws IndexError for a name that is not there.
  Tensor unregister_parameter(const std::string& name);
  /// Takes a submodule out. Throws IndexError for a name that is not there.
  void unregister_module(const std::string& name);

  /// This module as a ModuleType (an implementation or its holder's type), or nullptr where it is none.
  template <class ModuleType>
  auto* as() noexcept {
    if constexpr (requires { typename ModuleType::ContainedType; }) {
      return dynamic_cast<typename ModuleType::ContainedType*>(this);
    } else {
      return dynamic_cast<ModuleType*>(this);
    }
  }
  /// The same, for a module that is not to be changed.
  template <class ModuleType>
  const auto* as() const noexcept {
    return const_cast<Module*>(this)->as<ModuleType>();
  }

  /// Adds a function that runs before forward whenever the module is called through its holder; see nn/module_hooks.h.
  HookHandle register_forward_pre_hook(ForwardPreHook hook);
  /// Adds a function that runs after forward.
  HookHandle register_forward_hook(ForwardHook hook);
  /// Adds a function that runs when the gradients of the module's inputs have been computed, or those of its outputs where
  /// no input needs any. Tensors pass into and out of the module by views then: do not change them in place.
  HookHandle register_full_backward_hook(FullBackwardHook hook);
  /// The module's hooks; nullptr where none was ever added.
  const std::shared_ptr<detail::ModuleHooks>& hooks() const noexcept { return hooks_; }

  /// This module in one line, as in `Linear(in_features=4, out_features=2, bias=true)`.
  virtual void pretty_print(std::ostream& stream) const;

 protected:
  /// Drops everything that is registered, for reset() to register it anew.
  void forget_registered();
  /// Copies values, submodules included, from a module of the same class into what reset() registered. Throws ValueError
  /// where the names are not the same.
  void copy_registered(const Module& original);
  /// Puts copies in the place of all that is registered.
  void own_registered();
  /// Throws ValueError unless the module may be registered under the name, or take the place of the one that is.
  void require_child(const std::string& name, const Module* module) const;
  /// Becomes a clone of another module of the same class. Throws ValueError where it has another.
  virtual void become_clone(const Module& original);

  /// The parameters that this module registered itself.
  OrderedDict<std::string, Tensor> parameters_{"Parameter"};
  /// The buffers that this module registered itself.
  OrderedDict<std::string, Tensor> buffers_{"Buffer"};
  /// The submodules right below this one.
  OrderedDict<std::string, std::shared_ptr<Module>> children_{"Submodule"};

 private:
  /// Whether it is this module, or one below.
  bool contains_module(const Module& module) const;
  void add_child(std::string name, std::shared_ptr<Module> module);
  void replace_child(const std::string& name, std::shared_ptr<Module> module);
  void check_name(const char* kind, const std::string& name) const;
  void check_module(const std::string& name, const Module* module) const;
  std::shared_ptr<Module> self() const;
  detail::ModuleHooks& hooks_to_change();
  using NamedTensors = OrderedDict<std::string, Tensor>;
  NamedTensors collect_tensors(NamedTensors Module::*kind, OnlyBool recurse, OnlyBool remove_duplicate) const;
  const Tensor* clone_to_register(NamedTensors Module::*kind, const std::string& name) const;
  void become_clone_in_place(const Module& original);

  std::string name_;
  bool training_ = true;
  std::shared_ptr<detail::ModuleHooks> hooks_;
};

/// A module and all below it, indented.
std::ostream& operator<<(std::ostream& stream, const Module& module);

namespace detail {

/// What holders of modules of all types share. The pointer is one to Module: a program that includes all modules and uses
/// three does not compile a hundred kinds of shared pointers.
class HeldModule {
 public:
  /// Whether there is no module.
  bool is_empty() const noexcept { return impl_ == nullptr; }
  /// Whether there is a module.
  explicit operator bool() const noexcept { return !is_empty(); }

 protected:
  HeldModule() = default;
  explicit HeldModule(std::shared_ptr<Module> module) : impl_(std::move(module)) {}
  /// Throws ValueError where there is no module.
  Module* held() const {
    if (!impl_) [[unlikely]]
      throw_empty();
    return impl_.get();
  }

  /// nullptr for an empty holder
  std::shared_ptr<Module> impl_;

 private:
  [[noreturn]] static void throw_empty();
};

}  // namespace detail

/// A shared pointer to a module that reads like the module: `nn::Linear linear(4, 2); Tensor y = linear(x);`. Copies are the
/// same module.
template <class Impl>
class ModuleHolder : public detail::HeldModule {
 public:
  /// The class of the module.
  using ContainedType = Impl;

  /// Makes the module, by default or from its constructor's arguments.
  ModuleHolder() : HeldModule(std::make_shared<Impl>()) {}
  /// An empty holder.
  ModuleHolder(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)
  template <class Head, class... Tail,
            class = std::enable_if_t<!(sizeof...(Tail) == 0 && (std::is_base_of_v<ModuleHolder, std::decay_t<Head>> ||
                                                                std::is_same_v<std::decay_t<Head>, std::shared_ptr<Impl>>))>>
  /// Makes the module from its constructor's arguments.
  explicit ModuleHolder(Head&& head, Tail&&... tail)
      : HeldModule(std::make_shared<Impl>(std::forward<Head>(head), std::forward<Tail>(tail)...)) {}
  /// Holds a module that exists.
  ModuleHolder(std::shared_ptr<Impl> module) : HeldModule(std::move(module)) {}  // NOLINT(google-explicit-constructor)

  /// The module. Throws ValueError where the holder is empty, as do all below.
  Impl* operator->() const { return get(); }
  Impl& operator*() const { return *get(); }
  Impl* get() const { return static_cast<Impl*>(held()); }
  std::shared_ptr<Impl> ptr() const { return {impl_, get()}; }
  /// What the module has at an index or under a name: `sequential[0]`.
  template <class Index>
  decltype(auto) operator[](Index&& index) const {
    return (*get())[std::forward<Index>(index)];
  }
  /// forward of the module, between its hooks.
  template <class... Args>
  auto operator()(Args&&... args) const {
    Impl* module = get();
    if (!module->hooks()) [[likely]]
      return module->forward(std::forward<Args>(args)...);
    return detail::call_with_hooks(*module, module->hooks(), std::forward<Args>(args)...);
  }
};

/// The module that the holder holds, and all below it.
template <class Impl>
std::ostream& operator<<(std::ostream& stream, const ModuleHolder<Impl>& holder) {
  return stream << static_cast<const Module&>(*holder);
}

}  // namespace xgrad::nn

/// Defines `Name` as the holder of `Impl`.
#define XGRAD_MODULE_IMPL(Name, Impl)                    \
  class Name : public ::xgrad::nn::ModuleHolder<Impl> {  \
   public:                                               \
    using ::xgrad::nn::ModuleHolder<Impl>::ModuleHolder; \
  }
/// Defines `Name` as the holder of `NameImpl`.
#define XGRAD_MODULE(Name) XGRAD_MODULE_IMPL(Name, Name##Impl)
