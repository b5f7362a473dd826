/// The Mersenne Twister mt19937, a block of numbers at a time; they are std::mt19937's. M. Matsumoto and T. Nishimura,
/// "Mersenne Twister", ACM Transactions on Modeling and Computer Simulation 8 (1998), https://doi.org/10.1145/272991.272995
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>

namespace xgrad::kernels {

class MersenneTwister {
 public:
  void seed(std::uint32_t seed);

  std::uint32_t next() {
    if (position_ == size) advance();
    return numbers_[position_++];
  }
  /// The next n numbers.
  void fill(std::uint32_t* out, std::int64_t n);

  /// As text, which is that of std::mt19937.
  friend std::ostream& operator<<(std::ostream& stream, const MersenneTwister& engine);
  friend std::istream& operator>>(std::istream& stream, MersenneTwister& engine);

 private:
  static constexpr std::size_t size = 624;
  void advance();
  /// What the state's words give.
  void temper();

  std::array<std::uint32_t, size> words_{};
  std::array<std::uint32_t, size> numbers_{};
  std::size_t position_ = size;
};

}  // namespace xgrad::kernels
