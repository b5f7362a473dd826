#include "nn/modules/container/any_value.h"

#include <cxxabi.h>

#include <cstdlib>

#include "autograd/base/check.h"

namespace xgrad::nn {

namespace detail {

std::string readable_name(const std::type_info& type) {
  int status = 0;
  char* readable = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? readable : type.name();
  std::free(readable);
  return name;
}

}  // namespace detail

void AnyValue::throw_type(const std::type_info& wanted) const {
  throw TypeError(
      fmt::format("AnyValue: expected a {}, got a {}", detail::readable_name(wanted), detail::readable_name(type_info())));
}

}  // namespace xgrad::nn
