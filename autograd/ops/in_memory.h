/// Work on the memory of tensors, outside of the graph: for .cpp files of operations.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad::kernels {
struct GatherIndex;
}

namespace xgrad::detail {

/// Writes the elements of x into the contiguous `target`, of its dtype: read with these strides, which may be negative, from
/// element `first` of x's memory, counted from its first one, on.
void copy_reordered(const Tensor& target, const Tensor& x, DimVector strides, std::int64_t first);
/// An index as contiguous int64, as checked_index(), but without a look at its numbers: for kernels that check them.
Tensor unchecked_index(const char* operation, const Tensor& index);
/// How a checked index, or one that the kernel checks, lies in a tensor of these sizes.
kernels::GatherIndex index_into(IntArrayRef sizes, std::size_t axis, const Tensor& index);
/// y[..., rows[r], ...] += addend[..., r, ...] along `axis`, for contiguous tensors and a checked index.
void add_rows(const Tensor& y, std::size_t axis, const Tensor& rows, const Tensor& addend);

}  // namespace xgrad::detail
