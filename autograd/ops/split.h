/// A tensor in parts, as views.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// At most `chunks` parts of equal size, the last one smaller.
TensorList chunk(const Tensor& x, std::int64_t chunks, std::int64_t dim = 0);
/// Parts of `size`, the last one smaller.
TensorList split(const Tensor& x, std::int64_t size, std::int64_t dim = 0);
/// Parts of the given sizes, which add up to the dimension.
TensorList split(const Tensor& x, IntArrayRef sizes, std::int64_t dim = 0);
/// split() into parts of these sizes, by another name.
TensorList split_with_sizes(const Tensor& x, IntArrayRef sizes, std::int64_t dim = 0);
/// Parts of which the first ones are one longer, where the dimension does not divide; ValueError for no parts.
TensorList tensor_split(const Tensor& x, std::int64_t sections, std::int64_t dim = 0);
/// Parts between the given indices, which are clipped as in slice().
TensorList tensor_split(const Tensor& x, IntArrayRef indices, std::int64_t dim = 0);
/// As many parts as a number says, or parts between the indices in a vector. Throws TypeError for other tensors than int64.
TensorList tensor_split(const Tensor& x, const Tensor& parts, std::int64_t dim = 0);
/// Equal parts along the second dimension, of a vector along the first; ValueError where it does not divide. ShapeError for
/// too few dimensions, as the two below.
TensorList hsplit(const Tensor& x, std::int64_t sections);
/// Equal parts along the first of at least two dimensions.
TensorList vsplit(const Tensor& x, std::int64_t sections);
/// Equal parts along the third of at least three dimensions.
TensorList dsplit(const Tensor& x, std::int64_t sections);
/// Parts between indices along the same dimensions.
/// @{
TensorList hsplit(const Tensor& x, IntArrayRef indices);
TensorList vsplit(const Tensor& x, IntArrayRef indices);
TensorList dsplit(const Tensor& x, IntArrayRef indices);
/// @}
/// The slices at every index of a dimension, which disappears.
TensorList unbind(const Tensor& x, std::int64_t dim = 0);

void unbind(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;

}  // namespace xgrad
