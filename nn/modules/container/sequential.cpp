#include "nn/modules/container/sequential.h"

#include "autograd/base/check.h"
#include "nn/clone_scope.h"

namespace xgrad::nn {

SequentialImpl::SequentialImpl(const OrderedDict<std::string, AnyModule>& modules) {
  for (const auto& item : modules) push_back(item.key(), item.value());
}

SequentialImpl::SequentialImpl(std::initializer_list<NamedAnyModule> modules) {
  for (const NamedAnyModule& item : modules) push_back(item.name(), item.module());
}

void SequentialImpl::reset() {}

void SequentialImpl::append(std::string name, AnyModule module) {
  register_module(std::move(name), module.ptr());
  modules_.push_back(std::move(module));
}

const AnyModule& SequentialImpl::any(std::size_t index) const {
  check<IndexError>(index < modules_.size(), "Sequential: module {} is out of range: there are {}", index, modules_.size());
  return modules_[index];
}

AnyValue SequentialImpl::run(AnyValue value) const {
  check<ValueError>(!modules_.empty(), "Sequential: there is no module to run");
  for (std::size_t i = 1; i < modules_.size(); ++i) value = modules_[i].any_forward(std::move(value));
  return value;
}

std::shared_ptr<Module> SequentialImpl::clone(const std::optional<Device>& /*device*/) const {
  const detail::CloneScope scope(*this);
  const auto copy = std::make_shared<SequentialImpl>(*this);
  copy->forget_registered();
  copy->modules_.clear();
  const auto names = children_.keys();
  for (std::size_t i = 0; i < modules_.size(); ++i) copy->append(names[i], modules_[i].clone());
  scope.finish(*copy);
  return copy;
}

Sequential::Sequential() = default;

Sequential::Sequential(std::initializer_list<NamedAnyModule> modules)
    : ModuleHolder<SequentialImpl>(std::make_shared<SequentialImpl>(modules)) {}

}  // namespace xgrad::nn
