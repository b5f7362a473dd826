/// Collate: from examples to a batch.
#pragma once

#include <concepts>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/ops/indexing.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::data {

/// How examples of one type are put together where no collate function is given. The primary template keeps them as they
/// are; specialisations below stack them.
template <class Example>
struct DefaultCollate {
  /// What the batch is.
  using Batch = std::vector<Example>;
  /// The batch of some examples.
  static Batch collate(std::vector<Example> examples) { return examples; }
};

/// The batch that `default_collate` makes of examples.
template <class Example>
using DefaultBatch = typename DefaultCollate<Example>::Batch;

/// Tensors of one shape are stacked along a new first dimension, numbers become a vector, and lists, pairs and tuples are
/// collated field by field; examples of any other type stay a std::vector. Throws ShapeError where shapes differ, and where
/// lists have different lengths. https://pytorch.org/docs/1.13/data.html#torch.utils.data.default_collate
template <class Example>
DefaultBatch<Example> default_collate(std::vector<Example> examples) {
  return DefaultCollate<Example>::collate(std::move(examples));
}

/// @cond specialisations
template <>
struct DefaultCollate<Tensor> {
  using Batch = Tensor;
  static Tensor collate(const TensorList& examples) { return stack(examples); }
};

template <>
struct DefaultCollate<TensorList> {
  using Batch = TensorList;
  static TensorList collate(const std::vector<TensorList>& examples);
};

template <class T>
concept Arithmetic = std::is_arithmetic_v<T>;

template <Arithmetic Number>
struct DefaultCollate<Number> {
  using Batch = Tensor;
  static Tensor collate(const std::vector<Number>& examples) { return tensor(examples); }
};

namespace detail {

/// One field of tuple-like examples, collated.
template <std::size_t I, class Example>
auto collate_field(std::vector<Example>& examples) {
  using Field = std::tuple_element_t<I, Example>;
  std::vector<Field> fields;
  fields.reserve(examples.size());
  for (auto&& example : examples) fields.push_back(std::get<I>(std::move(example)));
  return default_collate(std::move(fields));
}

}  // namespace detail

template <class First, class Second>
struct DefaultCollate<std::pair<First, Second>> {
  using Batch = std::pair<DefaultBatch<First>, DefaultBatch<Second>>;
  static Batch collate(std::vector<std::pair<First, Second>> examples) {
    return {detail::collate_field<0>(examples), detail::collate_field<1>(examples)};
  }
};

template <class... Fields>
struct DefaultCollate<std::tuple<Fields...>> {
  using Batch = std::tuple<DefaultBatch<Fields>...>;
  static Batch collate(std::vector<std::tuple<Fields...>> examples) {
    const auto collate_all = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Batch{detail::collate_field<I>(examples)...};
    };
    return collate_all(std::index_sequence_for<Fields...>());
  }
};
/// @endcond

template <class Example, class Batch>
class CollateFunction;

namespace detail {
template <class Function, class Example>
using CollateResult = std::remove_cvref_t<std::invoke_result_t<std::decay_t<Function>&, std::vector<Example>>>;
template <class T, class Example, class Batch>
concept IsCollateFunction = std::same_as<std::remove_cvref_t<T>, CollateFunction<Example, Batch>>;
}  // namespace detail

/// A callable that makes exactly a Batch of a std::vector<Example>.
template <class T, class Example, class Batch>
concept Collates = !detail::IsCollateFunction<T, Example, Batch> && std::same_as<detail::CollateResult<T, Example>, Batch>;

/// What makes batches of examples: any callable that takes a std::vector<Example> and returns a Batch. Only where Batch is
/// the default batch can it be left out.
template <class Example, class Batch>
class CollateFunction {
 public:
  CollateFunction() requires std::same_as<Batch, DefaultBatch<Example>> : function_(default_collate<Example>) {}
  /// Any callable that makes exactly a Batch of a std::vector<Example>.
  template <Collates<Example, Batch> Function>
  CollateFunction(Function&& function)  // NOLINT: for .collate_fn = collate
      : function_(std::forward<Function>(function)) {}

  /// The batch of some examples.
  Batch operator()(std::vector<Example> examples) const { return function_(std::move(examples)); }
  /// Whether there is a function.
  explicit operator bool() const { return static_cast<bool>(function_); }

 private:
  std::function<Batch(std::vector<Example>)> function_;
};

}  // namespace xgrad::data
