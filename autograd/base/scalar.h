/// One number of any dtype, as an argument of operations.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <limits>
#include <type_traits>

#include "autograd/base/half.h"
#include "autograd/base/only.h"
#include "autograd/base/scalar_type.h"

namespace xgrad {

/// A number that remembers whether it was a bool, an integer or a floating-point number: type promotion needs to know.
class Scalar {
 public:
  /// Any number. Throws ValueError for one beyond int64.
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Scalar(T value) {  // NOLINT(google-explicit-constructor): numbers convert, as in libtorch
    if constexpr (std::is_same_v<T, bool>) {
      kind_ = kBool;
      integer_ = value ? 1 : 0;
    } else if constexpr (std::is_integral_v<T>) {
      kind_ = kInt64;
      integer_ = static_cast<std::int64_t>(value);  // NOLINT(bugprone-signed-char-misuse): a signed char is a number
      if constexpr (std::is_unsigned_v<T> && sizeof(T) == sizeof(integer_)) {
        if (integer_ < 0) [[unlikely]]
          throw_beyond_int64();
      }
    } else {
      kind_ = kFloat64;
      real_ = static_cast<double>(value);
    }
  }

  /// The number of a parameter.
  template <class T>
  Scalar(Only<T> value) : Scalar(T(value)) {}  // NOLINT(google-explicit-constructor)

  Scalar() : Scalar(std::int64_t{0}) {}                          ///< 0
  Scalar(Half value) : Scalar(static_cast<float>(value)) {}      // NOLINT(google-explicit-constructor)
  Scalar(BFloat16 value) : Scalar(static_cast<float>(value)) {}  // NOLINT(google-explicit-constructor)

  bool is_floating_point() const { return kind_ == kFloat64; }  ///< whether it was float or double
  bool is_bool() const { return kind_ == kBool; }
  Dtype dtype() const { return kind_; }  ///< kBool, kInt64 or kFloat64

  /// The number as a T. Throws ValueError where T is an integer type that cannot hold it, without its fraction. Negative
  /// integers wrap around in an unsigned T, as in libtorch: -1 is its largest number.
  template <class T>
  T to() const {
    if (kind_ != kFloat64) {
      if constexpr (std::is_integral_v<T> && sizeof(T) < sizeof(integer_) && !std::is_same_v<T, bool>) {
        constexpr auto most = static_cast<std::int64_t>(std::numeric_limits<T>::max());
        constexpr std::int64_t least = std::is_signed_v<T> ? -most - 1 : -most;
        if (integer_ < least || integer_ > most) [[unlikely]]
          throw_does_not_fit();
      }
      return static_cast<T>(integer_);
    }
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) require_fits<T>();
    return static_cast<T>(real_);
  }
  /// The same, but all integers wrap around: what sums, products and bits of integers are computed with.
  template <class T>
  T wrapped() const {
    return kind_ != kFloat64 ? static_cast<T>(integer_) : to<T>();
  }

  /// libtorch's names of the same.
  /// @{
  bool isFloatingPoint() const { return is_floating_point(); }
  bool isBoolean() const { return is_bool(); }
  bool isIntegral(bool includeBool) const { return kind_ == kInt64 || (includeBool && is_bool()); }
  bool isComplex() const { return false; }
  ScalarType type() const { return kind_; }
  float toFloat() const { return to<float>(); }
  double toDouble() const { return to<double>(); }
  std::int64_t toLong() const { return to<std::int64_t>(); }
  std::int32_t toInt() const { return to<std::int32_t>(); }
  std::int16_t toShort() const { return to<std::int16_t>(); }
  std::int8_t toChar() const { return to<std::int8_t>(); }
  std::uint8_t toByte() const { return to<std::uint8_t>(); }
  bool toBool() const { return to<bool>(); }
  Half toHalf() const { return Half(to<float>()); }
  BFloat16 toBFloat16() const { return BFloat16(to<float>()); }
  /// @}

  /// The number with the other sign. Throws TypeError for a bool.
  Scalar operator-() const;
  /// Whether both are the same number: 1 and 1.0 are.
  template <class T>
  bool equal(T number) const {
    return kind_ == kFloat64 ? real_ == static_cast<double>(number) : static_cast<T>(integer_) == number;
  }

 private:
  template <class T>
  void require_fits() const {
    constexpr T half = std::numeric_limits<T>::max() / 2 + 1;
    constexpr double limit = static_cast<double>(half) * 2;
    if (!(real_ > static_cast<double>(std::numeric_limits<T>::min()) - 1 && real_ < limit) &&
        real_ != static_cast<double>(std::numeric_limits<T>::min())) [[unlikely]]
      throw_does_not_fit();
  }
  [[noreturn]] void throw_does_not_fit() const;
  [[noreturn]] static void throw_beyond_int64();

  Dtype kind_ = kFloat64;
  union {
    double real_;
    std::int64_t integer_;
  };
};

/// The number, as streams print it: "1", "0.5", "true".
std::ostream& operator<<(std::ostream& stream, const Scalar& number);

}  // namespace xgrad
