#include "autograd/ops/combinatorics.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linalg.h"
#include "autograd/ops/products.h"
#include "autograd/ops/rearrange.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

__extension__ using Wide = __int128;

/// n over r; the largest number where that is more.
std::int64_t count_combinations(std::int64_t n, std::int64_t r) {
  Wide count = 1;
  for (std::int64_t i = 1; i <= std::min(r, n - r) && count <= std::numeric_limits<std::int64_t>::max(); ++i) {
    count = count * (n - i + 1) / i;
  }
  return static_cast<std::int64_t>(std::min<Wide>(count, std::numeric_limits<std::int64_t>::max()));
}

/// How many places of a matrix are not above the diagonal that is `offset` above the main one, -rows <= offset <= columns.
std::int64_t count_below(std::int64_t rows, std::int64_t columns, std::int64_t offset) {
  const std::int64_t first = std::max<std::int64_t>(0, -offset);                      // the first row with a place
  const std::int64_t full = std::clamp<std::int64_t>(columns - offset, first, rows);  // the first that is whole
  // Before it, row r has r + offset + 1.
  const Wide both_ends = static_cast<Wide>(first) + full + static_cast<Wide>(offset) * 2 + 1;
  const Wide growing = both_ends * (full - first) / 2;
  return static_cast<std::int64_t>(growing) + (rows - full) * columns;
}

/// The places (row, column) of a matrix not above a diagonal, or not below it.
Tensor places(const char* operation, std::int64_t rows, std::int64_t columns, std::int64_t offset, bool below,
              const TensorOptions& options) {
  const autograd::profiler::RecordFunction profiled(operation);
  number_of_elements({2, rows, columns});  // throws for what memory cannot hold
  offset = std::clamp(offset, -rows, columns);
  std::int64_t count = 0;
  if (below) count = count_below(rows, columns, offset);
  else count = rows * columns - (offset == -rows ? 0 : count_below(rows, columns, offset - 1));
  const Tensor found = empty({2, count}, kInt64);
  auto* row_of = found.data_ptr<std::int64_t>();
  auto* column_of = row_of + count;
  const std::int64_t first_row = below ? std::max<std::int64_t>(0, -offset) : 0;
  for (std::int64_t row = first_row; count > 0 && row < rows; ++row) {
    const std::int64_t first = below ? 0 : std::max<std::int64_t>(0, row + offset);
    const std::int64_t last = below ? std::min(columns, row + offset + 1) : columns;
    if (first >= last) break;
    for (std::int64_t column = first; column < last; ++column) {
      *row_of++ = row;
      *column_of++ = column;
    }
  }
  return to(found, options.dtype_or(kInt64));
}

}  // namespace

Tensor tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset, TensorOptions options) {
  return places("tril_indices", rows, columns, offset, true, options);
}

Tensor triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset, TensorOptions options) {
  return places("triu_indices", rows, columns, offset, false, options);
}

Tensor combinations(const Tensor& x, std::int64_t r, OnlyBool with_replacement) {
  const autograd::profiler::RecordFunction profiled("combinations");
  check<ShapeError>(x.dim() == 1, "combinations: expected a vector, got shape {}", x.sizes());
  check<ValueError>(r >= 0, "combinations: cannot choose {} elements", r);
  if (r == 0) return empty({0}, x.dtype());
  const std::int64_t n = x.numel();
  constexpr std::int64_t largest_choice = std::int64_t{1} << 30;
  check<ValueError>(r <= largest_choice, "combinations: cannot choose {} elements", r);
  const bool any = n > 0 && (with_replacement || r <= n);
  const std::int64_t count = any ? count_combinations(with_replacement ? n + r - 1 : n, r) : 0;
  const Tensor index = empty({count, r}, kInt64);
  auto* chosen = index.data_ptr<std::int64_t>();
  std::vector<std::int64_t> current(static_cast<std::size_t>(r), 0);
  if (!with_replacement) {
    for (std::int64_t i = 0; i < r; ++i) current[static_cast<std::size_t>(i)] = i;
  }
  // The largest index that may stand at a place, so that those after it still fit.
  const auto largest = [&](std::int64_t place) { return with_replacement ? n - 1 : n - r + place; };
  while (any && current[0] <= largest(0)) {
    chosen = std::copy(current.begin(), current.end(), chosen);
    std::int64_t place = r - 1;
    while (place > 0 && current[static_cast<std::size_t>(place)] == largest(place)) --place;
    const std::int64_t next = ++current[static_cast<std::size_t>(place)];
    for (std::int64_t i = place + 1; i < r; ++i)
      current[static_cast<std::size_t>(i)] = with_replacement ? next : next + i - place;
  }
  return view(index_select(x, 0, view(index, {count * r})), {count, r});
}

Tensor cartesian_prod(const TensorList& tensors) {
  const autograd::profiler::RecordFunction profiled("cartesian_prod");
  check<ValueError>(!tensors.empty(), "cartesian_prod: expected at least one vector");
  for (const Tensor& tensor : tensors)
    check<ShapeError>(tensor.dim() == 1, "cartesian_prod: expected vectors, got shape {}", tensor.sizes());
  if (tensors.size() == 1) return tensors[0];
  TensorList columns = meshgrid(tensors);
  for (Tensor& column : columns) column = reshape(column, {column.numel()});
  return stack(columns, 1);
}

Tensor vander(const Tensor& x, std::optional<std::int64_t> columns, OnlyBool increasing) {
  const autograd::profiler::RecordFunction profiled("vander");
  check<ShapeError>(x.dim() == 1, "vander: expected a vector, got shape {}", x.sizes());
  const std::int64_t count = columns.value_or(x.numel());
  check<ValueError>(count >= 0, "vander: a matrix of {} columns does not exist", count);
  const Tensor base = to(x, x.is_floating_point() ? x.dtype() : kInt64);
  if (count == 0) return empty({x.numel(), 0}, base.dtype());
  const Tensor powers = count > 1 ? linalg_vander(base, count) : ones({x.numel(), 1}, base.dtype());
  return increasing ? powers : flip(powers, {1});
}

}  // namespace xgrad
