#include "nn/modules/container/parameter_list.h"

#include "autograd/base/check.h"

namespace xgrad::nn {

void ParameterListImpl::append(const Tensor& parameter) {
  register_parameter(std::to_string(size()), parameter, parameter.defined() && parameter.requires_grad());
}

ParameterListImpl& ParameterListImpl::operator+=(const ParameterListImpl& other) {
  extend(other.parameters_.values());
  return *this;
}

ParameterDictImpl::ParameterDictImpl(const Items& parameters) { update(parameters); }

ParameterDictImpl::ParameterDictImpl(const OrderedDict<std::string, Tensor>& parameters) { update(parameters.pairs()); }

void ParameterDictImpl::update(const Items& parameters) {
  for (const auto& [key, parameter] : parameters) insert(key, parameter);
}

void ParameterDictImpl::update(const ParameterDictImpl& other) { update(other.items()); }

ParameterDictImpl::Items ParameterDictImpl::items() const { return parameters_.pairs(); }

std::vector<std::string> ParameterDictImpl::keys() const { return parameters_.keys(); }

std::vector<Tensor> ParameterDictImpl::values() const { return parameters_.values(); }

Tensor& ParameterDictImpl::insert(const std::string& key, const Tensor& parameter) {
  const bool requires_grad = parameter.defined() && parameter.requires_grad();
  if (!contains(key)) return register_parameter(key, parameter, requires_grad);
  check<GraphError>(!parameter.defined() || parameter.is_leaf(),
                    "ParameterDict: parameter '{}' is a result of the graph: detach it first", key);
  return parameters_[key] = parameter;
}

Tensor ParameterDictImpl::pop(const std::string& key) {
  Tensor parameter = parameters_[key];
  parameters_.erase(key);
  return parameter;
}

}  // namespace xgrad::nn
