/// How options classes are written: `XGRAD_ARG(double, p) = 0.5;` makes a member with a setter that chains and a getter.
#pragma once

#include <optional>
#include <utility>

#include "autograd/base/only.h"

namespace xgrad::detail {

/// The parameter of an option's setter: a bool is set by a bool, a number by a number, an integer by an integer.
template <class T>
struct SettingOf {
  using type = T;
};
template <>
struct SettingOf<bool> {
  using type = OnlyBool;
};
template <>
struct SettingOf<std::int64_t> {
  using type = Only<std::int64_t>;
};
template <>
struct SettingOf<double> {
  using type = OnlyReal;
};
template <class T>
struct SettingOf<std::optional<T>> {
  using type = std::optional<typename SettingOf<T>::type>;
};

}  // namespace xgrad::detail

/// An option of a class: private member, setter that chains, getter.
#define XGRAD_ARG(Type, name)                                                         \
 public:                                                                              \
  auto name(typename ::xgrad::detail::SettingOf<Type>::type value)->decltype(*this) { \
    this->name##_ = std::move(value);                                                 \
    return *this;                                                                     \
  }                                                                                   \
  const Type& name() const noexcept { return name##_; }                               \
  Type& name() noexcept { return name##_; }                                           \
                                                                                      \
 private:                                                                             \
  Type name##_ /* NOLINT */

/// The same in the base of several options classes: the setter returns `Options`, which derives from the base.
#define XGRAD_ARG_OF(Options, Type, name)                                \
 public:                                                                 \
  Options& name(typename ::xgrad::detail::SettingOf<Type>::type value) { \
    this->name##_ = std::move(value);                                    \
    return static_cast<Options&>(*this);                                 \
  }                                                                      \
  const Type& name() const noexcept { return name##_; }                  \
  Type& name() noexcept { return name##_; }                              \
                                                                         \
 private:                                                                \
  Type name##_ /* NOLINT */
