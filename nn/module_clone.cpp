// How modules are copied: a copy shares what is registered, a clone has its own.
#include <memory>
#include <sstream>
#include <string>
#include <typeinfo>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/tensor/grad_mode.h"
#include "nn/clone_record.h"
#include "nn/module.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn {

// NOLINTNEXTLINE(bugprone-copy-constructor-init): a copy has owners of its own
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

std::shared_ptr<Module> Module::clone(const std::optional<Device>& /*device*/) const {
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

std::string line_of(const Module& module) {
  std::ostringstream text;
  module.pretty_print(text);
  return std::move(text).str();
}

}  // namespace

void Module::copy_registered(const Module& original) {
  const NoGradGuard no_grad;
  auto* record = detail::CloneScope::record();
  for (const auto kind : {&Module::parameters_, &Module::buffers_}) {
    NamedTensors& to = this->*kind;
    const NamedTensors& from = original.*kind;
    check<ValueError>(
        to.keys() == from.keys(),
        "{}: the clone does not have the {}s of the original: register them in reset(), not in the constructor", name(),
        kind == &Module::buffers_ ? "buffer" : "parameter");
    for (const auto& item : from) {
      Tensor& target = to[item.key()];
      if (!item.value().defined() || !target.defined()) {
        target = copy_of(item.value());
      } else {
        target.set_data(item.value().detach().clone());
        target.requires_grad_(item.value().requires_grad());
      }
      if (record != nullptr && target.defined()) record->tensors.insert_or_assign(item.value().impl(), target);
    }
  }
  check<ValueError>(
      children_.keys() == original.children_.keys(),
      "{}: the clone does not have the submodules of the original: register them in reset(), not in the constructor",
      name());
  for (const auto& child : original.children_) {
    Module& copy = *children_[child.key()];
    if (detail::CloneScope::is_tied_outside(*child.value())) copy.become_clone_in_place(*child.value());
    else copy.become_clone(*child.value());
  }
}

/// Keeps the tensors that reset() of a module above has tied, where become_clone() would bring others.
void Module::become_clone_in_place(const Module& original) {
  check<ValueError>(typeid(*this) == typeid(original) && line_of(*this) == line_of(original),
                    "{}: the submodule to clone shares parameters with others, and reset() does not make it as it is: {}",
                    line_of(*this), line_of(original));
  training_ = original.training_;
  copy_registered(original);
}

void Module::own_registered() {
  auto* record = detail::CloneScope::record();
  for (auto* tensors : {&parameters_, &buffers_}) {
    for (auto& item : *tensors) {
      if (!item.value().defined()) continue;
      const TensorImpl* original = item.value().impl();
      if (record == nullptr) {
        item.value() = copy_of(item.value());
        continue;
      }
      const auto [found, is_new] = record->tensors.try_emplace(original);
      if (is_new) found->second = copy_of(item.value());
      else found->second.set_data(item.value().detach().clone());  // which a reset() may have drawn anew
      item.value() = found->second;
    }
  }
  for (auto& child : children_) child.value() = detail::CloneScope::clone(*child.value());
}

const Tensor* Module::clone_to_register(NamedTensors Module::*kind, const std::string& name) const {
  const auto* record = detail::CloneScope::record();
  if (record == nullptr || record->fresh != this) return nullptr;
  const Tensor* original = (record->source->*kind).find(name);
  if (original == nullptr || !original->defined()) return nullptr;
  const auto clone = record->tensors.find(original->impl());
  return clone == record->tensors.end() ? nullptr : &clone->second;
}

}  // namespace xgrad::nn
