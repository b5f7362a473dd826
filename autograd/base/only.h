/// Arguments that say just what they are: C++ turns any number and any pointer into a bool, and a bool into any number.
#pragma once

#include <concepts>

namespace xgrad {

/// A bool, and nothing that converts to one.
template <class T>
concept OnlyBool = std::same_as<T, bool>;

/// What is no dimension, though it converts to one: `x.sum(true)`.
template <class T>
concept NoDimension = std::same_as<T, bool> || std::floating_point<T>;

/// A number that is no bool.
template <class T>
concept OnlyNumber = (std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>;

}  // namespace xgrad
