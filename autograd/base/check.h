/// Formatted checks, for .cpp files only: fmt stays out of the public headers.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "autograd/base/error.h"
#include "autograd/base/only.h"
#include "autograd/base/scalar_type.h"
#include "autograd/base/shape.h"
#include "autograd/base/type_meta.h"

// How shapes and dtypes print in messages: without format specifications, since fmt/format.h is slow to compile.
template <>
struct fmt::formatter<xgrad::IntArrayRef> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  fmt::appender format(xgrad::IntArrayRef shape, fmt::format_context& context) const {
    return write(xgrad::to_string(shape), context);
  }

 protected:
  static fmt::appender write(const std::string& text, fmt::format_context& context) {
    return std::copy(text.begin(), text.end(), context.out());
  }
};

template <>
struct fmt::formatter<xgrad::DimVector> : fmt::formatter<xgrad::IntArrayRef> {};

template <>
struct fmt::formatter<xgrad::ScalarType> : private fmt::formatter<xgrad::IntArrayRef> {
  using fmt::formatter<xgrad::IntArrayRef>::parse;
  fmt::appender format(xgrad::ScalarType dtype, fmt::format_context& context) const {
    return write(xgrad::to_string(dtype), context);
  }
};

template <class T>
struct fmt::formatter<xgrad::Only<T>> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  fmt::appender format(xgrad::Only<T> value, fmt::format_context& context) const {
    return fmt::format_to(context.out(), "{}", static_cast<T>(value));
  }
};

template <>
struct fmt::formatter<xgrad::TypeMeta> : fmt::formatter<xgrad::ScalarType> {};

namespace xgrad {

namespace detail {

/// Throws `Exception` with the formatted message: out of line, so that a check costs its caller little code.
template <class Exception>
[[noreturn, gnu::cold, gnu::noinline]] void fail(fmt::string_view message, fmt::format_args args) {
  throw Exception(fmt::vformat(message, args));
}

}  // namespace detail

/// Throws `Exception` with the formatted message unless `condition` holds. The arguments are evaluated either way:
/// pass names and shapes, not the results of computations.
template <class Exception, class... Args>
inline void check(bool condition, fmt::format_string<Args...> message, Args&&... args) {
  if (!condition) [[unlikely]] {
    detail::fail<Exception>(message, fmt::make_format_args(args...));
  }
}

}  // namespace xgrad
