#include "nn/module.h"

#include <cxxabi.h>

#include <atomic>
#include <cstdlib>
#include <ostream>
#include <sstream>
#include <utility>

#include "autograd/backward/clear_gradient.h"
#include "autograd/base/check.h"
#include "autograd/base/warning.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn {

namespace {

std::atomic<bool> libtorch_names{false};

std::string type_name(const Module& module) {
  int status = 0;
  char* readable = abi::__cxa_demangle(typeid(module).name(), nullptr, nullptr, &status);
  std::string type = status == 0 ? readable : typeid(module).name();
  std::free(readable);
  return type;
}

/// Whether a class is one of xgrad's modules.
bool is_own(const std::string& type) { return type.starts_with("xgrad::nn::"); }

/// "Linear" for "xgrad::nn::LinearImpl".
std::string short_name(std::string type) {
  if (type.ends_with("Impl")) type.resize(type.size() - 4);
  return type.substr(type.rfind(':') == std::string::npos ? 0 : type.rfind(':') + 1);
}

}  // namespace

void use_libtorch_names(bool enabled) { libtorch_names.store(enabled); }

std::string Module::name() const {
  if (!name_.empty()) return name_;
  std::string type = type_name(*this);
  if (libtorch_names.load(std::memory_order_relaxed)) return is_own(type) ? "torch" + type.substr(5) : type;
  return short_name(type);
}

template <class Collect>
void Module::for_each(bool recurse, const std::string& prefix, const Collect& collect) const {
  collect(*this, prefix);
  if (!recurse) return;
  for (const auto& child : children_) child.value()->for_each(true, prefix + child.key() + ".", collect);
}

OrderedDict<std::string, Tensor> Module::named_parameters(bool recurse) const {
  OrderedDict<std::string, Tensor> result("Parameter");
  for_each(recurse, "", [&](const Module& module, const std::string& prefix) {
    for (const auto& item : module.parameters_) {
      if (item.value().defined()) result.insert(prefix + item.key(), item.value());
    }
  });
  return result;
}

std::vector<Tensor> Module::parameters(bool recurse) const { return named_parameters(recurse).values(); }

OrderedDict<std::string, Tensor> Module::named_buffers(bool recurse) const {
  OrderedDict<std::string, Tensor> result("Buffer");
  for_each(recurse, "", [&](const Module& module, const std::string& prefix) {
    for (const auto& item : module.buffers_) {
      if (item.value().defined()) result.insert(prefix + item.key(), item.value());
    }
  });
  return result;
}

std::vector<Tensor> Module::buffers(bool recurse) const { return named_buffers(recurse).values(); }

std::shared_ptr<Module> Module::self() const {
  const auto owner = std::const_pointer_cast<Module>(weak_from_this().lock());
  check<ValueError>(owner != nullptr,
                    "{}: no std::shared_ptr owns this module, so that it cannot be among modules(): make it with "
                    "std::make_shared or a holder, or leave it out with include_self = false",
                    name());
  return owner;
}

std::vector<std::shared_ptr<Module>> Module::modules(bool include_self) const {
  return named_modules("", include_self).values();
}

OrderedDict<std::string, std::shared_ptr<Module>> Module::named_modules(const std::string& name_prefix,
                                                                        bool include_self) const {
  OrderedDict<std::string, std::shared_ptr<Module>> result("Submodule");
  if (include_self) result.insert(name_prefix, self());
  for (const auto& child : children_) {
    result.update(child.value()->named_modules(name_prefix.empty() ? child.key() : name_prefix + "." + child.key()));
  }
  return result;
}

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
  for (const auto& module : modules()) function(module);
}

void Module::apply(const std::function<void(const std::string&, const std::shared_ptr<Module>&)>& function,
                   const std::string& name_prefix) const {
  for (const auto& item : named_modules(name_prefix)) function(item.key(), item.value());
}

void Module::train(bool on) {
  training_ = on;
  for (auto& child : children_) child.value()->train(on);
}

void Module::to(Dtype dtype) {
  check<TypeError>(is_floating_point(dtype), "to: parameters must be floating-point, got {}", dtype);
  const NoGradGuard no_grad;
  for (auto* tensors : {&parameters_, &buffers_}) {
    for (auto& item : *tensors) {
      Tensor& tensor = item.value();
      if (tensor.defined() && tensor.is_floating_point()) tensor.set_data(tensor.to(dtype));
    }
  }
  for (auto& child : children_) child.value()->to(dtype);
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
  std::vector<std::pair<Tensor, Tensor>> found;
  std::string problems;
  for (const auto* tensors : {&parameters_, &buffers_}) {
    for (const auto& item : *tensors) {
      const Tensor& target = item.value();
      if (!target.defined()) continue;
      Value value;
      if (!archive.try_read(item.key(), value) || !value.is_tensor()) {
        problems += fmt::format("\n  missing: {}{} {}", archive.prefix(), item.key(), target.sizes());
      } else if (!(value.to_tensor().sizes() == target.sizes())) {
        problems += fmt::format("\n  another shape: {}{} is {}, expected {}", archive.prefix(), item.key(),
                                value.to_tensor().sizes(), target.sizes());
      } else {
        found.emplace_back(target, value.to_tensor());
      }
    }
  }
  check<ValueError>(problems.empty(), "load: the archive does not fit {}:{}", name(), problems);

  // Submodules may do more than read tensors, and fail late: what was before goes back then.
  const NoGradGuard no_grad;
  struct Before {
    Tensor tensor;
    Tensor memory;
    Tensor values;
  };
  std::vector<Before> before;
  try {
    for (auto& child : children_) {
      if (!child.value()->is_serializable()) continue;
      for (const auto& tensors : {child.value()->parameters(), child.value()->buffers()}) {
        for (const Tensor& tensor : tensors) before.push_back({tensor, tensor.detach(), tensor.detach().clone()});
      }
      serialize::InputArchive nested = archive.nested(child.key());
      child.value()->load(nested);
    }
  } catch (...) {
    for (const auto& [tensor, memory, values] : before) {
      if (!tensor.is_view()) tensor.set_data(memory);
      tensor.copy_(values);
    }
    throw;
  }
  for (auto& [target, value] : found) target.copy_(value);
}

