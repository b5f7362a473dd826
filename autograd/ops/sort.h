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

/// sort and argsort that are told whether equals keep their order, as they always do. A lone bool might mean either.
std::tuple<Tensor, Tensor> sort(const Tensor& x, OnlyBool auto /*stable*/, std::int64_t dim, bool descending = false) {
  return sort(x, dim, descending);
}
/// Only the indices.
Tensor argsort(const Tensor& x, OnlyBool auto /*stable*/, std::int64_t dim, bool descending = false) {
  return argsort(x, dim, descending);
}
void sort(const Tensor& x, OnlyBool auto stable_or_descending) = delete;
void argsort(const Tensor& x, OnlyBool auto stable_or_descending) = delete;
void topk(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;

namespace detail {
/// Where along `axis` lies what is number k of the order, counted from 0. The dimension stays, with size 1; k broadcasts to
/// that shape.
Tensor nth_place(const Tensor& x, std::int64_t axis, const Tensor& k);
}  // namespace detail

}  // namespace xgrad
