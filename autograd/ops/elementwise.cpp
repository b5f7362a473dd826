#include "autograd/ops/elementwise.h"

#include <cstddef>

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
