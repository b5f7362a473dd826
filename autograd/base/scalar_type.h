/// Element types of tensors, and how they promote. https://pytorch.org/docs/1.13/tensor_attributes.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/half.h"

namespace xgrad {

/// The type of a tensor's elements. The order is the order of promotion.
///
/// Operations compute in bool, int64, float32 and float64. The others are for storage and files: copies, conversions and
/// views take them, arithmetic and comparisons compute in the wider type and round the result; what is not offered for them
/// says so and names `to()`.
enum class ScalarType : std::uint8_t { Bool, Byte, Char, Short, Int, Long, Half, BFloat16, Float, Double };

/// libtorch's short name.
using Dtype = ScalarType;

/// The dtypes under the names that libtorch gives them.
/// @{
inline constexpr Dtype kBool = ScalarType::Bool;
inline constexpr Dtype kByte = ScalarType::Byte;
inline constexpr Dtype kUInt8 = ScalarType::Byte;
inline constexpr Dtype kChar = ScalarType::Char;
inline constexpr Dtype kInt8 = ScalarType::Char;
inline constexpr Dtype kShort = ScalarType::Short;
inline constexpr Dtype kInt16 = ScalarType::Short;
inline constexpr Dtype kInt = ScalarType::Int;
inline constexpr Dtype kInt32 = ScalarType::Int;
inline constexpr Dtype kLong = ScalarType::Long;
inline constexpr Dtype kInt64 = ScalarType::Long;
inline constexpr Dtype kHalf = ScalarType::Half;
inline constexpr Dtype kFloat16 = ScalarType::Half;
inline constexpr Dtype kBFloat16 = ScalarType::BFloat16;
inline constexpr Dtype kFloat = ScalarType::Float;
inline constexpr Dtype kFloat32 = ScalarType::Float;
inline constexpr Dtype kDouble = ScalarType::Double;
inline constexpr Dtype kFloat64 = ScalarType::Double;
/// @}

/// PyTorch's name of the dtype, without the prefix: "float32".
std::string to_string(Dtype dtype);
/// libtorch's name of the dtype: "Float".
const char* toString(Dtype dtype);
/// libtorch's name.
std::ostream& operator<<(std::ostream& stream, Dtype dtype);

namespace detail {
/// In the order of ScalarType. A table: each result of an operation asks.
inline constexpr std::uint8_t element_sizes[] = {1, 1, 1, 2, 4, 8, 2, 2, 4, 8};
}  // namespace detail

/// Bytes of one element.
constexpr std::size_t element_size(Dtype dtype) { return detail::element_sizes[static_cast<std::size_t>(dtype)]; }

/// Whether the dtype holds numbers with a fraction; bool and the integers do not.
constexpr bool is_floating_point(Dtype dtype) { return dtype >= ScalarType::Half; }

/// The dtype in which operations on `dtype` compute: itself, int64 for the smaller integers, float32 for the smaller
/// floating-point types.
constexpr Dtype compute_dtype(Dtype dtype) {
  if (dtype > ScalarType::Bool && dtype < ScalarType::Long) return kInt64;
  return dtype == kHalf || dtype == kBFloat16 ? kFloat32 : dtype;
}

/// The dtype that holds values of both.
constexpr Dtype promote_types(Dtype a, Dtype b) {
  const Dtype low = a < b ? a : b;
  const Dtype high = a < b ? b : a;
  if (low == kByte && high == kChar) return kShort;
  if (low == kHalf && high == kBFloat16) return kFloat32;
  return high;
}

/// The dtype of new floating-point tensors: float32 unless changed for the calling process.
Dtype default_dtype();
/// Throws TypeError unless `dtype` is float32 or float64.
void set_default_dtype(Dtype dtype);

/// The Dtype of a C++ type: float, double, bool, Half, BFloat16 or an integer type that tensors have.
template <class T>
constexpr Dtype dtype_of() {
  if constexpr (std::is_same_v<T, bool>) return kBool;
  else if constexpr (std::is_same_v<T, float>) return kFloat32;
  else if constexpr (std::is_same_v<T, double>) return kFloat64;
  else if constexpr (std::is_same_v<T, Half>) return kHalf;
  else if constexpr (std::is_same_v<T, BFloat16>) return kBFloat16;
  else if constexpr (std::is_same_v<T, std::uint8_t>) return kByte;
  else if constexpr (std::is_same_v<T, std::int8_t>) return kChar;
  else {
    static_assert(std::is_integral_v<T> && std::is_signed_v<T> && sizeof(T) > 1, "xgrad has no dtype for this C++ type");
    return sizeof(T) == 2 ? kShort : sizeof(T) == 4 ? kInt : kLong;
  }
}

namespace detail {
/// The type in which tensors store values of T: T itself, or int64 for integers that have no dtype, such as std::size_t.
template <class T>
using StoredType = std::conditional_t<std::is_integral_v<T> && std::is_unsigned_v<T> && (sizeof(T) > 1), std::int64_t, T>;

[[noreturn]] void throw_not_computed(Dtype dtype);
[[noreturn]] void throw_not_floating(const char* operation, Dtype dtype);
}  // namespace detail

/// Calls `function.template operator()<T>()` with the C++ type of `dtype`, one of those that operations compute in. Throws
/// TypeError for the others.
template <class Function>
decltype(auto) visit_dtype(Dtype dtype, Function&& function) {
  switch (dtype) {
    case ScalarType::Bool: return function.template operator()<bool>();
    case ScalarType::Long: return function.template operator()<std::int64_t>();
    case ScalarType::Float: return function.template operator()<float>();
    case ScalarType::Double: return function.template operator()<double>();
    default: detail::throw_not_computed(dtype);
  }
}

/// As visit_dtype, for every dtype.
template <class Function>
decltype(auto) visit_any_dtype(Dtype dtype, Function&& function) {
  switch (dtype) {
    case ScalarType::Byte: return function.template operator()<std::uint8_t>();
    case ScalarType::Char: return function.template operator()<std::int8_t>();
    case ScalarType::Short: return function.template operator()<std::int16_t>();
    case ScalarType::Int: return function.template operator()<std::int32_t>();
    case ScalarType::Half: return function.template operator()<Half>();
    case ScalarType::BFloat16: return function.template operator()<BFloat16>();
    default: return visit_dtype(dtype, std::forward<Function>(function));
  }
}

/// As visit_dtype for float32 and float64; throws TypeError that names `operation` for the others.
template <class Function>
decltype(auto) visit_floating(Dtype dtype, const char* operation, Function&& function) {
  if (dtype == kFloat32) return function.template operator()<float>();
  if (dtype == kFloat64) return function.template operator()<double>();
  detail::throw_not_floating(operation, dtype);
}

}  // namespace xgrad
