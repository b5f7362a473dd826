/// AnyValue: what AnyModule takes and returns. https://pytorch.org/cppdocs/api/classtorch_1_1nn_1_1_any_value.html
#pragma once

#include <any>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "autograd/base/error.h"

namespace xgrad::nn {

/// A value of any type that can be copied.
class AnyValue {
 public:
  AnyValue() = default;
  /// Holds a copy of `value`, or the value itself where it is moved in.
  template <class T, class = std::enable_if_t<!std::is_same_v<std::decay_t<T>, AnyValue>>>
  explicit AnyValue(T&& value) : value_(std::in_place_type<std::decay_t<T>>, std::forward<T>(value)) {}

  /// The value, or nullptr where it has another type.
  template <class T>
  T* try_get() {
    return std::any_cast<std::decay_t<T>>(&value_);
  }
  /// The value. Throws TypeError where it has another type.
  template <class T>
  T get() {
    if (auto* value = try_get<std::decay_t<T>>()) return *value;
    throw_type(typeid(T));
  }
  /// The type of the value; that of void for none.
  const std::type_info& type_info() const noexcept { return value_.type(); }

 private:
  [[noreturn]] void throw_type(const std::type_info& wanted) const;

  std::any value_;
};

namespace detail {
/// The name of a type as it is written.
std::string readable_name(const std::type_info& type);
}  // namespace detail

}  // namespace xgrad::nn
