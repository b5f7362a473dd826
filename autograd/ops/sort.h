/// Sorting. Indices are int64 and outside the graph; the gradient of the values goes back to where they came from.
/// NaN counts as the largest number.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Values in order along `dim`, and their indices. Equals keep their order.
std::tuple<Tensor, Tensor> sort(const Tensor& x, OnlyInt dim = -1, OnlyBool descending = false);
/// Only the indices of sort.
Tensor argsort(const Tensor& x, OnlyInt dim = -1, OnlyBool descending = false);
/// The k largest (smallest) along `dim`, in order. Throws ValueError where the dimension has fewer.
std::tuple<Tensor, Tensor> topk(const Tensor& x, OnlyInt k, OnlyInt dim = -1, OnlyBool largest = true,
                                OnlyBool sorted = true);

/// sort and argsort that are told whether equals keep their order, as they always do. A lone bool might mean either.
std::tuple<Tensor, Tensor> sort(const Tensor& x, IsBool auto /*stable*/, OnlyInt dim, OnlyBool descending = false) {
  return sort(x, dim, descending);
}
/// Only the indices.
Tensor argsort(const Tensor& x, IsBool auto /*stable*/, OnlyInt dim, OnlyBool descending = false) {
  return argsort(x, dim, descending);
}

namespace detail {
/// Where along `axis` lies what is number k of the order, counted from 0. The dimension stays, with size 1; k broadcasts to
/// that shape.
Tensor nth_place(const Tensor& x, std::int64_t axis, const Tensor& k);
}  // namespace detail

}  // namespace xgrad
