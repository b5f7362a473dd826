/// Parameters that take just what they are called: C++ turns any number and any pointer into a bool, and a bool and any
/// fraction into an integer.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace xgrad {

/// A bool, and nothing that converts to one.
template <class T>
concept IsBool = std::same_as<T, bool>;

/// What is no bool, though it converts to one: numbers, pointers, texts.
template <class T>
concept NoBool = !std::same_as<T, bool> && (std::is_arithmetic_v<T> || std::is_pointer_v<T> || std::is_null_pointer_v<T>);

/// What is no dimension, though it converts to one: `x.sum(true)`.
template <class T>
concept NoDimension = std::same_as<T, bool> || std::floating_point<T>;

/// A number that is no bool.
template <class T>
concept IsNumber = (std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>;

namespace detail {

/// What an Only<T> is made from: of a bool, an object that is one, such as an element of a vector<bool>; of an integer and
/// of a number, what converts to one and is neither a bool, nor a fraction in place of an integer.
template <class T, class From>
concept Means = std::convertible_to<From, T> &&
    (IsBool<T> ? IsBool<From> || requires(const From& from) { from.operator bool(); }
               : !IsBool<From> && !std::is_pointer_v<From> && (std::floating_point<T> || !std::floating_point<From>));

}  // namespace detail

/// A parameter of type T that takes a T, and not what C++ would turn into one unasked: `x.sum(0, "a")`, `x.transpose(true,
/// 0)` and `dropout(x, true, 0.5)` do not compile.
template <class T>
class Only {
 public:
  using value_type = T;
  template <class From>
  requires(!std::is_class_v<From> && detail::Means<T, From>) constexpr Only(From value)
      : value_(static_cast<T>(value)) {}  // NOLINT(google-explicit-constructor)
  template <class From>
  requires(std::is_class_v<From> && !std::same_as<From, Only> && detail::Means<T, From>) constexpr Only(const From& value)
      : value_(static_cast<T>(value)) {}           // NOLINT(google-explicit-constructor)
  constexpr operator T() const { return value_; }  // NOLINT(google-explicit-constructor)

 private:
  T value_;
};

using OnlyBool = Only<bool>;         ///< A flag.
using OnlyInt = Only<std::int64_t>;  ///< An integer, such as the number of a dimension.
using OnlyReal = Only<double>;       ///< A number that is no bool.

}  // namespace xgrad
