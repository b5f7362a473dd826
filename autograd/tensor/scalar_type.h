/// Element types of tensors, and how they promote. https://pytorch.org/docs/1.13/tensor_attributes.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "autograd/tensor/error.h"

namespace xgrad {

/// The type of a tensor's elements. The order is the order of promotion.
enum class ScalarType : std::uint8_t { Bool, Long, Float, Double };

using Dtype = ScalarType;

inline constexpr Dtype kBool = ScalarType::Bool;
inline constexpr Dtype kLong = ScalarType::Long;
inline constexpr Dtype kInt64 = ScalarType::Long;
inline constexpr Dtype kFloat = ScalarType::Float;
inline constexpr Dtype kFloat32 = ScalarType::Float;
inline constexpr Dtype kDouble = ScalarType::Double;
inline constexpr Dtype kFloat64 = ScalarType::Double;

/// PyTorch's name of the dtype, without the prefix: "float32".
std::string to_string(Dtype dtype);

constexpr std::size_t element_size(Dtype dtype) {
  switch (dtype) {
    case ScalarType::Bool: return 1;
    case ScalarType::Float: return 4;
    default: return 8;
  }
}

constexpr bool is_floating_point(Dtype dtype) { return dtype == kFloat32 || dtype == kFloat64; }

/// The dtype that holds values of both.
constexpr Dtype promote_types(Dtype a, Dtype b) { return a < b ? b : a; }

/// The dtype of new floating-point tensors: float32 unless changed for the calling process.
Dtype default_dtype();
/// Throws TypeError unless `dtype` is float32 or float64.
void set_default_dtype(Dtype dtype);

/// The Dtype of a C++ type: float, double, bool, or an integer type (int64).
template <class T>
constexpr Dtype dtype_of() {
  if constexpr (std::is_same_v<T, bool>) return kBool;
  else if constexpr (std::is_same_v<T, float>) return kFloat32;
  else if constexpr (std::is_same_v<T, double>) return kFloat64;
  else {
    static_assert(std::is_integral_v<T>, "xgrad has no dtype for this C++ type");
    return kInt64;
  }
}

/// Calls `function.template operator()<T>()` with the C++ type of `dtype`.
template <class Function>
decltype(auto) visit_dtype(Dtype dtype, Function&& function) {
  switch (dtype) {
    case ScalarType::Bool: return function.template operator()<bool>();
    case ScalarType::Long: return function.template operator()<std::int64_t>();
    case ScalarType::Float: return function.template operator()<float>();
    default: return function.template operator()<double>();
  }
}

/// As visit_dtype for the floating types; throws TypeError that names `operation` for the others.
template <class Function>
decltype(auto) visit_floating(Dtype dtype, const char* operation, Function&& function) {
  if (dtype == kFloat32) return function.template operator()<float>();
  if (dtype == kFloat64) return function.template operator()<double>();
  throw TypeError(std::string(operation) + ": expected a floating-point tensor (float32 or float64), got " +
                  to_string(dtype));
}

}  // namespace xgrad
