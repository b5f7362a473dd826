/// Integrals by the trapezoid rule, and derivatives by differences, of samples along a dimension.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The integral of y along `dim`, sampled at the places x: a vector, or a tensor that broadcasts to y (ShapeError).
/// https://pytorch.org/docs/1.13/generated/torch.trapezoid.html
Tensor trapezoid(const Tensor& y, const Tensor& x, OnlyInt dim = -1);
/// The same, sampled every `dx`.
Tensor trapezoid(const Tensor& y, Scalar dx = 1, OnlyInt dim = -1);
/// The integrals up to each of the places but the first.
Tensor cumulative_trapezoid(const Tensor& y, const Tensor& x, OnlyInt dim = -1);
Tensor cumulative_trapezoid(const Tensor& y, Scalar dx = 1, OnlyInt dim = -1);
/// The derivative along each of `dims` (all where there are none), sampled every `spacing`: central differences, and at the
/// ends differences of first or second order, as `edge_order` says. Throws ShapeError where a dimension has fewer than
/// edge_order + 1 elements, ValueError for another order. https://pytorch.org/docs/1.13/generated/torch.gradient.html
TensorList gradient(const Tensor& x, Scalar spacing = 1, IntArrayRef dims = {}, std::int64_t edge_order = 1);
/// The same, sampled at given places: a vector for each dimension.
TensorList gradient(const Tensor& x, const TensorList& coordinates, IntArrayRef dims = {}, std::int64_t edge_order = 1);

}  // namespace xgrad
