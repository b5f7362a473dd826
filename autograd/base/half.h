/// Half and BFloat16: floating-point numbers of 16 bits, for storage and files. Arithmetic is done in float.
#pragma once

#include <bit>
#include <cstdint>

namespace xgrad {

namespace detail {

/// The upper bits of `bits` past the lowest `dropped`, rounded to the nearest, ties to even.
constexpr std::uint32_t round_to_even(std::uint32_t bits, int dropped) {
  const std::uint32_t last_kept = (bits >> dropped) & 1U;
  return (bits + ((1U << (dropped - 1)) - 1U) + last_kept) >> dropped;
}

constexpr std::uint16_t float_to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  std::uint32_t half = 0;
  if (magnitude > 0x7f800000U) {
    half = 0x7e00U;  // NaN
  } else if (magnitude >= 0x47800000U) {
    half = 0x7c00U;  // 65536 and above
  } else if (magnitude >= 0x38800000U) {
    half = round_to_even(magnitude - 0x38000000U, 13);  // normal numbers: the exponent's bias is 112 less
  } else if (magnitude >= 0x33000000U) {
    const int shift = 126 - static_cast<int>(magnitude >> 23);  // subnormal numbers: in units of 2^-24
    half = round_to_even((magnitude & 0x7fffffU) | 0x800000U, shift);
  }
  return static_cast<std::uint16_t>(sign | half);
}

constexpr float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t magnitude = half & 0x7fffU;
  if (magnitude >= 0x7c00U) return std::bit_cast<float>(sign | 0x7f800000U | ((magnitude & 0x3ffU) << 13));
  if (magnitude >= 0x400U) return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000U));
  const float value = static_cast<float>(magnitude) * 0x1p-24F;
  return sign != 0 ? -value : value;
}

}  // namespace detail

/// IEEE 754 binary16: 5 bits of exponent, 10 of fraction. Conversion rounds to the nearest, ties to even.
struct Half {
  Half() = default;
  /// The nearest value.
  explicit constexpr Half(float value) : bits(detail::float_to_half(value)) {}
  /// The same value: a float holds them all.
  constexpr operator float() const { return detail::half_to_float(bits); }  // NOLINT(google-explicit-constructor)

  std::uint16_t bits = 0;  ///< as stored
};

/// The upper half of a float: 8 bits of exponent, 7 of fraction. Conversion rounds to the nearest, ties to even.
struct BFloat16 {
  BFloat16() = default;
  /// The nearest value.
  explicit constexpr BFloat16(float value)
      : bits(value != value ? std::uint16_t{0x7fc0}
                            : static_cast<std::uint16_t>(detail::round_to_even(std::bit_cast<std::uint32_t>(value), 16))) {}
  /// The same value: a float holds them all.
  constexpr operator float() const {  // NOLINT(google-explicit-constructor)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
  }

  std::uint16_t bits = 0;  ///< as stored
};

}  // namespace xgrad
