/// Sorting. Indices are int64 and outside the graph; the gradient of the values goes back to where they came from.
/// NaN counts as the largest number.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Values in order along `dim`, and their indices. Equals keep their order.
std::tuple<Tensor, Tensor> sort(const Tensor& x, std::int64_t dim = -1, bool descending = false);
/// Only the indices of sort.
Tensor argsort(const Tensor& x, std::int64_t dim = -1, bool descending = false);
/// The k largest (smallest) along `dim`, in order. Throws ValueError where the dimension has fewer.
std::tuple<Tensor, Tensor> topk(const Tensor& x, std::int64_t k, std::int64_t dim = -1, bool largest = true,
                                bool sorted = true);

}  // namespace xgrad
