/// AT_DISPATCH_...: code for the C++ type of a dtype, under the name scalar_t.
#pragma once

#include <xgrad/xgrad.h>

#include <cstdint>
#include <string>

namespace xgrad::torch_compat {

/// The C++ type of a dtype.
template <ScalarType dtype>
auto type_of() {
  if constexpr (dtype == kBool) return bool();
  else if constexpr (dtype == kUInt8) return std::uint8_t();
  else if constexpr (dtype == kInt8) return std::int8_t();
  else if constexpr (dtype == kInt16) return std::int16_t();
  else if constexpr (dtype == kInt32) return std::int32_t();
  else if constexpr (dtype == kInt64) return std::int64_t();
  else if constexpr (dtype == kFloat16) return Half();
  else if constexpr (dtype == kBFloat16) return BFloat16();
  else if constexpr (dtype == kFloat32) return float();
  else return double();
}

}  // namespace xgrad::torch_compat

#define XGRAD_DISPATCH_CASE(type_name, dtype, ...)                                        \
  case dtype: {                                                                           \
    using type_name [[maybe_unused]] = decltype(::xgrad::torch_compat::type_of<dtype>()); \
    return __VA_ARGS__();                                                                 \
  }
#define XGRAD_DISPATCH_ONE(dtype, ...) XGRAD_DISPATCH_CASE(scalar_t, dtype, __VA_ARGS__)
#define XGRAD_DISPATCH_FLOATING(...)                          \
  XGRAD_DISPATCH_ONE(::xgrad::ScalarType::Float, __VA_ARGS__) \
  XGRAD_DISPATCH_ONE(::xgrad::ScalarType::Double, __VA_ARGS__)
#define XGRAD_DISPATCH_INTEGRAL(...)                          \
  XGRAD_DISPATCH_ONE(::xgrad::ScalarType::Byte, __VA_ARGS__)  \
  XGRAD_DISPATCH_ONE(::xgrad::ScalarType::Char, __VA_ARGS__)  \
  XGRAD_DISPATCH_ONE(::xgrad::ScalarType::Short, __VA_ARGS__) \
  XGRAD_DISPATCH_ONE(::xgrad::ScalarType::Int, __VA_ARGS__)   \
  XGRAD_DISPATCH_ONE(::xgrad::ScalarType::Long, __VA_ARGS__)
#define XGRAD_DISPATCH(dtype, name, cases)                                                                                 \
  [&] {                                                                                                                    \
    const ::xgrad::ScalarType dispatched = dtype;                                                                          \
    switch (dispatched) {                                                                                                  \
      cases default                                                                                                        \
          : throw ::xgrad::TypeError(std::string(name) + ": not implemented for '" + ::xgrad::toString(dispatched) + "'"); \
    }                                                                                                                      \
  }()

/// Calls a lambda with scalar_t as the type of `dtype`, one of those named. Throws TypeError that names `name` for the
/// others.
/// @{
#define AT_DISPATCH_FLOATING_TYPES(dtype, name, ...) XGRAD_DISPATCH(dtype, name, XGRAD_DISPATCH_FLOATING(__VA_ARGS__))
#define AT_DISPATCH_INTEGRAL_TYPES(dtype, name, ...) XGRAD_DISPATCH(dtype, name, XGRAD_DISPATCH_INTEGRAL(__VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES(dtype, name, ...) \
  XGRAD_DISPATCH(dtype, name, XGRAD_DISPATCH_FLOATING(__VA_ARGS__) XGRAD_DISPATCH_INTEGRAL(__VA_ARGS__))
#define AT_DISPATCH_FLOATING_TYPES_AND_HALF(dtype, name, ...) \
  AT_DISPATCH_FLOATING_TYPES_AND(::xgrad::ScalarType::Half, dtype, name, __VA_ARGS__)
#define AT_DISPATCH_FLOATING_TYPES_AND(first, dtype, name, ...) \
  XGRAD_DISPATCH(dtype, name, XGRAD_DISPATCH_ONE(first, __VA_ARGS__) XGRAD_DISPATCH_FLOATING(__VA_ARGS__))
#define AT_DISPATCH_FLOATING_TYPES_AND2(first, second, dtype, name, ...)                        \
  XGRAD_DISPATCH(dtype, name,                                                                   \
                 XGRAD_DISPATCH_ONE(first, __VA_ARGS__) XGRAD_DISPATCH_ONE(second, __VA_ARGS__) \
                     XGRAD_DISPATCH_FLOATING(__VA_ARGS__))
#define AT_DISPATCH_INTEGRAL_TYPES_AND(first, dtype, name, ...) \
  XGRAD_DISPATCH(dtype, name, XGRAD_DISPATCH_ONE(first, __VA_ARGS__) XGRAD_DISPATCH_INTEGRAL(__VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES_AND(first, dtype, name, ...)                                   \
  XGRAD_DISPATCH(dtype, name,                                                                \
                 XGRAD_DISPATCH_ONE(first, __VA_ARGS__) XGRAD_DISPATCH_FLOATING(__VA_ARGS__) \
                     XGRAD_DISPATCH_INTEGRAL(__VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES_AND2(first, second, dtype, name, ...)                             \
  XGRAD_DISPATCH(dtype, name,                                                                   \
                 XGRAD_DISPATCH_ONE(first, __VA_ARGS__) XGRAD_DISPATCH_ONE(second, __VA_ARGS__) \
                     XGRAD_DISPATCH_FLOATING(__VA_ARGS__) XGRAD_DISPATCH_INTEGRAL(__VA_ARGS__))
#define AT_DISPATCH_ALL_TYPES_AND3(first, second, third, dtype, name, ...)                                          \
  XGRAD_DISPATCH(dtype, name,                                                                                       \
                 XGRAD_DISPATCH_ONE(first, __VA_ARGS__) XGRAD_DISPATCH_ONE(second, __VA_ARGS__) XGRAD_DISPATCH_ONE( \
                     third, __VA_ARGS__) XGRAD_DISPATCH_FLOATING(__VA_ARGS__) XGRAD_DISPATCH_INTEGRAL(__VA_ARGS__))
/// int32 and int64, under the name index_t.
#define AT_DISPATCH_INDEX_TYPES(dtype, name, ...)                                    \
  XGRAD_DISPATCH(dtype, name,                                                        \
                 XGRAD_DISPATCH_CASE(index_t, ::xgrad::ScalarType::Int, __VA_ARGS__) \
                     XGRAD_DISPATCH_CASE(index_t, ::xgrad::ScalarType::Long, __VA_ARGS__))
/// @}
