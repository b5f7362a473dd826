/// libtorch's macros.
#pragma once

#include <xgrad/xgrad.h>

#include <string>

#include "torch/utilities.h"

#define TORCH_MODULE(Name) XGRAD_MODULE(Name)
#define TORCH_MODULE_IMPL(Name, Impl) XGRAD_MODULE_IMPL(Name, Impl)
#define TORCH_ARG(Type, name) XGRAD_ARG(Type, name)
/// Says which arguments of forward have defaults: C++'s own are enough here.
#define FORWARD_HAS_DEFAULT_ARGS(...)
#define RECORD_FUNCTION(name, ...) const ::xgrad::autograd::profiler::RecordFunction record_function_guard(name)

/// Throws an exception of the given class with the message, of parts that print, unless the condition holds.
#define XGRAD_TORCH_CHECK(Exception, condition, ...)                                                          \
  do {                                                                                                        \
    if (!(condition)) throw ::xgrad::Exception(::xgrad::torch_compat::message_of(#condition, ##__VA_ARGS__)); \
  } while (false)
#define TORCH_CHECK(condition, ...) XGRAD_TORCH_CHECK(Error, condition, ##__VA_ARGS__)
#define TORCH_CHECK_INDEX(condition, ...) XGRAD_TORCH_CHECK(IndexError, condition, ##__VA_ARGS__)
#define TORCH_CHECK_VALUE(condition, ...) XGRAD_TORCH_CHECK(ValueError, condition, ##__VA_ARGS__)
#define TORCH_CHECK_TYPE(condition, ...) XGRAD_TORCH_CHECK(TypeError, condition, ##__VA_ARGS__)
#define TORCH_CHECK_NOT_IMPLEMENTED(condition, ...) XGRAD_TORCH_CHECK(NotImplementedError, condition, ##__VA_ARGS__)
#define TORCH_CHECK_EQ(a, b) TORCH_CHECK((a) == (b), "Check failed: " #a " == " #b)
#define TORCH_CHECK_NE(a, b) TORCH_CHECK((a) != (b), "Check failed: " #a " != " #b)
#define TORCH_CHECK_LT(a, b) TORCH_CHECK((a) < (b), "Check failed: " #a " < " #b)
#define TORCH_CHECK_LE(a, b) TORCH_CHECK((a) <= (b), "Check failed: " #a " <= " #b)
#define TORCH_CHECK_GT(a, b) TORCH_CHECK((a) > (b), "Check failed: " #a " > " #b)
#define TORCH_CHECK_GE(a, b) TORCH_CHECK((a) >= (b), "Check failed: " #a " >= " #b)
#define TORCH_CHECK_NOTNULL(pointer) ::xgrad::torch_compat::not_null(#pointer, pointer)
#define TORCH_INTERNAL_ASSERT(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define TORCH_INTERNAL_ASSERT_DEBUG_ONLY(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define AT_ASSERT(condition) TORCH_CHECK(condition)
#define AT_ASSERTM(condition, ...) TORCH_CHECK(condition, ##__VA_ARGS__)
#define AT_ERROR(...) TORCH_CHECK(false, ##__VA_ARGS__)
#define C10_THROW_ERROR(Exception, message) throw ::xgrad::Exception(message)

/// Hands a message, of parts that print, to the warning handler.
#define TORCH_WARN(...) \
  ::xgrad::Warning::warn({__func__, __FILE__, __LINE__}, ::xgrad::torch_compat::message_of("warning", ##__VA_ARGS__), false)
/// The same, the first time only.
#define TORCH_WARN_ONCE(...)                                                    \
  do {                                                                          \
    static bool warned = false;                                                 \
    if (!warned || ::xgrad::Warning::get_warnAlways()) TORCH_WARN(__VA_ARGS__); \
    warned = true;                                                              \
  } while (false)
#define AT_WARN(...) TORCH_WARN(__VA_ARGS__)

/// What says nothing to a program that links with xgrad.
/// @{
#define TORCH_API
#define C10_API
#define C10_EXPORT
#define C10_UNUSED [[maybe_unused]]
#define C10_NODISCARD [[nodiscard]]
#define C10_LIKELY(condition) (__builtin_expect(static_cast<bool>(condition), 1))
#define C10_UNLIKELY(condition) (__builtin_expect(static_cast<bool>(condition), 0))
#define C10_ALWAYS_INLINE inline __attribute__((always_inline))
#define C10_NOINLINE __attribute__((noinline))
#define C10_HOST_DEVICE
#define C10_DEVICE
#define C10_HOST
/// @}

/// The version of libtorch whose names these are.
/// @{
#define TORCH_VERSION_MAJOR 1
#define TORCH_VERSION_MINOR 13
#define TORCH_VERSION_PATCH 1
#define TORCH_VERSION "1.13.1"
/// @}
