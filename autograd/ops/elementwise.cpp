#include "autograd/ops/elementwise.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace xgrad {

DimVector broadcast_strides(const Tensor& x, IntArrayRef sizes) {
  DimVector strides(sizes.size(), 0);
  const std::size_t missing = sizes.size() - static_cast<std::size_t>(x.dim());
  for (std::size_t i = missing; i < sizes.size(); ++i) {
    if (x.sizes()[i - missing] != 1) strides[i] = x.strides()[i - missing];
  }
  return strides;
}

namespace {

/// Above 0 where `inner` steps further than `outer`, below 0 where it does not, 0 where no operand says.
int compare_steps(std::initializer_list<DimVector> operand_strides, IntArrayRef sizes, std::int64_t inner,
                  std::int64_t outer) {
  const auto at = [](const auto& values, std::int64_t dim) { return values[static_cast<std::size_t>(dim)]; };
  for (const DimVector& strides : operand_strides) {
    if (at(strides, inner) == 0 || at(strides, outer) == 0) continue;
    if (at(strides, inner) != at(strides, outer)) return at(strides, inner) > at(strides, outer) ? 1 : -1;
    if (at(sizes, inner) > at(sizes, outer)) return 1;
  }
  return 0;
}

}  // namespace


Tensor detail::empty_in_order(IntArrayRef sizes, Dtype dtype, std::initializer_list<DimVector> operand_strides) {
  DimVector order(sizes.size());  // the innermost dimension first
  std::iota(order.begin(), order.end(), 0);
  std::reverse(order.begin(), order.end());
  for (std::size_t i = 1; i < order.size(); ++i) {
    std::size_t moved = i;
    for (std::size_t inner = i; inner-- > 0;) {
      const int steps = compare_steps(operand_strides, sizes, order[inner], order[moved]);
      if (steps < 0) break;
      if (steps == 0) continue;
      std::swap(order[inner], order[moved]);
      moved = inner;
    }
  }
  DimVector strides(sizes.size());
  std::int64_t stride = 1;
  for (const std::int64_t dim : order) {
    strides[static_cast<std::size_t>(dim)] = stride;
    stride *= std::max<std::int64_t>(sizes[static_cast<std::size_t>(dim)], 1);
  }
  return empty_strided(sizes, strides, dtype);
}

namespace {

int category(Dtype dtype) { return dtype == kBool ? 0 : is_floating_point(dtype) ? 2 : 1; }

}  // namespace

Dtype result_type(const Tensor& a, const Tensor& b) {
  if (a.dtype() == b.dtype()) return a.dtype();
  if ((a.dim() == 0) == (b.dim() == 0)) return promote_types(a.dtype(), b.dtype());
  const Tensor& with_dims = a.dim() == 0 ? b : a;
  const Tensor& without = a.dim() == 0 ? a : b;
  return category(without.dtype()) > category(with_dims.dtype()) ? without.dtype() : with_dims.dtype();
}

Dtype result_type(const Tensor& a, Scalar b) {
  if (category(b.dtype()) <= category(a.dtype())) return a.dtype();
  return b.is_floating_point() ? default_dtype() : b.dtype();
}

Dtype result_type(Scalar a, const Tensor& b) { return result_type(b, a); }

Dtype result_type(Scalar a, Scalar b) {
  const auto dtype = [](Scalar number) { return number.is_floating_point() ? default_dtype() : number.dtype(); };
  return promote_types(dtype(a), dtype(b));
}

bool can_cast(Dtype from, Dtype to) { return category(from) <= category(to); }

bool partly_overlaps(const Tensor& a, const Tensor& b) {
  if (a.impl()->storage.get() != b.impl()->storage.get()) return false;
  return a.storage_offset() != b.storage_offset() || !(a.sizes() == b.sizes()) || !(a.strides() == b.strides());
}

}  // namespace xgrad
