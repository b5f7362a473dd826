/// Weight gradients of recurrent layers: sums of outer products over all rows of a sequence.
#pragma once

#include <algorithm>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/panel_gemm.h"

namespace xgrad::kernels {

/// Rows of a matrix gathered from anywhere, packed in panels, a block of rows at a time: the right side of D^T B.
template <class T>
class PackedRows {
 public:
  static constexpr std::int64_t block_rows = 256;

  /// `copy_row(row, target)` writes the `columns` numbers of a row.
  template <class CopyRow>
  PackedRows(std::int64_t rows, std::int64_t columns, const CopyRow& copy_row) : rows_(rows), columns_(columns) {
    const std::int64_t blocks = (rows + block_rows - 1) / block_rows;
    blocks_.resize(static_cast<std::size_t>(blocks));
    parallel_for(0, blocks, std::max<std::int64_t>(1, 65536 / (block_rows * columns)),
                 [&](std::int64_t first, std::int64_t last) {
                   const std::int64_t padded = round_up(columns, vector_width<T>);
                   const Buffer<T> gathered(padded);
                   std::fill(gathered.data() + columns, gathered.data() + padded, T(0));
                   for (std::int64_t block = first; block < last; ++block) {
                     const std::int64_t begin = block * block_rows;
                     PackedMatrix<T> packed(std::min(block_rows, rows - begin), columns);
                     for (std::int64_t r = 0; r < packed.rows(); ++r) {
                       copy_row(begin + r, gathered.data());
                       packed.set_row(r, gathered.data());
                     }
                     blocks_[static_cast<std::size_t>(block)] = std::move(packed);
                   }
                 });
  }

  /// D^T B (m x columns), where row r of D begins at d + r * stride. `deliver(row, source)` takes each row of the result
  /// once it is complete.
  template <class Deliver>
  void multiply(const T* d, std::int64_t stride, std::int64_t m, const Deliver& deliver) const {
    const std::int64_t strips = (m + max_rows - 1) / max_rows;
    const std::int64_t ldc = round_up(columns_, vector_width<T>);
    const auto work_per_strip = static_cast<double>(rows_ * columns_ * max_rows);
    const auto grain = std::max<std::int64_t>(1, static_cast<std::int64_t>(2e5 / std::max(1.0, work_per_strip)));
    parallel_for(0, strips, grain, [&](std::int64_t first, std::int64_t last) {
      const std::int64_t group = std::min(group_strips, last - first);
      const Buffer<T> sums(group * max_rows * ldc);
      const Buffer<T> left(group * strip_step);
      for (std::int64_t begin = first; begin < last; begin += group) {
        const std::int64_t row = begin * max_rows;
        const std::int64_t height = std::min(std::min(begin + group, last) * max_rows, m) - row;
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
          const T* rows = d + static_cast<std::int64_t>(i) * block_rows * stride + row;
          side_by_side(rows, stride, blocks_[i].rows(), height, left.data());
          transposed_panel_gemm<T>(height, left.data(), strip_step, max_rows, blocks_[i],
                                   i == 0 ? Start::zero : Start::result, sums.data(), ldc);
        }
        for (std::int64_t r = 0; r < height; ++r) deliver(row + r, sums.data() + r * ldc);
      }
    });
  }

 private:
  /// Strips that go through a block of rows together: what they take of it, and their sums, stay in the second-level cache.
  static constexpr std::int64_t group_strips = 64 / max_rows;

  /// From one strip to the next: a cache line more than it holds, or all strips would compete for the same places of the
  /// first-level cache.
  static constexpr std::int64_t strip_step = block_rows * max_rows + 64 / static_cast<std::int64_t>(sizeof(T));

  /// Copies `height` columns of `depth` rows strip by strip: the rows of a strip follow one another.
  static void side_by_side(const T* d, std::int64_t stride, std::int64_t depth, std::int64_t height, T* target) {
    constexpr std::int64_t rows_ahead = 8;
    constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));
    for (std::int64_t k = 0; k < depth; ++k, d += stride, target += max_rows) {
      for (std::int64_t i = 0; i < height; i += line) __builtin_prefetch(d + rows_ahead * stride + i);
      std::int64_t i = 0;
      for (; i + max_rows <= height; i += max_rows) std::copy(d + i, d + i + max_rows, target + i / max_rows * strip_step);
      if (i < height) std::copy(d + i, d + height, target + i / max_rows * strip_step);
    }
  }

  std::int64_t rows_;
  std::int64_t columns_;
  std::vector<PackedMatrix<T>> blocks_;
};

}  // namespace xgrad::kernels
