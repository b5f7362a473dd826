#include "autograd/kernels/copy.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace {

/// As std::memmove. Where the target lies just behind the source in their pages, the string instruction that the C library
/// chooses takes ten times as long on AMD's processors.
void copy_bytes(void* out, const void* in, std::size_t bytes) {
  constexpr std::uintptr_t page = 4096;
  constexpr std::uintptr_t line = 64;
  constexpr std::size_t long_enough = 1024;
  constexpr std::size_t width = sizeof(Batch<float>);
  const std::uintptr_t distance = reinterpret_cast<std::uintptr_t>(out) - reinterpret_cast<std::uintptr_t>(in);
  const bool overlaps = distance < bytes || -distance < bytes;
  std::size_t i = 0;
  if (bytes >= long_enough && !overlaps && distance % page > 0 && distance % page < line) {
    const auto at = [&](std::size_t place) { return reinterpret_cast<const float*>(static_cast<const char*>(in) + place); };
    const auto to = [&](std::size_t place) { return reinterpret_cast<float*>(static_cast<char*>(out) + place); };
    for (; i + 2 * width <= bytes; i += 2 * width) {
      const Batch<float> first = Batch<float>::load_unaligned(at(i));
      const Batch<float> second = Batch<float>::load_unaligned(at(i + width));
      first.store_unaligned(to(i));
      second.store_unaligned(to(i + width));
    }
  }
  std::memmove(static_cast<char*>(out) + i, static_cast<const char*>(in) + i, bytes - i);
}

template <class T>
void copy_run(T* out, const T* in, std::int64_t n, std::int64_t out_stride, std::int64_t in_stride) {
  if (out_stride == 1 && in_stride == 1) {
    copy_bytes(out, in, static_cast<std::size_t>(n) * sizeof(T));
  } else if (out_stride == 1 && in_stride == 0) {
    std::fill_n(out, n, *in);
  } else if (out_stride == 1 && in_stride == -1) {
    std::reverse_copy(in - n + 1, in + 1, out);
  } else {
    for (std::int64_t i = 0; i < n; ++i) out[i * out_stride] = in[i * in_stride];
  }
}

/// A dimension along which the source is contiguous, forwards or backwards, where the last one, along which the target is,
/// has larger strides there; or the last one.
std::size_t crossing(const Loop<2>& loop) {
  const std::size_t last = loop.sizes.size() - 1;
  if (loop.strides[0][last] != 1 || std::abs(loop.strides[1][last]) <= 1) return last;
  for (std::size_t dim = 0; dim < last; ++dim) {
    if (std::abs(loop.strides[1][dim]) == 1) return dim;
  }
  return last;
}

/// out[r * out_stride + c] = in[c * in_stride + r] for a square of at most `side` rows and columns, by way of a buffer: a
/// line of the cache is read and written at one go, however many lines the strides bring into one set of it.
template <class T>
struct Tile {
  static constexpr std::int64_t side = 64 / static_cast<std::int64_t>(sizeof(T));

  static void copy(T* out, const T* in, std::int64_t rows, std::int64_t columns, std::int64_t out_stride,
                   std::int64_t in_stride) {
    if (rows == side && columns == side) {
      copy_square(out, in, out_stride, in_stride);
      return;
    }
    alignas(64) T lines[side][side];
    for (std::int64_t c = 0; c < columns; ++c) {
      std::memcpy(lines[c], in + c * in_stride, static_cast<std::size_t>(rows) * sizeof(T));
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < columns; ++c) out[r * out_stride + c] = lines[c][r];
    }
  }

  static void copy_square(T* out, const T* in, std::int64_t out_stride, std::int64_t in_stride) {
#ifdef __AVX512F__
    if constexpr (sizeof(T) == 4) {
      // Lines and numbers change places bit by bit of their places: of two lines `distance` apart, every other run of
      // `distance` numbers.
      using Line [[gnu::vector_size(64)]] = std::uint32_t;
      Line lines[side];
      constexpr std::int64_t ahead = 4 * side;  // lines lie too far apart for the processor to fetch them by itself
      for (std::int64_t c = 0; c < side; ++c) {
        std::memcpy(&lines[c], in + c * in_stride, sizeof(Line));
        __builtin_prefetch(in + (c + ahead) * in_stride);
        __builtin_prefetch(out + c * out_stride + ahead, 1);
      }
      exchange<1>(lines);
      exchange<2>(lines);
      exchange<4>(lines);
      exchange<8>(lines);
      for (std::int64_t r = 0; r < side; ++r) std::memcpy(out + r * out_stride, &lines[r], sizeof(Line));
      return;
    }
#endif
    alignas(64) T lines[side][side];
    for (std::int64_t c = 0; c < side; ++c) std::memcpy(lines[c], in + c * in_stride, sizeof(lines[c]));
    for (std::int64_t r = 0; r < side; ++r) {
      for (std::int64_t c = 0; c < side; ++c) out[r * out_stride + c] = lines[c][r];
    }
  }

