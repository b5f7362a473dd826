#include "autograd/kernels/mersenne_twister.h"

#include <algorithm>
#include <istream>
#include <ostream>

namespace xgrad::kernels {

void MersenneTwister::seed(std::uint32_t seed) {
  words_[0] = seed;
  for (std::uint32_t i = 1; i < size; ++i) words_[i] = 1812433253U * (words_[i - 1] ^ (words_[i - 1] >> 30)) + i;
  position_ = size;
}

void MersenneTwister::advance() {
  constexpr std::size_t ahead = 397;
  const auto twisted = [](std::uint32_t high, std::uint32_t low) {
    const std::uint32_t joined = (high & 0x80000000U) | (low & 0x7fffffffU);
    return (joined >> 1) ^ ((low & 1U) != 0 ? 0x9908b0dfU : 0U);
  };
  // Neither loop reads what it has written less than a vector before.
  for (std::size_t i = 0; i < size - ahead; ++i) words_[i] = words_[i + ahead] ^ twisted(words_[i], words_[i + 1]);
  for (std::size_t i = size - ahead; i < size - 1; ++i) {
    words_[i] = words_[i + ahead - size] ^ twisted(words_[i], words_[i + 1]);
  }
  words_[size - 1] = words_[ahead - 1] ^ twisted(words_[size - 1], words_[0]);
  temper();
  position_ = 0;
}

void MersenneTwister::temper() {
  for (std::size_t i = 0; i < size; ++i) {
    std::uint32_t y = words_[i];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    numbers_[i] = y ^ (y >> 18);
  }
}

void MersenneTwister::fill(std::uint32_t* out, std::int64_t n) {
  while (n > 0) {
    if (position_ == size) advance();
    const std::int64_t part = std::min<std::int64_t>(n, static_cast<std::int64_t>(size - position_));
    out = std::copy_n(numbers_.begin() + position_, part, out);
    position_ += static_cast<std::size_t>(part);
    n -= part;
  }
}

std::ostream& operator<<(std::ostream& stream, const MersenneTwister& engine) {
  for (const std::uint32_t word : engine.words_) stream << word << ' ';
  return stream << engine.position_;
}

std::istream& operator>>(std::istream& stream, MersenneTwister& engine) {
  for (std::uint32_t& word : engine.words_) stream >> word;
  stream >> engine.position_;
  if (engine.position_ > MersenneTwister::size) stream.setstate(std::ios::failbit);
  engine.temper();
  return stream;
}

}  // namespace xgrad::kernels
