/// Matrix products with one operand packed in panels beforehand: what a recurrent layer multiplies by at every step.
///
/// A panel holds up to three vectors' worth of columns, all rows one after the other, so that a block of the result in
/// registers streams through it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "autograd/kernels/buffer.h"
#include "autograd/kernels/register_block.h"

namespace xgrad::kernels {

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
      vectors = next_vectors<T>(columns - first);
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
      vectors = next_vectors<T>(columns_ - first);
      T* target = data_.data() + first * rows_ + r * vectors * vector_width<T>;
      for (std::int64_t v = 0; v < vectors * vector_width<T>; v += vector_width<T>) {
        xsimd::batch<T>::load_aligned(row + first + v).store_aligned(target + v);
      }
    }
  }

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
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

/// c[0 .. rows) = start + sum of the terms. All packed matrices have the same number of columns. `row`, where the start is a
/// row, and c's rows must have room for the columns rounded up to whole vectors; but where the start is zero, c's rows may
/// follow one another without room. T is float or double.
template <class T>
void panel_gemm(std::int64_t rows, std::span<const Term<T>> terms, Start from, const T* row, T* c, std::int64_t ldc);

/// The same of one term.
template <class T>
void panel_gemm(std::int64_t rows, const Term<T>& term, Start from, const T* row, T* c, std::int64_t ldc) {
  panel_gemm(rows, std::span<const Term<T>>(&term, 1), from, row, c, ldc);
}

/// c (rows x b.columns()) = start + a^T b, the start zero or what c holds. max_rows columns of `a` are a strip, and its rows
/// lie `row_step` apart, strips `strip_step`. c's rows have room for whole vectors.
template <class T>
void transposed_panel_gemm(std::int64_t rows, const T* a, std::int64_t strip_step, std::int64_t row_step,
                           const PackedMatrix<T>& b, Start from, T* c, std::int64_t ldc);

}  // namespace xgrad::kernels
