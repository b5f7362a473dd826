/// How options classes are written: `XGRAD_ARG(double, p) = 0.5;` makes a member with a setter that chains and a getter.
#pragma once

#include <type_traits>
#include <utility>

namespace xgrad::detail {

/// What a bool option is set to: a bool, or what converts to one and is neither a text, another pointer nor a fraction.
class BoolSetting {
 public:
  template <class T>
  requires(std::is_integral_v<T> || (std::is_class_v<T> && std::is_convertible_v<T, bool>))
      BoolSetting(T value)  // NOLINT(google-explicit-constructor)
      : value_(static_cast<bool>(value)) {}
  operator bool() const { return value_; }  // NOLINT(google-explicit-constructor)

 private:
  bool value_;
};

/// The parameter of an option's setter.
template <class T>
struct SettingOf {
  using type = T;
};
template <>
struct SettingOf<bool> {
  using type = BoolSetting;
};

}  // namespace xgrad::detail

/// An option of a class: private member, setter that chains, getter. A bool is not set by a text or a fraction.
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
