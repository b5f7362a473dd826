#include "autograd/ops/combinatorics.h"

#include <algorithm>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/products.h"
#include "autograd/ops/rearrange.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// The places (row, column) with first(row) <= column < last(row), within the matrix.
template <class First, class Last>
Tensor places(const char* operation, std::int64_t rows, std::int64_t columns, const TensorOptions& options,
              const First& first, const Last& last) {
  const autograd::profiler::RecordFunction profiled(operation);
  check<ShapeError>(rows >= 0 && columns >= 0, "{}: a matrix of {} x {} does not exist", operation, rows, columns);
  const auto within = [=](std::int64_t column) { return std::clamp<std::int64_t>(column, 0, columns); };
  std::int64_t count = 0;
  for (std::int64_t row = 0; row < rows; ++row) count += std::max<std::int64_t>(0, within(last(row)) - within(first(row)));
  const Tensor found = empty({2, count}, kInt64);
  auto* row_of = found.data_ptr<std::int64_t>();
  auto* column_of = row_of + count;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = within(first(row)); column < within(last(row)); ++column) {
      *row_of++ = row;
      *column_of++ = column;
    }
  }
  return to(found, options.dtype_or(kInt64));
}

}  // namespace

Tensor tril_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset, TensorOptions options) {
  return places(
      "tril_indices", rows, columns, options, [](std::int64_t) { return std::int64_t{0}; },
      [=](std::int64_t row) { return row + offset + 1; });
}

Tensor triu_indices(std::int64_t rows, std::int64_t columns, std::int64_t offset, TensorOptions options) {
  return places(
      "triu_indices", rows, columns, options, [=](std::int64_t row) { return row + offset; },
      [=](std::int64_t) { return columns; });
}

Tensor combinations(const Tensor& x, std::int64_t r, bool with_replacement) {
  const autograd::profiler::RecordFunction profiled("combinations");
  check<ShapeError>(x.dim() == 1, "combinations: expected a vector, got shape {}", x.sizes());
  check<ValueError>(r >= 0, "combinations: cannot choose {} elements", r);
  if (r == 0) return empty({0}, x.dtype());
  const std::int64_t n = x.numel();
  std::vector<std::int64_t> chosen;
  std::vector<std::int64_t> current(static_cast<std::size_t>(r), 0);
  if (!with_replacement) {
    for (std::int64_t i = 0; i < r; ++i) current[static_cast<std::size_t>(i)] = i;
  }
  // The largest index that may stand at a place, so that those after it still fit.
  const auto largest = [&](std::int64_t place) { return with_replacement ? n - 1 : n - r + place; };
  while (n > 0 && current[0] <= largest(0)) {
    chosen.insert(chosen.end(), current.begin(), current.end());
    std::int64_t place = r - 1;
    while (place > 0 && current[static_cast<std::size_t>(place)] == largest(place)) --place;
    const std::int64_t next = ++current[static_cast<std::size_t>(place)];
    for (std::int64_t i = place + 1; i < r; ++i)
      current[static_cast<std::size_t>(i)] = with_replacement ? next : next + i - place;
  }
  const Tensor index = chosen.empty() ? empty({0}, kInt64) : tensor(chosen);
  return view(index_select(x, 0, index), {index.numel() / r, r});
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

Tensor vander(const Tensor& x, std::optional<std::int64_t> columns, bool increasing) {
  const autograd::profiler::RecordFunction profiled("vander");
  check<ShapeError>(x.dim() == 1, "vander: expected a vector, got shape {}", x.sizes());
  const std::int64_t count = columns.value_or(x.numel());
  check<ValueError>(count >= 0, "vander: a matrix of {} columns does not exist", count);
  const Tensor base = to(x, x.is_floating_point() ? x.dtype() : kInt64);
  if (count == 0) return empty({x.numel(), 0}, base.dtype());
  Tensor powers = ones({x.numel(), 1}, base.dtype());
  if (count > 1) powers = cat({powers, cumprod(expand(unsqueeze(base, 1), {x.numel(), count - 1}), 1)}, 1);
  return increasing ? powers : flip(powers, {1});
}

}  // namespace xgrad
