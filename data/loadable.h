/// What a DataLoader reads: datasets, and streams of examples.
#pragma once

#include <concepts>
#include <type_traits>

#include "data/dataset.h"

namespace xgrad::data {

namespace detail {

/// What a DataLoader takes: a dataset, or an iterable one.
template <class T>
concept AnyIterable = IterableDatasetType<std::remove_cvref_t<T>> || requires {
  requires IterableDatasetType<std::remove_const_t<typename std::remove_cvref_t<T>::element_type>>;
};

template <class T>
struct LoadedExample {};
template <AnyDataset T>
struct LoadedExample<T> {
  using Type = ExampleOf<T>;
};
template <AnyIterable T>
requires(!AnyDataset<T>) struct LoadedExample<T> {
  using Type = typename decltype([] {
    if constexpr (IterableDatasetType<std::remove_cvref_t<T>>) return std::type_identity<std::remove_cvref_t<T>>();
    else return std::type_identity<std::remove_const_t<typename std::remove_cvref_t<T>::element_type>>();
  }())::type::ExampleType;
};

}  // namespace detail

/// What can be given to a DataLoader: what `shared_dataset` takes, an iterable dataset, or a shared pointer to one.
template <class T>
concept Loadable = requires {
  typename detail::LoadedExample<T>::Type;
};
/// The type of its examples.
template <Loadable T>
using LoadedExample = typename detail::LoadedExample<T>::Type;
template <class T, class Example>
concept LoadableOf = Loadable<T> && std::same_as<LoadedExample<T>, Example>;

}  // namespace xgrad::data
