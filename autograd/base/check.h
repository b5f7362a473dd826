/// Formatted checks, for .cpp files only: fmt stays out of the public headers.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/scalar_type.h"
#include "autograd/base/shape.h"

template <>
struct fmt::formatter<xgrad::IntArrayRef> : fmt::formatter<std::string> {
  template <class Context>
  auto format(xgrad::IntArrayRef shape, Context& context) const {
    return fmt::formatter<std::string>::format(xgrad::to_string(shape), context);
  }
};

template <>
struct fmt::formatter<xgrad::DimVector> : fmt::formatter<xgrad::IntArrayRef> {};

template <>
struct fmt::formatter<xgrad::ScalarType> : fmt::formatter<std::string> {
  template <class Context>
  auto format(xgrad::ScalarType dtype, Context& context) const {
    return fmt::formatter<std::string>::format(xgrad::to_string(dtype), context);
  }
};

namespace xgrad {

/// Throws `Exception` with the formatted message unless `condition` holds. The arguments are evaluated either way:
/// pass names and shapes, not the results of computations.
template <class Exception, class... Args>
inline void check(bool condition, fmt::format_string<Args...> message, Args&&... args) {
  if (!condition) [[unlikely]] {
    throw Exception(fmt::format(message, std::forward<Args>(args)...));
  }
}

}  // namespace xgrad
