/// A tensor in parts, as views.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// At most `chunks` parts of equal size, the last one smaller.
TensorList chunk(const Tensor& x, std::int64_t chunks, std::int64_t dim = 0);
/// Parts of `size`, the last one smaller.
TensorList split(const Tensor& x, std::int64_t size, std::int64_t dim = 0);
/// Parts of the given sizes, which add up to the dimension.
TensorList split_with_sizes(const Tensor& x, IntArrayRef sizes, std::int64_t dim = 0);
/// The slices at every index of a dimension, which disappears.
TensorList unbind(const Tensor& x, std::int64_t dim = 0);

}  // namespace xgrad
