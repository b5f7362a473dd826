/// Module: the base of layers and models. https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_module.html
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn {

template <class Impl>
class ModuleHolder;

/// A layer or model: parameters, buffers and submodules by name.
///
///   struct NetImpl : nn::Module {
///     NetImpl() : linear(register_module("linear", nn::Linear(4, 2))) {}
///     Tensor forward(const Tensor& x) { return linear->forward(x); }
///     nn::Linear linear;
///   };
class Module : public std::enable_shared_from_this<Module> {
 public:
  explicit Module(std::string name) : name_(std::move(name)) {}
  Module() = default;
  Module(const Module&) = default;
  Module& operator=(const Module&) = default;
  virtual ~Module() = default;

  /// The name given, or that of the type.
  std::string name() const;

  /// All parameters, in the order of registration: this module's, then those of its submodules, names joined by dots.
  std::vector<Tensor> parameters(bool recurse = true) const;
  OrderedDict<std::string, Tensor> named_parameters(bool recurse = true) const;
  std::vector<Tensor> buffers(bool recurse = true) const;
  OrderedDict<std::string, Tensor> named_buffers(bool recurse = true) const;
  std::vector<std::shared_ptr<Module>> children() const { return children_.values(); }
  OrderedDict<std::string, std::shared_ptr<Module>> named_children() const { return children_; }
  /// Calls function(name, module) for this module (named "") and everything below it.
  void apply(const std::function<void(const std::string&, Module&)>& function, const std::string& prefix = "");
  void apply(const std::function<void(Module&)>& function);

  virtual void train(bool on = true);
  void eval() { train(false); }
  bool is_training() const noexcept { return training_; }

  /// Converts all floating-point parameters and buffers in place. Throws TypeError for another dtype.
  virtual void to(Dtype dtype);
  /// Drops the gradients, or fills them with zeros.
  virtual void zero_grad(bool set_to_none = true);

  /// Adds a parameter. Throws ValueError for a name that is taken, empty or has a dot. Returns the registered tensor.
  Tensor& register_parameter(std::string name, Tensor tensor, bool requires_grad = true);
  Tensor& register_buffer(std::string name, Tensor tensor);
  template <class ModuleType>
  std::shared_ptr<ModuleType> register_module(std::string name, std::shared_ptr<ModuleType> module) {
    add_child(std::move(name), module);
    return module;
  }
  template <class Holder, class = typename Holder::ContainedType>
  Holder register_module(std::string name, Holder holder) {
    add_child(std::move(name), holder.ptr());
    return holder;
  }

  /// This module in one line, as in `Linear(in_features=4, out_features=2, bias=true)`.
  virtual void pretty_print(std::ostream& stream) const;

 protected:
  OrderedDict<std::string, Tensor> parameters_{"parameter"};
  OrderedDict<std::string, Tensor> buffers_{"buffer"};
  OrderedDict<std::string, std::shared_ptr<Module>> children_{"submodule"};

 private:
  void add_child(std::string name, std::shared_ptr<Module> module);
  void check_name(const std::string& name) const;
  template <class Collect>
  void for_each(bool recurse, const std::string& prefix, const Collect& collect) const;

  std::string name_;
  bool training_ = true;
};

/// A module and all below it, indented.
std::ostream& operator<<(std::ostream& stream, const Module& module);

/// A shared pointer to a module that reads like the module: `nn::Linear linear(4, 2); linear->forward(x);`. Copies are the
/// same module.
template <class Impl>
class ModuleHolder {
 public:
  using ContainedType = Impl;

  /// Makes the module, by default or from its constructor's arguments.
  ModuleHolder() : impl_(std::make_shared<Impl>()) {}
  /// An empty holder.
  ModuleHolder(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)
  template <class Head, class... Tail,
            class = std::enable_if_t<!(sizeof...(Tail) == 0 && (std::is_base_of_v<ModuleHolder, std::decay_t<Head>> ||
                                                                std::is_same_v<std::decay_t<Head>, std::shared_ptr<Impl>>))>>
  explicit ModuleHolder(Head&& head, Tail&&... tail)
      : impl_(std::make_shared<Impl>(std::forward<Head>(head), std::forward<Tail>(tail)...)) {}
  ModuleHolder(std::shared_ptr<Impl> module) : impl_(std::move(module)) {}  // NOLINT(google-explicit-constructor)

  bool is_empty() const noexcept { return impl_ == nullptr; }
  explicit operator bool() const noexcept { return !is_empty(); }
  Impl* operator->() const { return get(); }
  Impl& operator*() const { return *get(); }
  const std::shared_ptr<Impl>& ptr() const {
    get();
    return impl_;
  }
  Impl* get() const {
    if (!impl_) throw ValueError("an empty module holder was used");
    return impl_.get();
  }
  /// forward of the module.
  template <class... Args>
  auto operator()(Args&&... args) const {
    return get()->forward(std::forward<Args>(args)...);
  }

 protected:
  std::shared_ptr<Impl> impl_;
};

template <class Impl>
std::ostream& operator<<(std::ostream& stream, const ModuleHolder<Impl>& holder) {
  return stream << static_cast<const Module&>(*holder);
}

}  // namespace xgrad::nn

/// Defines `Name` as the holder of `NameImpl`.
#define XGRAD_MODULE_IMPL(Name, Impl)                    \
  class Name : public ::xgrad::nn::ModuleHolder<Impl> {  \
   public:                                               \
    using ::xgrad::nn::ModuleHolder<Impl>::ModuleHolder; \
  }
#define XGRAD_MODULE(Name) XGRAD_MODULE_IMPL(Name, Name##Impl)
