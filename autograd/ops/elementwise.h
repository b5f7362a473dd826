/// From tensors to the elementwise kernels: dtypes, broadcasting and the result's memory. For .cpp files of operations.
#pragma once

#include "autograd/kernels/loop.h"
#include "autograd/ops/type_promotion.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Strides with which `x` is read under the shape `sizes` that it broadcasts to: 0 along what is repeated.
DimVector broadcast_strides(const Tensor& x, IntArrayRef sizes);

/// Whether the memory of both overlaps without being element for element the same.
bool partly_overlaps(const Tensor& a, const Tensor& b);

/// Whether all lie in memory element for element alike, without gaps.
template <class... Operands>
bool is_flat(const Tensor& out, const Operands&... operands) {
  return out.is_contiguous() && (... && (operands.is_contiguous() && operands.sizes() == out.sizes()));
}

/// Memory for the result of a function of elements: without gaps, and in the order of the operands, so that of transposed
/// ones it is transposed, and all are gone through as they lie: dense_strides().
template <class First, class... Others>
Tensor empty_as(IntArrayRef sizes, Dtype dtype, const First& first, const Others&... others) {
  if (!first.is_contiguous() || !(... && others.is_contiguous())) {
    return empty_strided(sizes, dense_strides(sizes, {broadcast_strides(first, sizes), broadcast_strides(others, sizes)...}),
                         dtype);
  }
  if (first.sizes() != sizes) return empty(sizes, dtype);
  const std::size_t bytes = static_cast<std::size_t>(first.numel()) * element_size(dtype);
  return Tensor(intrusive_ptr<TensorImpl>(new TensorImpl(Storage::allocate(bytes), sizes, first.numel(), dtype)));
}

/// The loop over a result and the operands that broadcast to it.
template <class... Operands>
kernels::Loop<sizeof...(Operands) + 1> elementwise_loop(const Tensor& out, const Operands&... operands) {
  if (is_flat(out, operands...)) {
    kernels::Loop<sizeof...(Operands) + 1> flat;
    flat.sizes.push_back(out.numel());
    for (DimVector& strides : flat.strides) strides.push_back(1);
    return flat;
  }
  return {to_dims(out.sizes()), {to_dims(out.strides()), broadcast_strides(operands, out.sizes())...}};
}

}  // namespace xgrad
