/// Quantiles, by interpolation between neighbours in order.
#pragma once

#include <string_view>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The q-quantiles along `dim`, of all elements where there is none: at the place q (n - 1) among the n elements in order,
/// "linear"ly between its neighbours, or the "lower", "higher", "nearest" (of equally near ones the even) or "midpoint". A
/// vector of q adds a dimension in front. NaN where an element is NaN. Gradients go to the neighbours, and to q. Throws
/// TypeError unless both are floating-point of one dtype, ShapeError for no elements or a q with more dimensions, ValueError
/// for a q outside [0, 1] or another interpolation. https://pytorch.org/docs/1.13/generated/torch.quantile.html
Tensor quantile(const Tensor& x, const Tensor& q, std::optional<OnlyInt> dim = std::nullopt, OnlyBool keepdim = false,
                std::string_view interpolation = "linear");
Tensor quantile(const Tensor& x, OnlyReal q, std::optional<OnlyInt> dim = std::nullopt, OnlyBool keepdim = false,
                std::string_view interpolation = "linear");
/// The same of the elements that are not NaN; NaN where there are none.
Tensor nanquantile(const Tensor& x, const Tensor& q, std::optional<OnlyInt> dim = std::nullopt, OnlyBool keepdim = false,
                   std::string_view interpolation = "linear");
Tensor nanquantile(const Tensor& x, OnlyReal q, std::optional<OnlyInt> dim = std::nullopt, OnlyBool keepdim = false,
                   std::string_view interpolation = "linear");

}  // namespace xgrad
