/// How options classes are written: `XGRAD_ARG(double, p) = 0.5;` makes a member with a setter that chains and a getter.
#pragma once

#include <utility>

/// An option of a class: private member, setter that chains, getter.
#define XGRAD_ARG(Type, name)                           \
 public:                                                \
  auto name(Type value)->decltype(*this) {              \
    this->name##_ = std::move(value);                   \
    return *this;                                       \
  }                                                     \
  const Type& name() const noexcept { return name##_; } \
  Type& name() noexcept { return name##_; }             \
                                                        \
 private:                                               \
  Type name##_ /* NOLINT */

/// The same in the base of several options classes: the setter returns `Options`, which derives from the base.
#define XGRAD_ARG_OF(Options, Type, name)               \
 public:                                                \
  Options& name(Type value) {                           \
    this->name##_ = std::move(value);                   \
    return static_cast<Options&>(*this);                \
  }                                                     \
  const Type& name() const noexcept { return name##_; } \
  Type& name() noexcept { return name##_; }             \
                                                        \
 private:                                               \
  Type name##_ /* NOLINT */
