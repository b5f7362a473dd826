#include "nn/module.h"

#include <cxxabi.h>

#include <cstdlib>
#include <ostream>
#include <sstream>

#include "autograd/graph/clear_gradient.h"
#include "autograd/graph/grad_mode.h"
#include "autograd/tensor/check.h"

namespace xgrad::nn {

std::string Module::name() const {
  if (!name_.empty()) return name_;
  int status = 0;
  char* readable = abi::__cxa_demangle(typeid(*this).name(), nullptr, nullptr, &status);
  std::string type = status == 0 ? readable : typeid(*this).name();
  std::free(readable);
  if (type.ends_with("Impl")) type.resize(type.size() - 4);
  return type.substr(type.rfind(':') == std::string::npos ? 0 : type.rfind(':') + 1);
}

template <class Collect>
void Module::for_each(bool recurse, const std::string& prefix, const Collect& collect) const {
  collect(*this, prefix);
  if (!recurse) return;
  for (const auto& child : children_) child.value()->for_each(true, prefix + child.key() + ".", collect);
}

OrderedDict<std::string, Tensor> Module::named_parameters(bool recurse) const {
  OrderedDict<std::string, Tensor> result("parameter");
  for_each(recurse, "", [&](const Module& module, const std::string& prefix) {
    for (const auto& item : module.parameters_) {
      if (item.value().defined()) result.insert(prefix + item.key(), item.value());
    }
  });
  return result;
}

std::vector<Tensor> Module::parameters(bool recurse) const { return named_parameters(recurse).values(); }

OrderedDict<std::string, Tensor> Module::named_buffers(bool recurse) const {
  OrderedDict<std::string, Tensor> result("buffer");
  for_each(recurse, "", [&](const Module& module, const std::string& prefix) {
    for (const auto& item : module.buffers_) {
      if (item.value().defined()) result.insert(prefix + item.key(), item.value());
    }
  });
  return result;
}

std::vector<Tensor> Module::buffers(bool recurse) const { return named_buffers(recurse).values(); }

void Module::apply(const std::function<void(const std::string&, Module&)>& function, const std::string& prefix) {
  function(prefix, *this);
  for (auto& child : children_) child.value()->apply(function, prefix.empty() ? child.key() : prefix + "." + child.key());
}

void Module::apply(const std::function<void(Module&)>& function) {
  apply([&](const std::string&, Module& module) { function(module); });
}

void Module::train(bool on) {
  training_ = on;
  for (auto& child : children_) child.value()->train(on);
}

void Module::to(Dtype dtype) {
  check<TypeError>(is_floating_point(dtype), "to: parameters must be floating-point, got {}", dtype);
  const NoGradGuard no_grad;
  apply([&](Module& module) {
    for (auto* tensors : {&module.parameters_, &module.buffers_}) {
      for (auto& item : *tensors) {
        Tensor& tensor = item.value();
        if (tensor.defined() && tensor.is_floating_point()) tensor.set_data(tensor.to(dtype));
      }
    }
  });
}

void Module::zero_grad(bool set_to_none) {
  for (const Tensor& parameter : parameters()) clear_gradient(parameter, set_to_none);
}

void Module::check_name(const std::string& name) const {
  check<ValueError>(!name.empty() && name.find('.') == std::string::npos,
                    "{}: '{}' is no name for a parameter, buffer or submodule", this->name(), name);
  check<ValueError>(!parameters_.contains(name) && !buffers_.contains(name) && !children_.contains(name),
                    "{}: '{}' is defined already", this->name(), name);
}

Tensor& Module::register_parameter(std::string name, Tensor tensor, bool requires_grad) {
  check_name(name);
  if (tensor.defined()) {
    check<GraphError>(tensor.is_leaf(), "{}: parameter '{}' is a result of the graph: detach it first", this->name(), name);
    tensor.requires_grad_(requires_grad);
  }
  return parameters_.insert(std::move(name), std::move(tensor));
}

Tensor& Module::register_buffer(std::string name, Tensor tensor) {
  check_name(name);
  return buffers_.insert(std::move(name), std::move(tensor));
}

void Module::add_child(std::string name, std::shared_ptr<Module> module) {
  check_name(name);
  check<ValueError>(module != nullptr, "{}: submodule '{}' is empty", this->name(), name);
  children_.insert(std::move(name), std::move(module));
}

void Module::pretty_print(std::ostream& stream) const { stream << name(); }

namespace {

void print_tree(std::ostream& stream, const Module& module, const std::string& indent) {
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
