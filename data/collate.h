/// Collate: from examples to a batch.
#pragma once

#include <concepts>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/ops/indexing.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/tensor.h"
#include "data/libtorch/example.h"

namespace xgrad::data {

/// How examples of one type are put together where no collate function is given. The primary template keeps them as they
/// are; specialisations below stack them.
template <class Example>
struct DefaultCollate {
  using Batch = std::vector<Example>;
  static Batch collate(std::vector<Example> examples) { return examples; }
};

/// The batch that `default_collate` makes of examples.
template <class Example>
using DefaultBatch = typename DefaultCollate<Example>::Batch;

/// Tensors of one shape are stacked along a new first dimension, numbers become a vector of their type (double: float64,
/// float: float32, integers: int64), and lists, pairs and tuples are collated field by field; examples of any other type
/// stay a std::vector. Throws ShapeError where shapes differ, and where lists have different lengths.
/// https://pytorch.org/docs/1.13/data.html#torch.utils.data.default_collate
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

namespace detail {

/// One field of examples, which field(example) gives to be moved from, collated.
template <class Example, class Field>
auto collate_field(std::vector<Example>& examples, const Field& field) {
  std::vector<std::remove_cvref_t<decltype(field(examples.front()))>> fields;
  fields.reserve(examples.size());
  for (auto&& example : examples) fields.push_back(std::move(field(example)));
  return default_collate(std::move(fields));
}

}  // namespace detail

template <class Data, class Target>
struct DefaultCollate<Example<Data, Target>> {
  using Batch = Example<DefaultBatch<Data>, DefaultBatch<Target>>;
  static Batch collate(std::vector<Example<Data, Target>> examples) {
    return {detail::collate_field(examples, [](auto& example) -> Data& { return example.data; }),
            detail::collate_field(examples, [](auto& example) -> Target& { return example.target; })};
  }
};

template <class Data>
struct DefaultCollate<Example<Data, example::NoTarget>> {
  using Batch = Example<DefaultBatch<Data>, example::NoTarget>;
  static Batch collate(std::vector<Example<Data, example::NoTarget>> examples) {
    return detail::collate_field(examples, [](auto& example) -> Data& { return example.data; });
  }
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
  static Tensor collate(const std::vector<Number>& examples) {
    if constexpr (std::is_floating_point_v<Number>) return tensor(examples, sizeof(Number) > 4 ? kFloat64 : kFloat32);
    else return tensor(examples);
  }
};

namespace detail {

/// One field of tuple-like examples, collated.
template <std::size_t I, class Example>
auto collate_element(std::vector<Example>& examples) {
  return collate_field(
      examples, [](auto&& example) -> auto& { return std::get<I>(example); });
}

}  // namespace detail

template <class First, class Second>
struct DefaultCollate<std::pair<First, Second>> {
  using Batch = std::pair<DefaultBatch<First>, DefaultBatch<Second>>;
  static Batch collate(std::vector<std::pair<First, Second>> examples) {
    return {detail::collate_element<0>(examples), detail::collate_element<1>(examples)};
  }
};

template <class... Fields>
struct DefaultCollate<std::tuple<Fields...>> {
  using Batch = std::tuple<DefaultBatch<Fields>...>;
  static Batch collate(std::vector<std::tuple<Fields...>> examples) {
    const auto collate_all = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return Batch{detail::collate_element<I>(examples)...};
    };
    return collate_all(std::index_sequence_for<Fields...>());
  }
};
/// @endcond

namespace detail {

/// What a collate function makes of examples. It is an error that says so where it does not take them.
template <class Collate, class Example>
struct CollateResult {
  static_assert(std::invocable<std::decay_t<Collate>&, std::vector<Example>>,
                "DataLoader: the collate function does not take a std::vector of the dataset's examples");
  using Type = typename std::remove_cvref_t<decltype([] {
    if constexpr (std::invocable<std::decay_t<Collate>&, std::vector<Example>>) {
      return std::type_identity<std::invoke_result_t<std::decay_t<Collate>&, std::vector<Example>>>();
    } else {
      return std::type_identity<DefaultBatch<Example>>();
    }
  }())>::type;
  static_assert(!std::is_void_v<Type>, "DataLoader: the collate function returns nothing");
};

}  // namespace detail

/// The batch that a collate function, any callable that takes a std::vector<Example>, makes of examples.
template <class Example, class Collate>
using CollatedBatch = std::remove_cvref_t<typename detail::CollateResult<Collate, Example>::Type>;

}  // namespace xgrad::data
