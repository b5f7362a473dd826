/// Turning round, rotating, repeating and crossing tensors. Dimensions out of range are IndexErrors.
#pragma once

#include <string>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Rotates by `shifts[i]` places along `dims[i]`; what leaves one end comes back at the other. Without `dims` there is one
/// shift, of all elements in row-major order. Throws ShapeError for different numbers of shifts and dimensions.
Tensor roll(const Tensor& x, IntArrayRef shifts, IntArrayRef dims = {});
/// Reverses the order along dimensions. Throws ShapeError for one that is named twice.
Tensor flip(const Tensor& x, IntArrayRef dims);
/// The tensor again and again along its dimensions, before which there may be new ones: counts for all of them. Throws
/// ShapeError for fewer counts than dimensions, negative ones, and where the result is too large.
Tensor repeat(const Tensor& x, IntArrayRef repeats);
/// Repeats the tensor along its dimensions, as repeat(), but with as many dimensions as the longer of both has.
Tensor tile(const Tensor& x, IntArrayRef repeats);
/// Reverses the second dimension, left to right. Throws ShapeError for fewer than two.
Tensor fliplr(const Tensor& x);
/// Reverses the first dimension. Throws ShapeError for none.
Tensor flipud(const Tensor& x);
/// Turns the plane of two dimensions (ShapeError for others than two) k times by 90 degrees, from the first to the second.
/// The result lies in memory as x does, turned with it: after a quarter turn it is not row-major, as libtorch's is not.
Tensor rot90(const Tensor& x, std::int64_t k = 1, IntArrayRef dims = {0, 1});
/// Every slice along `dim` repeated in place: aabb, not abab. `repeats` is one count (int64, not negative: ValueError) for
/// all, or one for each slice (ShapeError). Without `dim`, the elements in row-major order.
Tensor repeat_interleave(const Tensor& x, std::int64_t repeats, std::optional<OnlyInt> dim = std::nullopt);
Tensor repeat_interleave(const Tensor& x, const Tensor& repeats, std::optional<OnlyInt> dim = std::nullopt);
/// 0 repeats[0] times, 1 repeats[1] times, and so on.
Tensor repeat_interleave(const Tensor& repeats);
/// Coordinates of a grid: result i has the shape (n0, n1, ...) and varies along dimension i, as views of the vectors. With
/// indexing "xy" the first two dimensions change places; other names are ValueErrors.
TensorList meshgrid(const TensorList& tensors, const std::string& indexing = "ij");

}  // namespace xgrad
