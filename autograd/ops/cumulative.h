/// Running extrema along a dimension, with the index where each was found last (the gradient goes there), and running
/// logarithms of sums.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The largest element so far, and its index (int64); NaN from the first NaN on.
/// https://pytorch.org/docs/1.13/generated/torch.cummax.html
std::tuple<Tensor, Tensor> cummax(const Tensor& x, std::int64_t dim);
/// The smallest element so far, in the same way.
std::tuple<Tensor, Tensor> cummin(const Tensor& x, std::int64_t dim);
/// log of the running sums of e^x, without overflow, of floating-point tensors (TypeError). Sums of nothing but zeros (all
/// of x -inf) have the gradient 0. https://pytorch.org/docs/1.13/generated/torch.logcumsumexp.html
Tensor logcumsumexp(const Tensor& x, std::int64_t dim);

void cummax(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;
void cummin(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;

}  // namespace xgrad
