/// From loops over operands of any strides to kernels that compute rows of elements that lie together. For elementwise.cpp.
///
/// A row goes straight to the kernel where its elements do lie together, and through blocks of memory otherwise. Operands
/// that lie across one another, as a matrix and a transposed one, are gathered in tiles: along a column, every element is on
/// another cache line, and a long column would have lost its first lines before the next column wants them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "autograd/kernels/loop.h"

namespace xgrad::kernels {

/// What a loop reads: where it begins, the size of its elements, and whether the kernel takes one element for a whole row.
struct Operand {
  const void* data;
  std::size_t size;
  bool may_repeat;
};

/// The rows that a kernel is given, each of them contiguous, or one element that is repeated.
template <std::size_t N>
struct Row {
  std::array<const void*, N> data;
  std::array<bool, N> repeated{};
};

/// An unsigned integer of the size of elements, for what only moves them.
template <class Function>
decltype(auto) visit_size(std::size_t size, const Function& function) {
  switch (size) {
    case 1: return function.template operator()<std::uint8_t>();
    case 2: return function.template operator()<std::uint16_t>();
    case 4: return function.template operator()<std::uint32_t>();
    default: return function.template operator()<std::uint64_t>();
  }
}

namespace detail {

/// Elements of what is gathered at a time, and the shape of a tile: a column of one is a cache line of floats.
constexpr std::int64_t block_length = 512;
constexpr std::int64_t tile_rows = 16;
constexpr std::int64_t tile_columns = 64;
constexpr std::size_t widest = 8;

inline const std::byte* at(const void* data, std::int64_t element, std::size_t size) {
  return static_cast<const std::byte*>(data) + element * static_cast<std::int64_t>(size);
}
inline std::byte* at(void* data, std::int64_t element, std::size_t size) {
  return static_cast<std::byte*>(data) + element * static_cast<std::int64_t>(size);
}

void move_strided(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride, std::int64_t n,
                  std::size_t size);
/// to[row][column] = from[row * row_stride + column * column_stride], rows of the tile `tile_columns` apart.
void gather_tile(void* to, const void* from, std::int64_t row_stride, std::int64_t column_stride, std::int64_t rows,
                 std::int64_t columns, std::size_t size);

/// Memory for one block, or one tile, of an operand.
struct RowBlock {
  alignas(64) std::byte bytes[tile_rows * tile_columns * widest];
};
static_assert(tile_rows * tile_columns >= block_length);

/// Whether the kernel reads an operand with this stride where it is.
inline bool is_direct(const Operand& operand, std::int64_t stride) {
  return stride == 1 || (stride == 0 && operand.may_repeat);
}

/// The dimension along which an operand lies together that does not do so along the last one, where the result does.
template <std::size_t N>
std::optional<std::size_t> crossing_dimension(const Loop<N + 1>& loop, const std::array<Operand, N>& in) {
  const std::size_t last = loop.sizes.size() - 1;
  if (last == 0 || loop.strides[0][last] != 1 || loop.sizes[last] < 8) return {};
  for (std::size_t k = 0; k < N; ++k) {
    if (is_direct(in[k], loop.strides[k + 1][last]) || loop.strides[k + 1][last] == 0) continue;
    for (std::size_t dim = 0; dim < last; ++dim) {
      if (loop.strides[k + 1][dim] == 1 && loop.sizes[dim] >= 4) return dim;
    }
  }
  return {};
}

template <std::size_t N, class Kernel>
void for_each_tile(const Loop<N + 1>& loop, std::size_t across, void* out, std::size_t out_size,
                   const std::array<Operand, N>& in, std::int64_t grain, const Kernel& kernel) {
  // The loop over strips of rows; one more operand, whose elements are rows, counts them.
  Loop<N + 2> strips;
  strips.sizes = loop.sizes;
  strips.sizes[across] = (loop.sizes[across] + tile_rows - 1) / tile_rows;
  std::array<std::int64_t, N + 1> row_strides;
  for (std::size_t k = 0; k <= N; ++k) {
    strips.strides[k] = loop.strides[k];
    row_strides[k] = loop.strides[k][across];
    strips.strides[k][across] *= tile_rows;
  }
  strips.strides[N + 1] = DimVector(loop.sizes.size(), 0);
  strips.strides[N + 1][across] = tile_rows;
  const std::int64_t strips_grain = runs_in_part(grain, tile_rows);
  for_each_run(strips, strips_grain, [&](const auto& offsets, std::int64_t length, const auto& strides) {
    const std::int64_t rows = std::min(tile_rows, loop.sizes[across] - offsets[N + 1]);
    std::array<RowBlock, N> tiles;
    for (std::int64_t column = 0; column < length; column += tile_columns) {
      const std::int64_t columns = std::min(tile_columns, length - column);
      std::array<const void*, N> first;
      std::array<std::int64_t, N> steps;  // from row to row
      Row<N> operands;
      for (std::size_t k = 0; k < N; ++k) {
        const std::int64_t stride = strides[k + 1];
        first[k] = at(in[k].data, offsets[k + 1] + column * stride, in[k].size);
        steps[k] = row_strides[k + 1];
        operands.repeated[k] = stride == 0 && in[k].may_repeat;
        if (is_direct(in[k], stride)) continue;
        gather_tile(tiles[k].bytes, first[k], steps[k], stride, rows, columns, in[k].size);
        first[k] = tiles[k].bytes;
        steps[k] = tile_columns;
      }
      for (std::int64_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < N; ++k) operands.data[k] = at(first[k], row * steps[k], in[k].size);
        kernel(static_cast<void*>(at(out, offsets[0] + row * row_strides[0] + column, out_size)), operands, columns);
      }
    }
  });
}

}  // namespace detail

