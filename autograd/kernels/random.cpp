#include "autograd/kernels/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <type_traits>
#include <utility>

#include "autograd/base/parallel.h"
#include "autograd/kernels/simd.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels {

namespace {

/// Elements that are drawn at a time.
constexpr std::int64_t chunk = 512;

/// Calls use(first, count, numbers) with `words` of the engine's numbers for each of n elements.
template <std::int64_t words, class Use>
void draw_in_chunks(MersenneTwister& engine, std::int64_t n, const Use& use) {
  std::uint32_t numbers[words * chunk];
  for (std::int64_t first = 0; first < n; first += chunk) {
    const std::int64_t count = std::min(chunk, n - first);
    engine.fill(numbers, words * count);
    use(first, count, numbers);
  }
}

/// The 53 random bits of a double: from a number's lower half and all of the one behind it.
std::int64_t bits_53(const std::uint32_t* numbers, std::int64_t i) {
  constexpr std::uint64_t lowest = (1ULL << 53) - 1;
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(numbers[2 * i]) << 32 | numbers[2 * i + 1]) & lowest);
}

/// drawn modulo `range`, without a division. D. Lemire, O. Kaser and N. Kurz, "Faster remainder by direct computation",
/// 2019, https://arxiv.org/abs/1902.01961
class RemainderOf {
 public:
  explicit RemainderOf(std::uint32_t range) : range_(range), inverse_(~0ULL / range + 1) {}
  std::uint32_t of(std::uint32_t drawn) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint32_t>(static_cast<Wide>(inverse_ * drawn) * range_ >> 64);
  }

 private:
  std::uint64_t range_;
  std::uint64_t inverse_;
};

/// The blocks of 16 in data[0 ... n).
template <class T>
void box_muller(T* data, std::int64_t n, T mean, T std) {
  using Batch = xsimd::batch<T>;
  constexpr std::int64_t half = 8;
  constexpr std::int64_t most = 128;  // pairs at a time
  alignas(64) T first[most]{};
  alignas(64) T second[most]{};
  for (std::int64_t begin = 0; begin < n; begin += 2 * most) {
    const std::int64_t pairs = std::min(most, (n - begin) / 2);
    for (std::int64_t i = 0; i < pairs; i += half) {
      std::copy_n(data + begin + 2 * i, half, first + i);
      std::copy_n(data + begin + 2 * i + half, half, second + i);
    }
    for (std::int64_t i = 0; i < pairs; i += static_cast<std::int64_t>(Batch::size)) {
      // From [0, 1) to (0, 1], for the logarithm.
      const Batch radius = xsimd::sqrt(Batch(T(-2)) * xsimd::log(Batch(T(1)) - Batch::load_aligned(first + i)));
      const Batch angle = Batch(static_cast<T>(2 * std::numbers::pi)) * Batch::load_aligned(second + i);
      const auto [sine, cosine] = xsimd::sincos(angle);
      xsimd::fma(radius * cosine, Batch(std), Batch(mean)).store_aligned(first + i);
      xsimd::fma(radius * sine, Batch(std), Batch(mean)).store_aligned(second + i);
    }
    for (std::int64_t i = 0; i < pairs; i += half) {
      std::copy_n(first + i, half, data + begin + 2 * i);
      std::copy_n(second + i, half, data + begin + 2 * i + half);
    }
  }
}

}  // namespace

template <class T>
void fill_uniform(MersenneTwister& engine, T* out, std::int64_t n, T low, T range) {
  // One rounding, as in PyTorch, whatever this library is compiled for.
  if constexpr (std::is_same_v<T, float>) {
    draw_in_chunks<1>(engine, n, [=](std::int64_t first, std::int64_t count, const std::uint32_t* numbers) {
      constexpr std::uint32_t lowest = (1U << 24) - 1;
      for (std::int64_t i = 0; i < count; ++i) {
        const float uniform = static_cast<float>(static_cast<std::int32_t>(numbers[i] & lowest)) * 0x1p-24F;
        out[first + i] = std::fma(uniform, range, low);
      }
    });
  } else {
    draw_in_chunks<2>(engine, n, [=](std::int64_t first, std::int64_t count, const std::uint32_t* numbers) {
      for (std::int64_t i = 0; i < count; ++i) {
        out[first + i] = std::fma(static_cast<double>(bits_53(numbers, i)) * 0x1p-53, range, low);
      }
    });
  }
}

template <class T>
void fill_normal(MersenneTwister& engine, T* out, std::int64_t n, T mean, T std) {
  constexpr std::int64_t block = 16;
  constexpr std::int64_t part = 65536;  // drawn by one thread, transformed by all
  for (std::int64_t first = 0; first < n; first += part) {
    const std::int64_t count = std::min(part, n - first);
    fill_uniform(engine, out + first, count, T(0), T(1));
    parallel_for(0, count / block, 1024, [=](std::int64_t begin, std::int64_t end) {
      box_muller(out + first + begin * block, (end - begin) * block, mean, std);
    });
  }
  if (n % block != 0) {
    fill_uniform(engine, out + n - block, block, T(0), T(1));
    box_muller(out + n - block, block, mean, std);
  }
}