void Module::check_name(const char* kind, const std::string& name) const {
  check<ValueError>(!name.empty(), "{} name must not be empty (in {})", kind, this->name());
  check<ValueError>(name.find('.') == std::string::npos, "{} name must not contain a dot (got '{}' in {})", kind, name,
                    this->name());
  check<ValueError>(!parameters_.contains(name) && !buffers_.contains(name) && !children_.contains(name),
                    "{} '{}' already defined (in {})", kind, name, this->name());
}

Tensor& Module::register_parameter(std::string name, Tensor tensor, bool requires_grad) {
  check_name("Parameter", name);
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
  return buffers_.insert(std::move(name), std::move(tensor));
}

void Module::add_child(std::string name, std::shared_ptr<Module> module) {
  check_name("Submodule", name);
  check<ValueError>(module != nullptr, "{}: submodule '{}' is empty", this->name(), name);
  children_.insert(std::move(name), std::move(module));
}

void Module::replace_child(const std::string& name, std::shared_ptr<Module> module) {
  check<ValueError>(module != nullptr, "{}: submodule '{}' is empty", this->name(), name);
  children_[name] = std::move(module);
}

Tensor Module::unregister_parameter(const std::string& name) {
  Tensor parameter = parameters_[name];
  parameters_.erase(name);
  return parameter;
}

void Module::unregister_module(const std::string& name) { children_.erase(name); }

Module::Module(const Module& other)
    : std::enable_shared_from_this<Module>(),
      parameters_(other.parameters_),
      buffers_(other.buffers_),
      children_(other.children_),
      name_(other.name_),
      training_(other.training_) {}

Module& Module::operator=(const Module& other) {
  parameters_ = other.parameters_;
  buffers_ = other.buffers_;
  children_ = other.children_;
  name_ = other.name_;
  training_ = other.training_;
  return *this;
}

std::shared_ptr<Module> Module::clone() const {
  throw ValueError(fmt::format(
      "clone() has not been implemented for {}: derive from nn::Cloneable<{}> instead of nn::Module", name(), name()));
}

void Module::become_clone(const Module&) { static_cast<void>(clone()); }

void Module::forget_registered() {
  parameters_.clear();
  buffers_.clear();
  children_.clear();
}

namespace {

/// A leaf of its own with the values of another.
Tensor copy_of(const Tensor& tensor) {
  if (!tensor.defined()) return {};
  const NoGradGuard no_grad;
  return tensor.detach().clone().requires_grad_(tensor.requires_grad());
}

void copy_values_by_name(const Module& module, OrderedDict<std::string, Tensor>& to,
                         const OrderedDict<std::string, Tensor>& from) {
  check<ValueError>(to.keys() == from.keys(),
                    "{}: the clone does not have the {}s of the original: register them in reset(), not in the constructor",
                    module.name(), to.key_description() == "Buffer" ? "buffer" : "parameter");
  for (const auto& item : from) {
    Tensor& target = to[item.key()];
    if (!item.value().defined() || !target.defined()) {
      target = copy_of(item.value());
      continue;
    }
    target.set_data(item.value().detach().clone());
    target.requires_grad_(item.value().requires_grad());
  }
}

}  // namespace

void Module::copy_registered(const Module& original) {
  const NoGradGuard no_grad;
  copy_values_by_name(*this, parameters_, original.parameters_);
  copy_values_by_name(*this, buffers_, original.buffers_);
  check<ValueError>(
      children_.keys() == original.children_.keys(),
      "{}: the clone does not have the submodules of the original: register them in reset(), not in the constructor",
      name());
  for (const auto& child : original.children_) children_[child.key()]->become_clone(*child.value());
}

void Module::own_registered() {
  for (auto* tensors : {&parameters_, &buffers_}) {
    for (auto& item : *tensors) item.value() = copy_of(item.value());
  }
  for (auto& child : children_) child.value() = child.value()->clone();
}

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
  if (libtorch_names.load(std::memory_order_relaxed) && is_own(type_name(module))) {
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

}  // namespace xgrad::nn