/// Calls kernel(out, row, n) for all of a loop whose operand 0 is `out`, on several threads where it is longer than `grain`.
template <std::size_t N, class Kernel>
void for_each_row(Loop<N + 1>& loop, void* out, std::size_t out_size, const std::array<Operand, N>& in, std::int64_t grain,
                  const Kernel& kernel) {
  simplify(loop);
  if (const auto across = detail::crossing_dimension<N>(loop, in)) {
    detail::for_each_tile<N>(loop, *across, out, out_size, in, grain, kernel);
    return;
  }
  for_each_run(loop, grain, [&](const auto& offsets, std::int64_t length, const auto& strides) {
    Row<N> row;
    bool direct = strides[0] == 1;
    for (std::size_t k = 0; k < N; ++k) {
      row.data[k] = detail::at(in[k].data, offsets[k + 1], in[k].size);
      row.repeated[k] = strides[k + 1] == 0 && in[k].may_repeat;
      direct &= detail::is_direct(in[k], strides[k + 1]);
    }
    void* const target = detail::at(out, offsets[0], out_size);
    if (direct) {
      kernel(target, row, length);
      return;
    }
    std::array<detail::RowBlock, N> gathered;
    detail::RowBlock result;
    for (std::int64_t first = 0; first < length; first += detail::block_length) {
      const std::int64_t n = std::min(detail::block_length, length - first);
      Row<N> part = row;
      for (std::size_t k = 0; k < N; ++k) {
        const std::int64_t stride = strides[k + 1];
        part.data[k] = detail::at(row.data[k], first * stride, in[k].size);
        if (detail::is_direct(in[k], stride)) continue;
        detail::move_strided(gathered[k].bytes, 1, part.data[k], stride, n, in[k].size);
        part.data[k] = gathered[k].bytes;
      }
      if (strides[0] == 1) {
        kernel(static_cast<void*>(detail::at(target, first, out_size)), part, n);
      } else {
        kernel(static_cast<void*>(result.bytes), part, n);
        detail::move_strided(detail::at(target, first * strides[0], out_size), strides[0], result.bytes, 1, n, out_size);
      }
    }
  });
}

}  // namespace xgrad::kernels
