#include "autograd/ops/diagonal.h"

#include <algorithm>
#include <cstdlib>

#include "autograd/base/check.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/inplace.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// A copy of x with `source` written into a view of it, which `part` makes.
template <class Part>
Tensor with_part(const char* operation, const Tensor& x, const Tensor& source, const Part& part) {
  const autograd::profiler::RecordFunction profiled(operation);
  Tensor whole = x.clone();
  Tensor target = part(whole);
  check<ShapeError>(source.sizes() == target.sizes(), "{}: a source of shape {} for a part of shape {}", operation,
                    source.sizes(), target.sizes());
  target.copy_(source);
  return whole;
}

}  // namespace

Tensor diag(const Tensor& x, std::int64_t diagonal) {
  const autograd::profiler::RecordFunction profiled("diag");
  check<ShapeError>(x.dim() == 1 || x.dim() == 2, "diag: expected a vector or a matrix, got shape {}", x.sizes());
  return x.dim() == 1 ? diag_embed(x, diagonal) : xgrad::diagonal(x, diagonal).clone();
}

Tensor diag_embed(const Tensor& x, std::int64_t offset, OnlyInt dim1, OnlyInt dim2) {
  const autograd::profiler::RecordFunction profiled("diag_embed");
  check<ShapeError>(x.dim() >= 1, "diag_embed: expected at least 1 dimension, got shape {}", x.sizes());
  const std::int64_t row = wrap_dim("diag_embed", dim1, x.dim() + 1);
  const std::int64_t column = wrap_dim("diag_embed", dim2, x.dim() + 1);
  check<ShapeError>(row != column, "diag_embed: the two dimensions must differ, both are {}", row);
  const std::int64_t size = x.size(-1) + std::abs(offset);
  DimVector sizes(x.sizes().begin(), x.sizes().end() - 1);
  sizes.insert(sizes.begin() + std::min(row, column), size);
  sizes.insert(sizes.begin() + std::max(row, column), size);
  const Tensor whole = zeros(sizes, x.dtype());
  diagonal(whole, offset, row, column).copy_(x);
  return whole;
}

Tensor diagflat(const Tensor& x, std::int64_t offset) {
  const autograd::profiler::RecordFunction profiled("diagflat");
  return diag_embed(reshape(x, {-1}), offset);
}

Tensor trace(const Tensor& x) {
  const autograd::profiler::RecordFunction profiled("trace");
  check<ShapeError>(x.dim() == 2, "trace: expected a matrix, got shape {}", x.sizes());
  return sum(diagonal(x));
}

Tensor diagonal_scatter(const Tensor& x, const Tensor& source, std::int64_t offset, OnlyInt dim1, OnlyInt dim2) {
  return with_part("diagonal_scatter", x, source, [=](const Tensor& y) { return diagonal(y, offset, dim1, dim2); });
}

Tensor select_scatter(const Tensor& x, const Tensor& source, OnlyInt dim, std::int64_t index) {
  return with_part("select_scatter", x, source, [=](const Tensor& y) { return select(y, dim, index); });
}

Tensor slice_scatter(const Tensor& x, const Tensor& source, OnlyInt dim, std::optional<std::int64_t> start,
                     std::optional<std::int64_t> end, std::int64_t step) {
  return with_part("slice_scatter", x, source, [=](const Tensor& y) { return slice(y, dim, start, end, step); });
}

Tensor& Tensor::fill_diagonal_(Scalar value, OnlyBool wrap) const {
  check<ShapeError>(dim() >= 2, "fill_diagonal_: expected at least 2 dimensions, got shape {}", sizes());
  std::int64_t shortest = size(0);
  std::int64_t step = 0;
  for (std::int64_t i = 0; i < dim(); ++i) {
    check<ShapeError>(dim() == 2 || size(i) == size(0), "fill_diagonal_: the sizes of {} must be equal", sizes());
    shortest = std::min(shortest, size(i));
    step += stride(i);
  }
  require_writable("fill_diagonal_", *this);
  if (shortest == 0) return itself(*this);
  as_strided(shortest, step, storage_offset()).fill_(value);
  // A tall matrix: after a row left empty the diagonal starts again at the top of what is below.
  for (std::int64_t row = size(1) + 1; wrap && dim() == 2 && row < size(0); row += size(1) + 1) {
    narrow(0, row, size(0) - row).fill_diagonal_(value);
  }
  return itself(*this);
}

}  // namespace xgrad
