#include "nn/expanding_array.h"

#include <string>

#include "autograd/base/error.h"

namespace xgrad::detail {

void throw_array_size(std::size_t expected, std::size_t given) {
  throw ValueError("ExpandingArray: expected " + std::to_string(expected) + " values, got " + std::to_string(given));
}

}  // namespace xgrad::detail
