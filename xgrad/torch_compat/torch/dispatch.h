/// AT_DISPATCH_...: code for the C++ type of a dtype, under the name scalar_t.
#pragma once

#include <xgrad/xgrad.h>

#include <cstdint>
#include <string>

#define XGRAD_DISPATCH_CASE(dtype, Type, ...) \
  case ::xgrad::ScalarType::dtype: {          \
    using scalar_t [[maybe_unused]] = Type;   \
    return __VA_ARGS__();                     \
  }
#define XGRAD_DISPATCH_FLOATING(...)             \
  XGRAD_DISPATCH_CASE(Float, float, __VA_ARGS__) \
  XGRAD_DISPATCH_CASE(Double, double, __VA_ARGS__)
#define XGRAD_DISPATCH_INTEGRAL(...)                    \
  XGRAD_DISPATCH_CASE(Byte, std::uint8_t, __VA_ARGS__)  \
  XGRAD_DISPATCH_CASE(Char, std::int8_t, __VA_ARGS__)   \
  XGRAD_DISPATCH_CASE(Short, std::int16_t, __VA_ARGS__) \
  XGRAD_DISPATCH_CASE(Int, std::int32_t, __VA_ARGS__)   \
  XGRAD_DISPATCH_CASE(Long, std::int64_t, __VA_ARGS__)
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
/// @}
