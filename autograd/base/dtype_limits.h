/// What dtypes hold: std::numeric_limits by dtype, those of half precision included.
#pragma once

#include <cstdint>
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

struct IntegerLimits {
  std::int64_t least;
  std::int64_t most;
};

/// Of bool and the dtypes of integers; int64's of others.
constexpr IntegerLimits integer_limits(Dtype dtype) {
  switch (dtype) {
    case ScalarType::Bool: return {0, 1};
    case ScalarType::Byte: return {0, std::numeric_limits<std::uint8_t>::max()};
    case ScalarType::Char: return {std::numeric_limits<std::int8_t>::min(), std::numeric_limits<std::int8_t>::max()};
    case ScalarType::Short: return {std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max()};
    case ScalarType::Int: return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    default: return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  }
}

}  // namespace xgrad::detail
