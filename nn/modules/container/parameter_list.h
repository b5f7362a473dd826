/// ParameterList and ParameterDict: parameters by position and by name.
/// https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_parameter_list_impl.html
#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"
#include "nn/cloneable.h"
#include "nn/module.h"
#include "nn/modules/container/value_iterator.h"
#include "nn/ordered_dict.h"

namespace xgrad::nn {

/// Parameters in a list, named 0, 1, 2 ... Each keeps its requires_grad.
class ParameterListImpl : public detail::CloneableByName<ParameterListImpl> {
 public:
  template <class... Tensors, class = std::enable_if_t<(... && std::is_same_v<std::decay_t<Tensors>, Tensor>)>>
  explicit ParameterListImpl(Tensors&&... parameters) {
    (append(std::forward<Tensors>(parameters)), ...);
  }

  /// Adds a parameter at the end. Throws GraphError for a result of the graph.
  void append(const Tensor& parameter);
  template <class Container>
  void extend(const Container& container) {
    for (const Tensor& parameter : detail::elements_of(container)) append(parameter);
  }
  ParameterListImpl& operator+=(const ParameterListImpl& other);

  /// Parameter number `index`. Throws IndexError for one out of range.
  Tensor& at(std::size_t index) { return parameters_[index].value(); }
  /// Throws IndexError for an index past the end.
  const Tensor& at(std::size_t index) const { return parameters_[index].value(); }
  /// Throws IndexError for an index past the end.
  Tensor& operator[](std::size_t index) { return at(index); }
  const Tensor& operator[](std::size_t index) const { return at(index); }

  std::size_t size() const noexcept { return parameters_.size(); }
  bool is_empty() const noexcept { return parameters_.is_empty(); }
  detail::ValueIterator<Tensor> begin() const { return {parameters_.begin()}; }
  detail::ValueIterator<Tensor> end() const { return {parameters_.end()}; }
};
XGRAD_MODULE(ParameterList);

/// Parameters under names of one's own, in order. Each keeps its requires_grad.
class ParameterDictImpl : public detail::CloneableByName<ParameterDictImpl> {
 public:
  using Items = std::vector<std::pair<std::string, Tensor>>;

  ParameterDictImpl() = default;
  /// Parameters with their names. Throws ValueError for a name that is no name.
  explicit ParameterDictImpl(const Items& parameters);
  explicit ParameterDictImpl(const OrderedDict<std::string, Tensor>& parameters);

  /// Adds a parameter, or puts it in the place of the one of the same name. Throws GraphError for a result of the graph.
  Tensor& insert(const std::string& key, const Tensor& parameter);
  void update(const Items& parameters);
  void update(const ParameterDictImpl& other);
  template <std::same_as<OrderedDict<std::string, Tensor>> Parameters>
  void update(const Parameters& parameters) {
    update(parameters.pairs());
  }
  /// Takes a parameter out, and returns it. Throws IndexError for a name that is not there, as does get.
  Tensor pop(const std::string& key);
  void clear() { parameters_.clear(); }

  /// Throws IndexError for a key that is not there.
  Tensor& get(const std::string& key) { return parameters_[key]; }
  const Tensor& get(const std::string& key) const { return parameters_[key]; }
  /// Throws IndexError for a key that is not there.
  Tensor& operator[](const std::string& key) { return parameters_[key]; }
  const Tensor& operator[](const std::string& key) const { return parameters_[key]; }
  /// Names and parameters in order.
  Items items() const;
  std::vector<std::string> keys() const;
  std::vector<Tensor> values() const;
  std::size_t size() const noexcept { return parameters_.size(); }
  bool empty() const noexcept { return parameters_.is_empty(); }
  bool contains(const std::string& key) const noexcept { return parameters_.contains(key); }
  auto begin() const { return parameters_.begin(); }
  auto end() const { return parameters_.end(); }
};
XGRAD_MODULE(ParameterDict);

}  // namespace xgrad::nn
