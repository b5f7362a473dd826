/// Arguments that libtorch takes as lists of one number. For .cpp files.
#pragma once

#include "autograd/base/check.h"
#include "autograd/base/shape.h"

namespace xgrad {

/// The number of a list of one. Throws ValueError that names `operation` and `which` for other lists, and for less than `least`.
inline std::int64_t one_number(const char* operation, const char* which, IntArrayRef numbers, std::int64_t least) {
  check<ValueError>(numbers.size() == 1 && numbers[0] >= least, "{}: expected one number of at least {} for {}, got {}",
                    operation, least, which, numbers);
  return numbers[0];
}

}  // namespace xgrad
