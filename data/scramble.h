/// Numbers that seed generators: different for every epoch, step or shard.
#pragma once

#include <cstdint>

namespace xgrad::data::detail {

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input counts for every bit of the result.
constexpr std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}
/// Of several numbers, one after the other.
template <class... Others>
constexpr std::uint64_t scramble(std::uint64_t x, std::uint64_t y, Others... others) {
  return scramble(scramble(x) ^ y, others...);
}

}  // namespace xgrad::data::detail
