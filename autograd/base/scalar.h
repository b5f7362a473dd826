/// One number of any dtype, as an argument of operations.
#pragma once

#include <cstdint>
#include <type_traits>

#include "autograd/base/scalar_type.h"

namespace xgrad {

/// A number that remembers whether it was a bool, an integer or a floating-point number: type promotion needs to know.
class Scalar {
 public:
  /// Any number.
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Scalar(T value) {  // NOLINT(google-explicit-constructor): numbers convert, as in libtorch
    if constexpr (std::is_same_v<T, bool>) {
      kind_ = kBool;
      integer_ = value ? 1 : 0;
    } else if constexpr (std::is_integral_v<T>) {
      kind_ = kInt64;
      integer_ = static_cast<std::int64_t>(value);
    } else {
      kind_ = kFloat64;
      real_ = static_cast<double>(value);
    }
  }

  bool is_floating_point() const { return kind_ == kFloat64; }  ///< whether it was float or double
  bool is_bool() const { return kind_ == kBool; }               ///< whether it was a bool
  Dtype dtype() const { return kind_; }                         ///< kBool, kInt64 or kFloat64

  /// The number as a T, converted as static_cast does.
  template <class T>
  T to() const {
    if (kind_ == kFloat64) return static_cast<T>(real_);
    return static_cast<T>(integer_);
  }

 private:
  Dtype kind_ = kFloat64;
  union {
    double real_;
    std::int64_t integer_;
  };
};

}  // namespace xgrad
