#include "autograd/kernels/strided_rows.h"

namespace xgrad::kernels::detail {

void move_strided(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride, std::int64_t n,
                  std::size_t size) {
  visit_size(size, [&]<class T>() {
    T* const target = static_cast<T*>(to);
    const T* const source = static_cast<const T*>(from);
    for (std::int64_t i = 0; i < n; ++i) target[i * to_stride] = source[i * from_stride];
  });
}

void gather_tile(void* to, const void* from, std::int64_t row_stride, std::int64_t column_stride, std::int64_t rows,
                 std::int64_t columns, std::size_t size) {
  visit_size(size, [&]<class T>() {
    T* const target = static_cast<T*>(to);
    const T* const source = static_cast<const T*>(from);
    for (std::int64_t column = 0; column < columns; ++column) {
      for (std::int64_t row = 0; row < rows; ++row) {
        target[row * tile_columns + column] = source[column * column_stride + row * row_stride];
      }
    }
  });
}

}  // namespace xgrad::kernels::detail
