#include "autograd/kernels/panel_gemm.h"

namespace xgrad::kernels {

namespace {

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
[[gnu::noinline]] void product_block(std::span<const Term<T>> terms, const BlockPlace& place, Start from, const T* row, T* c,
                                     std::int64_t ldc) {
  detail::Block<T, rows, vectors> block;
  block.expect(c, ldc);
  block.start(from, row, c, ldc);
  const std::int64_t share = share_of_panel(vectors * vector_width<T>, place.count);
  for (const Term<T>& term : terms) {
    const std::int64_t depth = term.b->rows();
    block.multiply(depth, term.a + place.row * term.lda, term.lda, 1, term.b->panel(place.column),
                   term.b->panel(place.next_column) + place.index * share * depth, share);
  }
  if (place.columns_left == 0) block.store(c, ldc);
  else block.store_columns(c, ldc, place.columns_left);
}

/// As product_block for one term whose left side is transposed: a[k * step + row]. Asks for the result
/// of the next block, and for `ahead` as Block::multiply() does.
template <class T, int rows, int vectors>
[[gnu::noinline]] void transposed_block(std::int64_t depth, const T* a, std::int64_t step, const T* b, Start from, T* c,
                                        std::int64_t ldc, const T* ahead, std::int64_t ahead_step) {
  detail::Block<T, rows, vectors> block;
  block.start(from, nullptr, c, ldc);
  block.expect(c + rows * ldc, ldc);
  block.multiply(depth, a, 1, step, b, ahead, ahead_step);
  block.store(c, ldc);
}

}  // namespace

template <class T>
void panel_gemm(std::int64_t rows, std::span<const Term<T>> terms, Start from, const T* row, T* c, std::int64_t ldc) {
  const std::int64_t columns = terms[0].b->columns();
  const bool without_room = from == Start::zero && ldc < round_up(columns, vector_width<T>);
  for (std::int64_t column = 0, vectors = 0; column < columns; column += vectors * vector_width<T>) {
    vectors = next_vectors<T>(columns - column);
    const std::int64_t end = column + vectors * vector_width<T>;
    std::int64_t blocks = 0;
    for (std::int64_t first = 0; first < rows; first += detail::next_rows(rows - first, vectors)) ++blocks;
    BlockPlace place{0, column, end < columns ? end : 0, 0, blocks, without_room && end > columns ? columns - column : 0};
    while (place.row < rows) {
      const std::int64_t block = detail::next_rows(rows - place.row, vectors);
      detail::dispatch_block(block, vectors, [&]<int R, int V>() {
        product_block<T, R, V>(terms, place, from, row == nullptr ? nullptr : row + column, c + place.row * ldc + column,
                               ldc);
      });
      place.row += block;
      ++place.index;
    }
  }
}

template <class T>
void transposed_panel_gemm(std::int64_t rows, const T* a, std::int64_t strip_step, std::int64_t row_step,
                           const PackedMatrix<T>& b, Start from, T* c, std::int64_t ldc) {
  const std::int64_t depth = b.rows();
  const std::int64_t strips = (rows + max_rows - 1) / max_rows;
  // Each panel stays in the first-level cache while the strips pass.
  for (std::int64_t column = 0, vectors = 0; column < b.columns(); column += vectors * vector_width<T>) {
    vectors = next_vectors<T>(b.columns() - column);
    const std::int64_t end = column + vectors * vector_width<T>;
    const T* const ahead = b.panel(end < b.columns() ? end : 0);
    const std::int64_t share = share_of_panel(vectors * vector_width<T>, strips);
    for (std::int64_t strip = 0; strip < strips; ++strip) {
      T* const out = c + strip * max_rows * ldc + column;
      const std::int64_t height = std::min<std::int64_t>(max_rows, rows - strip * max_rows);
      detail::dispatch_block<max_rows>(height, vectors, [&]<int R, int V>() {
        transposed_block<T, R, V>(depth, a + strip * strip_step, row_step, b.panel(column), from, out, ldc,
                                  ahead + strip * share * depth, share);
      });
    }
  }
}

template void panel_gemm(std::int64_t, std::span<const Term<float>>, Start, const float*, float*, std::int64_t);
template void panel_gemm(std::int64_t, std::span<const Term<double>>, Start, const double*, double*, std::int64_t);
template void transposed_panel_gemm(std::int64_t, const float*, std::int64_t, std::int64_t, const PackedMatrix<float>&,
                                    Start, float*, std::int64_t);
template void transposed_panel_gemm(std::int64_t, const double*, std::int64_t, std::int64_t, const PackedMatrix<double>&,
                                    Start, double*, std::int64_t);

}  // namespace xgrad::kernels
