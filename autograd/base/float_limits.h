/// What floating-point dtypes hold: std::numeric_limits by dtype, those of half precision included.
#pragma once

#include <limits>

#include "autograd/base/scalar_type.h"

namespace xgrad::detail {

struct FloatLimits {
  double largest;          ///< the largest finite number
  double smallest_normal;  ///< the smallest positive number that has all its digits
  double epsilon;          ///< the distance from 1 to the next number
};

/// Of a floating-point dtype.
constexpr FloatLimits float_limits(Dtype dtype) {
  using Single = std::numeric_limits<float>;
  using Double = std::numeric_limits<double>;
  switch (dtype) {
    case ScalarType::Half: return {65504, 0x1p-14, 0x1p-10};
    case ScalarType::BFloat16: return {0x1.fep127, Single::min(), 0x1p-7};
    case ScalarType::Float: return {Single::max(), Single::min(), Single::epsilon()};
    default: return {Double::max(), Double::min(), Double::epsilon()};
  }
}

}  // namespace xgrad::detail
