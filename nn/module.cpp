#include "nn/module.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <typeinfo>
#include <unordered_set>
#include <utility>

#include "autograd/backward/clear_gradient.h"
#include "autograd/base/check.h"
#include "autograd/base/compatibility.h"
#include "autograd/base/warning.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/load_plan.h"

namespace xgrad::nn {

namespace {

std::string type_name(const std::type_info& type) {
  int status = 0;
  char* readable = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? readable : type.name();
  std::free(readable);
  return name;
}

std::string type_name(const Module& module) { return type_name(typeid(module)); }

/// Whether a class is one of xgrad's modules.
bool is_own(const std::string& type) { return type.starts_with("xgrad::nn::"); }

/// "Linear" for "xgrad::nn::LinearImpl".
std::string short_name(std::string type) {
  if (type.ends_with("Impl")) type.resize(type.size() - 4);
  return type.substr(type.rfind(':') == std::string::npos ? 0 : type.rfind(':') + 1);
}

}  // namespace

std::string detail::module_name(const std::type_info& type) { return short_name(type_name(type)); }

std::string Module::name() const {
  if (!name_.empty()) return name_;
  std::string type = type_name(*this);
  if (imitates_libtorch()) return is_own(type) ? "torch" + type.substr(5) : type;
  return short_name(type);
}

OrderedDict<std::string, Tensor> Module::collect_tensors(NamedTensors Module::*kind, OnlyBool recurse,
                                                         OnlyBool remove_duplicate) const {
  NamedTensors result((this->*kind).key_description());
  std::unordered_set<const TensorImpl*> seen;
  const auto collect = [&](const auto& self, const Module& module, const std::string& prefix) -> void {
    for (const auto& item : module.*kind) {
      if (!item.value().defined()) continue;
      if (seen.insert(item.value().impl()).second || !remove_duplicate) result.insert(prefix + item.key(), item.value());
    }
    if (!recurse) return;
    for (const auto& child : module.children_) self(self, *child.value(), prefix + child.key() + ".");
  };
  collect(collect, *this, "");
  return result;
}

OrderedDict<std::string, Tensor> Module::named_parameters(OnlyBool recurse, OnlyBool remove_duplicate) const {
  return collect_tensors(&Module::parameters_, recurse, remove_duplicate);
}

std::vector<Tensor> Module::parameters(OnlyBool recurse) const { return named_parameters(recurse).values(); }

OrderedDict<std::string, Tensor> Module::named_buffers(OnlyBool recurse, OnlyBool remove_duplicate) const {
  return collect_tensors(&Module::buffers_, recurse, remove_duplicate);
}

std::vector<Tensor> Module::buffers(OnlyBool recurse) const { return named_buffers(recurse).values(); }

std::shared_ptr<Module> Module::self() const {
  auto owner = std::const_pointer_cast<Module>(weak_from_this().lock());
  check<ValueError>(owner != nullptr,
                    "{}: no std::shared_ptr owns this module, so that it cannot be among modules(): make it with "
                    "std::make_shared or a holder, or leave it out with include_self = false",
                    name());
  return owner;
}

std::vector<std::shared_ptr<Module>> Module::modules(OnlyBool include_self) const {
  return named_modules("", include_self).values();
}

OrderedDict<std::string, std::shared_ptr<Module>> Module::named_modules(const std::string& name_prefix,
                                                                        OnlyBool include_self,
                                                                        OnlyBool remove_duplicate) const {
  OrderedDict<std::string, std::shared_ptr<Module>> result("Submodule");
  std::unordered_set<const Module*> seen{this};
  if (include_self) result.insert(name_prefix, self());
  const auto collect = [&](const auto& collect_below, const Module& module, const std::string& path) -> void {
    for (const auto& child : module.children_) {
      if (!seen.insert(child.value().get()).second && remove_duplicate) continue;
      const std::string child_path = path.empty() ? child.key() : path + "." + child.key();
      result.insert(child_path, child.value());
      collect_below(collect_below, *child.value(), child_path);
    }
  };
  collect(collect, *this, name_prefix);
  return result;
}

std::vector<std::shared_ptr<Module>> Module::children() const { return children_.values(); }

OrderedDict<std::string, std::shared_ptr<Module>> Module::named_children() const { return children_; }

void Module::apply(const std::function<void(const std::string&, Module&)>& function, const std::string& name_prefix) {
  function(name_prefix, *this);
  for (auto& child : children_) {
    child.value()->apply(function, name_prefix.empty() ? child.key() : name_prefix + "." + child.key());
  }
}

void Module::apply(const std::function<void(const std::string&, const Module&)>& function,
                   const std::string& name_prefix) const {
  const_cast<Module*>(this)->apply(std::function<void(const std::string&, Module&)>(
                                       [&](const std::string& path, Module& module) { function(path, module); }),
                                   name_prefix);
}

void Module::apply(const std::function<void(Module&)>& function) {
  function(*this);
  for (auto& child : children_) child.value()->apply(function);
}

void Module::apply(const std::function<void(const Module&)>& function) const {
  function(*this);
  for (const auto& child : children_) std::as_const(*child.value()).apply(function);
}

void Module::apply(const std::function<void(const std::shared_ptr<Module>&)>& function) const {
  for (const auto& item : named_modules("", true, false)) function(item.value());
}

void Module::apply(const std::function<void(const std::string&, const std::shared_ptr<Module>&)>& function,
                   const std::string& name_prefix) const {
  for (const auto& item : named_modules(name_prefix, true, false)) function(item.key(), item.value());
}

void Module::train(bool on) {
  training_ = on;
  for (auto& child : children_) child.value()->train(on);
}

void Module::to(Device device, bool non_blocking) {
  for (auto& child : children_) child.value()->to(device, non_blocking);
}

void Module::to(Device device, Dtype dtype, bool non_blocking) {
  to(device, non_blocking);
  to(dtype, non_blocking);
}

void Module::to(Dtype dtype, bool non_blocking) {
  check<TypeError>(is_floating_point(dtype), "to: parameters must be floating-point, got {}", dtype);
  for (const std::vector<Tensor>& tensors : {parameters(), buffers()}) {
    for (const Tensor& tensor : tensors) {
      check<GraphError>(!tensor.defined() || tensor.is_leaf(), "to: a parameter or buffer is a result of the graph");
    }
  }
  const NoGradGuard no_grad;
  for (auto* tensors : {&parameters_, &buffers_}) {
    for (auto& item : *tensors) {
      Tensor& tensor = item.value();
      if (!tensor.defined() || !tensor.is_floating_point()) continue;
      const Tensor gradient = tensor.grad();
      tensor.set_data(tensor.to(dtype));
      if (gradient.defined()) tensor.mutable_grad() = gradient.to(dtype);
    }
  }
  for (auto& child : children_) child.value()->to(dtype, non_blocking);
}

void Module::zero_grad(bool set_to_none) {
  for (const auto& item : parameters_) {
    if (item.value().defined()) clear_gradient(item.value(), set_to_none);
  }
  for (auto& child : children_) child.value()->zero_grad(set_to_none);
}

void Module::save(serialize::OutputArchive& archive) const {
  for (const auto& item : parameters_) {
    if (item.value().defined()) archive.write(item.key(), item.value());
  }
  for (const auto& item : buffers_) {
    if (item.value().defined()) archive.write(item.key(), item.value(), true);
  }
  for (const auto& child : children_) {
    if (!child.value()->is_serializable()) continue;
    serialize::OutputArchive nested;
    child.value()->save(nested);
    for (const auto& [key, value] : nested.entries()) archive.write(child.key() + "." + key.string(), value);
  }
}

void Module::load(serialize::InputArchive& archive) {
  detail::LoadPlan::run(*this, "load", "archive", [&](detail::LoadPlan& plan) {
    for (const auto* tensors : {&parameters_, &buffers_}) {
      for (const auto& item : *tensors) {
        if (item.value().defined()) plan.take(archive.prefix() + item.key(), item.value(), archive.find(item.key()));
      }
    }
    for (auto& child : children_) {
      if (!child.value()->is_serializable()) continue;
      serialize::InputArchive nested = archive.nested(child.key());
      child.value()->load(nested);
    }
  });
}

void Module::check_name(const char* kind, const std::string& name) const {
  check<ValueError>(!name.empty(), "{} name must not be empty (in {})", kind, this->name());
  check<ValueError>(name.find('.') == std::string::npos, "{} name must not contain a dot (got '{}' in {})", kind, name,
                    this->name());
  check<ValueError>(!parameters_.contains(name) && !buffers_.contains(name) && !children_.contains(name),
                    "{} '{}' already defined (in {})", kind, name, this->name());
}

Tensor& Module::register_parameter(std::string name, Tensor tensor, OnlyBool requires_grad) {
  check_name("Parameter", name);
  if (const Tensor* clone = clone_to_register(&Module::parameters_, name)) tensor = *clone;
  if (tensor.defined()) {
    check<GraphError>(tensor.is_leaf(), "{}: parameter '{}' is a result of the graph: detach it first", this->name(), name);
    tensor.requires_grad_(requires_grad);
  } else if (requires_grad) {
    warn(this->name() + "::register_parameter: parameter '" + name +
         "' is undefined and cannot require a gradient: pass requires_grad = false");
  }
  return parameters_.insert(std::move(name), std::move(tensor));
}

Tensor& Module::register_buffer(std::string name, Tensor tensor) {
  check_name("Buffer", name);
  if (const Tensor* clone = clone_to_register(&Module::buffers_, name)) tensor = *clone;
  return buffers_.insert(std::move(name), std::move(tensor));
}

bool Module::contains_module(const Module& module) const {
  return this == &module || std::any_of(children_.begin(), children_.end(),
                                        [&](const auto& child) { return child.value()->contains_module(module); });
}

void Module::require_child(const std::string& name, const Module* module) const {
  if (!children_.contains(name)) check_name("Submodule", name);
  check_module(name, module);
}

void Module::check_module(const std::string& name, const Module* module) const {
  check<ValueError>(module != nullptr, "{}: submodule '{}' is empty", this->name(), name);
  check<ValueError>(!module->contains_module(*this), "{}: submodule '{}' holds the module itself", this->name(), name);
}

void Module::add_child(std::string name, std::shared_ptr<Module> module) {
  check_name("Submodule", name);
  check_module(name, module.get());
  children_.insert(std::move(name), std::move(module));
}

void Module::replace_child(const std::string& name, std::shared_ptr<Module> module) {
  check_module(name, module.get());
  children_[name] = std::move(module);
}

Tensor Module::unregister_parameter(const std::string& name) {
  Tensor parameter = parameters_[name];
  parameters_.erase(name);
  return parameter;
}

void Module::unregister_module(const std::string& name) { children_.erase(name); }

detail::ModuleHooks& Module::hooks_to_change() {
  if (!hooks_) hooks_ = std::make_shared<detail::ModuleHooks>();
  return *hooks_;
}

HookHandle Module::register_forward_pre_hook(ForwardPreHook hook) {
  hooks_to_change().before.emplace_back(hooks_to_change().next_id, std::move(hook));
  return {hooks_, hooks_->next_id++};
}

HookHandle Module::register_forward_hook(ForwardHook hook) {
  hooks_to_change().after.emplace_back(hooks_to_change().next_id, std::move(hook));
  return {hooks_, hooks_->next_id++};
}

HookHandle Module::register_full_backward_hook(FullBackwardHook hook) {
  hooks_to_change().backward.emplace_back(hooks_to_change().next_id, std::move(hook));
  return {hooks_, hooks_->next_id++};
}

void Module::pretty_print(std::ostream& stream) const {
  const std::string type = type_name(*this);
  stream << (name_.empty() && is_own(type) ? short_name(type) : name());
}

namespace {

void print_tree(std::ostream& stream, const Module& module, const std::string& indent) {
  if (imitates_libtorch() && is_own(type_name(module))) {
    stream << "torch::nn::";
  }
  module.pretty_print(stream);
  if (module.children().empty()) return;
  stream << "(\n";
  for (const auto& child : module.named_children()) {
    stream << indent << "  (" << child.key() << "): ";
    print_tree(stream, *child.value(), indent + "  ");
    stream << '\n';
  }
  stream << indent << ')';
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Module& module) {
  print_tree(stream, module, "");
  return stream;
}

void detail::HeldModule::throw_empty() { throw ValueError("an empty module holder was used"); }

}  // namespace xgrad::nn
