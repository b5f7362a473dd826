/// Copies between layouts and dtypes.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Converts to another dtype; the tensor itself where it has that dtype already, unless `copy`. Floating-point numbers are
/// cut off towards zero, and everything but 0 is true.
Tensor to(const Tensor& x, Dtype dtype, OnlyBool copy = false);
/// A copy with its own memory, in row-major order.
Tensor clone(const Tensor& x, std::optional<MemoryFormat> format = std::nullopt);
/// The tensor itself where it is contiguous, else a copy.
Tensor contiguous(const Tensor& x);

namespace detail {
/// Copies values into `target`'s memory, broadcast and converted; nothing is recorded or checked.
void copy_values(const Tensor& target, const Tensor& source);
/// The values in another dtype; the tensor itself where it has that dtype. Nothing is recorded.
Tensor converted(const Tensor& x, Dtype dtype);
}  // namespace detail

}  // namespace xgrad
