/// Arguments that libtorch takes as lists of one number. For .cpp files.
#pragma once

#include "autograd/base/check.h"
#include "autograd/base/shape.h"

namespace xgrad {

/// The number of a list of one. Throws ValueError that names `operation` and `which` for other lists, and below `least`.
inline std::int64_t one_number(const char* operation, const char* which, IntArrayRef numbers, std::int64_t least) {
  // So much that products of two of them, and what else is computed of them, are numbers still.
  constexpr std::int64_t most = (std::int64_t{1} << 31) - 1;
  check<ValueError>(numbers.size() == 1 && numbers[0] >= least && numbers[0] <= most,
                    "{}: expected one number from {} to {} for {}, got {}", operation, least, most, which, numbers);
  return numbers[0];
}

}  // namespace xgrad
