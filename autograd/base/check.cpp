#include "autograd/base/check.h"

#include <fmt/format.h>

fmt::format_context::iterator fmt::formatter<xgrad::IntArrayRef>::format(xgrad::IntArrayRef shape,
                                                                         fmt::format_context& context) const {
  return fmt::format_to(context.out(), "{}", xgrad::to_string(shape));
}

fmt::format_context::iterator fmt::formatter<xgrad::ScalarType>::format(xgrad::ScalarType dtype,
                                                                        fmt::format_context& context) const {
  return fmt::format_to(context.out(), "{}", xgrad::to_string(dtype));
}

namespace xgrad::detail {

template <class Exception>
void fail(fmt::string_view message, fmt::format_args args) {
  throw Exception(fmt::vformat(message, args));
}

template void fail<Error>(fmt::string_view, fmt::format_args);
template void fail<ShapeError>(fmt::string_view, fmt::format_args);
template void fail<TypeError>(fmt::string_view, fmt::format_args);
template void fail<IndexError>(fmt::string_view, fmt::format_args);
template void fail<ValueError>(fmt::string_view, fmt::format_args);
template void fail<GraphError>(fmt::string_view, fmt::format_args);
template void fail<FileError>(fmt::string_view, fmt::format_args);

}  // namespace xgrad::detail
