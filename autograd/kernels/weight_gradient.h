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
    const double work_per_strip = static_cast<double>(rows_ * columns_ * max_rows);
    const auto grain = std::max<std::int64_t>(1, static_cast<std::int64_t>(2e5 / std::max(1.0, work_per_strip)));
    parallel_for(0, strips, grain, [&](std::int64_t first, std::int64_t last) {
      // The strips wait for the blocks to come, or take turns in the cache where one block is all.
      const bool waits = blocks_.size() > 1;
      const Buffer<T> sums((waits ? last - first : 1) * max_rows * ldc);
      for (const PackedMatrix<T>& block : blocks_) {
        const T* rows = d + (&block - blocks_.data()) * block_rows * stride;
        const Start start = &block == &blocks_.front() ? Start::zero : Start::result;
        for (std::int64_t s = first; s < last; ++s) {
          const std::int64_t height = std::min<std::int64_t>(max_rows, m - s * max_rows);
          T* strip = sums.data() + (waits ? s - first : 0) * max_rows * ldc;
          multiply_strip(block, rows + s * max_rows, stride, height, start, strip, ldc,
                         waits ? strip + max_rows * ldc : strip);
          if (&block != &blocks_.back()) continue;
          for (std::int64_t r = 0; r < height; ++r) deliver(s * max_rows + r, strip + r * ldc);
        }
      }
    });
  }

 private:
  static void multiply_strip(const PackedMatrix<T>& block, const T* strip, std::int64_t stride, std::int64_t height,
                             Start start, T* c, std::int64_t ldc, const T* next_strip) {
    for (std::int64_t column = 0, vectors = 0; column < block.columns(); column += vectors * vector_width<T>) {
      vectors = PackedMatrix<T>::next_vectors(block.columns() - column);
      const std::int64_t end = column + vectors * vector_width<T>;
      const T* next = end < block.columns() ? c + end : next_strip;
      detail::dispatch_block(height, vectors, [&]<int R, int V>() {
        detail::transposed_block<T, R, V>(block.rows(), strip, stride, block.panel(column), start, c + column, ldc, next);
      });
    }
  }

  std::int64_t rows_;
  std::int64_t columns_;
  std::vector<PackedMatrix<T>> blocks_;
};

}  // namespace xgrad::kernels
