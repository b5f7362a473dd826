/// Matrix products with one operand packed in panels beforehand: what a recurrent layer multiplies by at every step.
///
/// A panel holds up to three vectors' worth of columns, all rows one after the other, so that the micro-kernel streams
/// through it. The micro-kernel keeps a block of the result, up to `max_rows` rows by three vectors, in registers. Every
/// element of the result is one chain of fused multiply-adds in the order of k, whatever block it falls into: its bits do
/// not depend on how rows are shared out.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "autograd/kernels/buffer.h"
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

/// A matrix of `rows` x `columns` in panels.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// Room for a matrix that is then filled row by row.
  PackedMatrix(std::int64_t rows, std::int64_t columns)
      : rows_(rows), columns_(columns), data_(rows * round_up(columns, vector_width<T>)) {}
  /// Packs source[r * row_stride + c * column_stride].
  PackedMatrix(const T* source, std::int64_t rows, std::int64_t columns, std::int64_t row_stride, std::int64_t column_stride)
      : PackedMatrix(rows, columns) {
    for (std::int64_t first = 0, vectors = 0; first < columns; first += vectors * vector_width<T>) {
      vectors = next_vectors(columns - first);
      const std::int64_t width = vectors * vector_width<T>;
      const std::int64_t count = std::min(width, columns - first);
      T* target = data_.data() + first * rows;
      if (column_stride == 1) {
        for (std::int64_t r = 0; r < rows; ++r) {
          const T* row = source + r * row_stride + first;
          std::copy(row, row + count, target + r * width);
          std::fill(target + r * width + count, target + (r + 1) * width, T(0));
        }
      } else {
        if (rows * columns * static_cast<std::int64_t>(sizeof(T)) > (1 << 20)) {
          transpose_from_memory(source, row_stride, column_stride, first, target, width);
          continue;
        }
        // A transpose: blocks of rows keep the target's cache lines while the columns are walked.
        constexpr std::int64_t block = 16;
        for (std::int64_t begin = 0; begin < rows; begin += block) {
          const std::int64_t end = std::min(rows, begin + block);
          for (std::int64_t c = 0; c < width; ++c) {
            const T* column = source + (first + c) * column_stride;
            for (std::int64_t r = begin; r < end; ++r) target[r * width + c] = c < count ? column[r * row_stride] : T(0);
          }
        }
      }
    }
  }

  /// Puts a row in its place. `row` is aligned and has room for the columns rounded up to whole vectors.
  void set_row(std::int64_t r, const T* row) {
    for (std::int64_t first = 0, vectors = 0; first < columns_; first += vectors * vector_width<T>) {
      vectors = next_vectors(columns_ - first);
      T* target = data_.data() + first * rows_ + r * vectors * vector_width<T>;
      for (std::int64_t v = 0; v < vectors * vector_width<T>; v += vector_width<T>) {
        xsimd::batch<T>::load_aligned(row + first + v).store_aligned(target + v);
      }
    }
  }

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  /// Vectors in the panel that begins where `left` columns are left: three, but two and two in place of three and one.
  static std::int64_t next_vectors(std::int64_t left) {
    const std::int64_t vectors = (left + vector_width<T> - 1) / vector_width<T>;
    return vectors == panel_vectors + 1 ? 2 : std::min<std::int64_t>(vectors, panel_vectors);
  }
  const T* panel(std::int64_t first_column) const { return data_.data() + first_column * rows_; }

 private:
  /// The same with prefetches: the stride hides what comes next from the hardware's own.
  [[gnu::noinline]] void transpose_from_memory(const T* source, std::int64_t row_stride, std::int64_t column_stride,
                                               std::int64_t first, T* target, std::int64_t width) const {
    constexpr std::int64_t block = 16;
    for (std::int64_t begin = 0; begin < rows_; begin += block) {
      const std::int64_t end = std::min(rows_, begin + block);
      for (std::int64_t c = first; c < first + width; ++c) {
        __builtin_prefetch(source + std::min(c + 16, columns_ - 1) * column_stride + begin * row_stride);
        for (std::int64_t r = begin; r < end; ++r) {
          target[r * width + c - first] = c < columns_ ? source[c * column_stride + r * row_stride] : T(0);
        }
      }
    }
  }

  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  Buffer<T> data_;
};

/// One term of a sum of products: `a` (row-major, leading dimension `lda`) times a packed matrix.
template <class T>
struct Term {
  const T* a = nullptr;
  std::int64_t lda = 0;
  const PackedMatrix<T>* b = nullptr;
};

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