#ifdef __AVX512F__
  template <int distance, class Line>
  static void exchange(Line* lines) {
    exchange<distance>(lines, std::make_integer_sequence<int, static_cast<int>(side)>());
  }
  template <int distance, class Line, int... k>
  static void exchange(Line* lines, std::integer_sequence<int, k...> /*numbers*/) {
    constexpr int n = static_cast<int>(side);
    for (int i = 0; i < n; ++i) {
      if ((i & distance) != 0) continue;
      const Line first = lines[i];
      const Line second = lines[i + distance];
      lines[i] = __builtin_shufflevector(first, second, ((k & distance) == 0 ? k : k - distance + n)...);
      lines[i + distance] = __builtin_shufflevector(first, second, ((k & distance) == 0 ? k + distance : k + n)...);
    }
  }
#endif
};

/// The loop where rows lie along `rows_dim` and columns along the last dimension.
template <class T>
void copy_transposed(T* out, const T* in, Loop<2> loop, std::size_t rows_dim) {
  constexpr std::int64_t side = Tile<T>::side;
  constexpr std::int64_t strip = 2 * side;  // so much of a row of the source is read together
  const std::int64_t rows = loop.sizes[rows_dim];
  const std::int64_t columns = loop.sizes.back();
  const bool backwards = loop.strides[1][rows_dim] < 0;
  if (backwards) {  // from the last row to the first: along those the source runs forwards
    out += (rows - 1) * loop.strides[0][rows_dim];
    in -= rows - 1;
  }
  const std::int64_t out_stride = backwards ? -loop.strides[0][rows_dim] : loop.strides[0][rows_dim];
  const std::int64_t in_stride = loop.strides[1].back();
  const std::int64_t strips = (rows + strip - 1) / strip;
  const auto copy_strips = [=](T* target, const T* source, std::int64_t first, std::int64_t last) {
    for (std::int64_t top = first * strip; top < std::min(rows, last * strip); top += strip) {
      for (std::int64_t c = 0; c < columns; c += side) {
        for (std::int64_t r = top; r < std::min(rows, top + strip); r += side) {
          Tile<T>::copy(target + r * out_stride + c, source + c * in_stride + r, std::min(side, rows - r),
                        std::min(side, columns - c), out_stride, in_stride);
        }
      }
    }
  };
  // What is left of the loop: one run for each matrix.
  loop.sizes.pop_back();
  loop.sizes.erase(loop.sizes.begin() + rows_dim);
  for (DimVector& strides : loop.strides) {
    strides.pop_back();
    strides.erase(strides.begin() + rows_dim);
  }
  if (loop.sizes.empty()) {
    parallel_for(0, strips, runs_in_part(moving_grain, strip * columns),
                 [=](std::int64_t first, std::int64_t last) { copy_strips(out, in, first, last); });
    return;
  }
  std::int64_t matrices = 1;
  for (const std::int64_t size : loop.sizes) matrices *= size;
  parallel_for(0, matrices, runs_in_part(moving_grain, rows * columns), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t matrix = first; matrix < last; ++matrix) {
      std::int64_t rest = matrix;
      std::int64_t out_offset = 0;
      std::int64_t in_offset = 0;
      for (std::size_t dim = loop.sizes.size(); dim-- > 0; rest /= loop.sizes[dim]) {
        out_offset += rest % loop.sizes[dim] * loop.strides[0][dim];
        in_offset += rest % loop.sizes[dim] * loop.strides[1][dim];
      }
      copy_strips(out + out_offset, in + in_offset, 0, strips);
    }
  });
}

template <class T>
void copy(T* out, const T* in, Loop<2> loop) {
  constexpr std::int64_t shortest = 4;
  simplify(loop);
  const std::size_t rows_dim = crossing(loop);
  if (rows_dim + 1 < loop.sizes.size() && loop.sizes[rows_dim] >= shortest && loop.sizes.back() >= shortest) {
    copy_transposed(out, in, std::move(loop), rows_dim);
    return;
  }
  for_each_run(loop, moving_grain, [=](const auto& offsets, std::int64_t n, const auto& strides) {
    copy_run(out + offsets[0], in + offsets[1], n, strides[0], strides[1]);
  });
}

}  // namespace

void copy_elements(std::size_t bytes, void* out, const void* in) {
  constexpr auto alone = static_cast<std::size_t>(moving_grain) * sizeof(float);
  if (bytes <= alone) {
    copy_bytes(out, in, bytes);
  } else {
    copy_elements(1, out, in, {{static_cast<std::int64_t>(bytes)}, {DimVector{1}, DimVector{1}}});
  }
}

void copy_elements(std::size_t size, void* out, const void* in, Loop<2> loop) {
  const auto as = [&]<class T>(T* target) { copy(target, static_cast<const T*>(in), std::move(loop)); };
  switch (size) {
    case 1: return as(static_cast<std::uint8_t*>(out));
    case 2: return as(static_cast<std::uint16_t*>(out));
    case 4: return as(static_cast<std::uint32_t*>(out));
    default: return as(static_cast<std::uint64_t*>(out));
  }
}

}  // namespace xgrad::kernels
