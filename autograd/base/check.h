/// Formatted checks, for .cpp files only: fmt stays out of the public headers.
#pragma once

#include <fmt/core.h>

#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/scalar_type.h"
#include "autograd/base/shape.h"
#include "autograd/base/type_meta.h"

// How shapes and dtypes print in messages. Declared here and defined once, in check.cpp: what formats is slow to compile.
template <>
struct fmt::formatter<xgrad::IntArrayRef> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  fmt::format_context::iterator format(xgrad::IntArrayRef shape, fmt::format_context& context) const;
};

template <>
struct fmt::formatter<xgrad::DimVector> : fmt::formatter<xgrad::IntArrayRef> {};

template <>
struct fmt::formatter<xgrad::ScalarType> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
  fmt::format_context::iterator format(xgrad::ScalarType dtype, fmt::format_context& context) const;
};

template <>
struct fmt::formatter<xgrad::TypeMeta> : fmt::formatter<xgrad::ScalarType> {};

namespace xgrad {

namespace detail {

/// Throws `Exception` with the formatted message. Instantiated in check.cpp for every exception of error.h.
template <class Exception>
[[noreturn, gnu::cold]] void fail(fmt::string_view message, fmt::format_args args);

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