template <class T>
void fill_bernoulli(MersenneTwister& engine, T* out, std::int64_t n, double p) {
  // b 2^-53 < p for a whole number b.
  const auto below = static_cast<std::int64_t>(std::ceil(p * 0x1p53));
  draw_in_chunks<2>(engine, n, [=](std::int64_t first, std::int64_t count, const std::uint32_t* numbers) {
    for (std::int64_t i = 0; i < count; ++i) out[first + i] = bits_53(numbers, i) < below ? T(1) : T(0);
  });
}

template <class T>
void fill_exponential(MersenneTwister& engine, T* out, std::int64_t n, double scale) {
  draw_in_chunks<2>(engine, n, [=](std::int64_t first, std::int64_t count, const std::uint32_t* numbers) {
    if constexpr (std::is_same_v<T, float>) {
      using Batch = xsimd::batch<double>;
      alignas(64) double values[chunk];
      for (std::int64_t i = 0; i < count; ++i) values[i] = 1 - static_cast<double>(bits_53(numbers, i)) * 0x1p-53;  // exact
      for (std::int64_t i = 0; i < count; i += static_cast<std::int64_t>(Batch::size)) {
        (Batch(-scale) * xsimd::log(Batch::load_aligned(values + i))).store_aligned(values + i);
      }
      for (std::int64_t i = 0; i < count; ++i) out[first + i] = static_cast<float>(values[i]);
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        out[first + i] = -scale * std::log1p(-static_cast<double>(bits_53(numbers, i)) * 0x1p-53);
      }
    }
  });
}

void times_roots(float* out, const double* bases, const double* uniforms, const double* orders, std::int64_t n) {
  using Batch = xsimd::batch<double>;
  constexpr auto width = static_cast<std::int64_t>(Batch::size);
  const auto product = [](Batch base, Batch uniform, Batch order) {
    return base * exp<double>(xsimd::log(uniform) / order);
  };
  for (std::int64_t i = 0; i < n; i += width) {
    alignas(64) double y[width];
    const std::int64_t count = std::min(width, n - i);
    const auto part = [&](const double* from) {
      if (count == width) return Batch::load_unaligned(from + i);
      alignas(64) double padded[width];
      std::fill_n(padded, width, 1.0);
      std::copy_n(from + i, count, padded);
      return Batch::load_aligned(padded);
    };
    product(part(bases), part(uniforms), part(orders)).store_aligned(y);
    for (std::int64_t k = 0; k < count; ++k) out[i + k] = static_cast<float>(y[k]);
  }
}

void fill_integers(MersenneTwister& engine, std::int64_t* out, std::int64_t n, std::uint64_t low, std::uint64_t range) {
  if (range >= 1ULL << 32) {
    draw_in_chunks<2>(engine, n, [=](std::int64_t first, std::int64_t count, const std::uint32_t* numbers) {
      for (std::int64_t i = 0; i < count; ++i) {
        const std::uint64_t drawn = static_cast<std::uint64_t>(numbers[2 * i]) << 32 | numbers[2 * i + 1];
        out[first + i] = static_cast<std::int64_t>(drawn % range + low);
      }
    });
    return;
  }
  const RemainderOf remainder(static_cast<std::uint32_t>(range));
  draw_in_chunks<1>(engine, n, [=](std::int64_t first, std::int64_t count, const std::uint32_t* numbers) {
    for (std::int64_t i = 0; i < count; ++i) out[first + i] = static_cast<std::int64_t>(remainder.of(numbers[i]) + low);
  });
}

void fill_permutation(MersenneTwister& engine, std::int64_t* out, std::int64_t n) {
  std::iota(out, out + n, 0);
  draw_in_chunks<1>(
      engine, std::max<std::int64_t>(0, n - 1), [=](std::int64_t first, std::int64_t count, const std::uint32_t* numbers) {
        std::int64_t* place[chunk];
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t left = n - first - i;
          // Narrow where it can be: that division is faster.
          const std::int64_t ahead = left <= std::int64_t{0xffffffff} ? numbers[i] % static_cast<std::uint32_t>(left)
                                                                      : static_cast<std::int64_t>(numbers[i]);
          place[i] = out + first + i + ahead;
          __builtin_prefetch(place[i], 1);
        }
        for (std::int64_t i = 0; i < count; ++i) std::swap(out[first + i], *place[i]);
      });
}

#define XGRAD_FOR(T)                                                        \
  template void fill_uniform(MersenneTwister&, T*, std::int64_t, T, T);     \
  template void fill_normal(MersenneTwister&, T*, std::int64_t, T, T);      \
  template void fill_bernoulli(MersenneTwister&, T*, std::int64_t, double); \
  template void fill_exponential(MersenneTwister&, T*, std::int64_t, double);
XGRAD_FOR(float)
XGRAD_FOR(double)
#undef XGRAD_FOR

}  // namespace xgrad::kernels
