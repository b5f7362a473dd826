/// A block of a product's result in registers: what the products of recurrent layers, convolutions and attention are made
/// of.
///
/// Up to `max_rows` rows by three vectors, or max_rows_of() by fewer. Every element is one chain of fused multiply-adds in
/// the order of k, whatever block it falls into: its bits do not depend on how rows are shared out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "autograd/kernels/fused.h"
#include "autograd/kernels/simd.h"

namespace xgrad::kernels {

template <class T>
inline constexpr std::int64_t vector_width = static_cast<std::int64_t>(xsimd::batch<T>::size);

inline constexpr std::int64_t round_up(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

inline constexpr int panel_vectors = 3;
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int vector_registers = 32;
#else
inline constexpr int vector_registers = 16;
#endif
/// Rows of a block: as many as the registers hold beside a row of the panel and one broadcast number. On 64-bit Arm a block
/// is 8 x 12 floats.
inline constexpr int max_rows = vector_registers == 32 ? 8 : 4;
/// The same for a panel of fewer vectors: with so few registers, a thin block must be tall to keep the units busy.
constexpr int max_rows_of(std::int64_t vectors) { return vector_registers == 32 || vectors == panel_vectors ? max_rows : 6; }

/// Vectors in the panel that begins where `left` columns are left: three, but two and two in place of three and one.
template <class T>
std::int64_t next_vectors(std::int64_t left) {
  const std::int64_t vectors = (left + vector_width<T> - 1) / vector_width<T>;
  return vectors == panel_vectors + 1 ? 2 : std::min<std::int64_t>(vectors, panel_vectors);
}

/// What the result starts from.
enum class Start { zero, row, result };

namespace detail {

/// Calls f(0), ..., f(count - 1) with constants, so that arrays indexed by them can live in registers.
template <int count, class F>
[[gnu::always_inline]] inline void unrolled(const F& f) {
  [&]<int... i> [[gnu::always_inline]] (std::integer_sequence<int, i...>) { (f(std::integral_constant<int, i>()), ...); }
  (std::make_integer_sequence<int, count>());
}

/// Has `x` in a register from here on: else the compiler reads it from memory in each multiplication, and loads, not
/// multiplications, set the pace.
template <class T>
[[gnu::always_inline]] inline void hold(xsimd::batch<T>& x) {
#if defined(__x86_64__)
  asm("" : "+v"(x.data));
#elif defined(__aarch64__)
  asm("" : "+w"(x.data));
#endif
}

template <class T, int rows, int vectors>
struct Block {
  using Batch = xsimd::batch<T>;
  static constexpr std::int64_t width = vector_width<T>;

  [[gnu::always_inline]] void start(Start from, const T* row, const T* c, std::int64_t ldc) {
    if (from == Start::zero) {
      unrolled<rows * vectors>([&] [[gnu::always_inline]] (auto i) { acc[i] = Batch(T(0)); });
    } else {
      const T* source = from == Start::row ? row : c;
      const std::int64_t stride = from == Start::row ? 0 : ldc;
      unrolled<rows * vectors>([&] [[gnu::always_inline]] (auto i) {
        acc[i] = Batch::load_unaligned(source + i / vectors * stride + i % vectors * width);
      });
    }
  }

  /// Asks for the memory of the result, which is needed when the product is done.
  [[gnu::always_inline]] static void expect(const T* c, std::int64_t ldc) {
    unrolled<rows * vectors>(
        [&] [[gnu::always_inline]] (auto i) { __builtin_prefetch(c + i / vectors * ldc + i % vectors * width, 1); });
  }

  /// acc += the outer product of a column of a and a row of b, whose vectors may lie anywhere.
  [[gnu::always_inline]] void add_outer(const T* a, std::int64_t lda, const T* b) {
    Batch column[vectors];
    unrolled<vectors>([&] [[gnu::always_inline]] (auto v) {
      column[v] = Batch::load_unaligned(b + v * width);
      hold(column[v]);
    });
    unrolled<rows>([&] [[gnu::always_inline]] (auto r) {
      const Batch factor(a[r * lda]);
      unrolled<vectors>([&] [[gnu::always_inline]] (auto v) {
        acc[r * vectors + v] = multiply_add(factor, column[v], acc[r * vectors + v]);
      });
    });
  }

  /// acc += a b, for `depth` rows of the panel. Steps between rows of a: `lda`; along k: `step`. `ahead` is memory that
  /// will be needed later: it is asked for on the way, `ahead_step` numbers on for each k.
  [[gnu::always_inline]] void multiply(std::int64_t depth, const T* a, std::int64_t lda, std::int64_t step, const T* b,
                                       const T* ahead, std::int64_t ahead_step) {
    for (std::int64_t k = 0; k < depth; ++k, b += vectors * width, a += step, ahead += ahead_step) {
      __builtin_prefetch(ahead);
      add_outer(a, lda, b);
    }
  }

  [[gnu::always_inline]] void store(T* c, std::int64_t ldc) const {
    unrolled<rows * vectors>(
        [&] [[gnu::always_inline]] (auto i) { acc[i].store_unaligned(c + i / vectors * ldc + i % vectors * width); });
  }

  /// Stores only the first `left` columns, more than vectors - 1 vectors of them.
  [[gnu::always_inline]] void store_columns(T* c, std::int64_t ldc, std::int64_t left) const {
    alignas(64) T whole[rows * vectors * width];
    unrolled<rows * vectors>([&] [[gnu::always_inline]] (auto i) { acc[i].store_aligned(whole + i * width); });
    for (int r = 0; r < rows; ++r) {
      const T* row = whole + r * vectors * width;
      std::copy(row, row + left, c + r * ldc);
    }
  }

  Batch acc[rows * vectors];
};

/// Calls function.template operator()<rows, vectors>() for run-time numbers; `rows` is at most `most`, and at most
/// max_rows_of(vectors).
template <int most = 8, class Function>
void dispatch_block(std::int64_t rows, std::int64_t vectors, const Function& function) {
  const auto with_vectors = [&]<int V>(std::integral_constant<int, V>) {
    const auto call = [&]<int R>(std::integral_constant<int, R>) {
      if constexpr (R <= most && R <= max_rows_of(V)) function.template operator()<R, V>();
    };
    switch (rows) {
      case 1: return call(std::integral_constant<int, 1>());
      case 2: return call(std::integral_constant<int, 2>());
      case 3: return call(std::integral_constant<int, 3>());
      case 4: return call(std::integral_constant<int, 4>());
      case 5: return call(std::integral_constant<int, 5>());
      case 6: return call(std::integral_constant<int, 6>());
      case 7: return call(std::integral_constant<int, 7>());
      default: return call(std::integral_constant<int, 8>());
    }
  };
  switch (vectors) {
    case 1: return with_vectors(std::integral_constant<int, 1>());
    case 2: return with_vectors(std::integral_constant<int, 2>());
    default: return with_vectors(std::integral_constant<int, 3>());
  }
}

/// The next block of rows, of `left`: full blocks, and an even split of what remains, since thin blocks waste the units.
inline std::int64_t next_rows(std::int64_t left, std::int64_t vectors) {
  const std::int64_t most = max_rows_of(vectors);
  if (left >= 2 * most || left <= most) return std::min(left, most);
  return (left + 1) / 2;
}

}  // namespace detail

}  // namespace xgrad::kernels