/// A block's place among the blocks of a product.
struct BlockPlace {
  std::int64_t row;
  std::int64_t column;
  std::int64_t next_column;   ///< where the next panel begins
  std::int64_t index;         ///< among the blocks of the panel
  std::int64_t count;         ///< of blocks of the panel
  std::int64_t columns_left;  ///< in the last panel, where the result has no room for whole vectors; 0 elsewhere
};

/// Numbers of the next panel that each of `blocks` blocks asks for at each step through the depth of a panel of `width`
/// columns: large factors come from beyond the second-level cache.
constexpr std::int64_t share_of_panel(std::int64_t width, std::int64_t blocks) { return (width + blocks - 1) / blocks; }

template <class T, int rows, int vectors>
[[gnu::noinline, gnu::visibility("hidden")]] void product_block(const Term<T>* terms, int count, const BlockPlace& place,
                                                                Start from, const T* row, T* c, std::int64_t ldc) {
  Block<T, rows, vectors> block;
  block.expect(c, ldc);
  block.start(from, row, c, ldc);
  const std::int64_t share = share_of_panel(vectors * vector_width<T>, place.count);
  for (int i = 0; i < count; ++i) {
    const Term<T>& term = terms[i];
    const std::int64_t depth = term.b->rows();
    block.multiply(depth, term.a + place.row * term.lda, term.lda, 1, term.b->panel(place.column),
                   term.b->panel(place.next_column) + place.index * share * depth, share);
  }
  if (place.columns_left == 0) block.store(c, ldc);
  else block.store_columns(c, ldc, place.columns_left);
}

/// As product_block for one term whose left side is transposed: a[k * step + row]. `next` is the next block's result,
/// `ahead` what Block::multiply() asks for on the way.
template <class T, int rows, int vectors>
[[gnu::noinline, gnu::visibility("hidden")]] void transposed_block(std::int64_t depth, const T* a, std::int64_t step,
                                                                   const T* b, Start from, T* c, std::int64_t ldc,
                                                                   const T* next, const T* ahead, std::int64_t ahead_step) {
  Block<T, rows, vectors> block;
  block.start(from, nullptr, c, ldc);
  block.expect(next, ldc);
  block.multiply(depth, a, 1, step, b, ahead, ahead_step);
  block.store(c, ldc);
}

/// Calls function.template operator()<rows, vectors>() for run-time numbers; `rows` is at most max_rows_of(vectors).
template <class Function>
void dispatch_block(std::int64_t rows, std::int64_t vectors, const Function& function) {
  const auto with_vectors = [&]<int V>(std::integral_constant<int, V>) {
    const auto call = [&]<int R>(std::integral_constant<int, R>) {
      if constexpr (R <= max_rows_of(V)) function.template operator()<R, V>();
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

/// c[0 .. rows) = start + sum of the terms. All packed matrices have the same number of columns. `row`, where the start is a
/// row, and c's rows must have room for the columns rounded up to whole vectors; but where the start is zero, c's rows may
/// follow one another without room.
template <class T, std::size_t count>
void panel_gemm(std::int64_t rows, const std::array<Term<T>, count>& terms, Start from, const T* row, T* c,
                std::int64_t ldc) {
  const std::int64_t columns = terms[0].b->columns();
  const bool without_room = from == Start::zero && ldc < round_up(columns, vector_width<T>);
  for (std::int64_t column = 0, vectors = 0; column < columns; column += vectors * vector_width<T>) {
    vectors = PackedMatrix<T>::next_vectors(columns - column);
    const std::int64_t end = column + vectors * vector_width<T>;
    std::int64_t blocks = 0;
    for (std::int64_t first = 0; first < rows; first += detail::next_rows(rows - first, vectors)) ++blocks;
    detail::BlockPlace place{0, column, end < columns ? end : 0,
                             0, blocks, without_room && end > columns ? columns - column : 0};
    while (place.row < rows) {
      const std::int64_t block = detail::next_rows(rows - place.row, vectors);
      detail::dispatch_block(block, vectors, [&]<int R, int V>() {
        detail::product_block<T, R, V>(terms.data(), static_cast<int>(count), place, from,
                                       row == nullptr ? nullptr : row + column, c + place.row * ldc + column, ldc);
      });
      place.row += block;
      ++place.index;
    }
  }
}

}  // namespace xgrad::kernels
