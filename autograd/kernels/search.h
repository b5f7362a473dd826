/// Binary search that leaves the processor nothing to guess.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// How many of the places 0 ... length - 1 belong to the beginning, where `belongs(place)` is true up to there and false
/// from there on.
template <class Belongs>
std::int64_t partition_point(std::int64_t length, const Belongs& belongs) {
  if (length == 0) return 0;
  std::int64_t first = 0;
  while (length > 1) {
    const std::int64_t half = length / 2;
    first += half & -static_cast<std::int64_t>(belongs(first + half - 1));  // without a jump
    length -= half;
  }
  return first + static_cast<std::int64_t>(belongs(first));
}

/// The same for several searches of as many places, none of which waits for another: `belongs(place, lane)`.
template <int lanes, class Belongs>
void partition_points(std::int64_t length, const Belongs& belongs, std::int64_t* out) {
  std::int64_t first[lanes] = {};
  for (; length > 1; length -= length / 2) {
    const std::int64_t half = length / 2;
#pragma GCC unroll 8
    for (int k = 0; k < lanes; ++k) first[k] += half & -static_cast<std::int64_t>(belongs(first[k] + half - 1, k));
  }
#pragma GCC unroll 8
  for (int k = 0; k < lanes; ++k) out[k] = length == 0 ? 0 : first[k] + static_cast<std::int64_t>(belongs(first[k], k));
}

}  // namespace xgrad::kernels
