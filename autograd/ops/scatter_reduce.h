/// Reducing elements by index into a copy.
#pragma once

#include <string_view>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// x with [i][index[i][j]] combined with the source[i][j] for dim 1 that go there, and so on: their "sum", "prod", "mean",
/// "amax" or "amin" (ValueError for others), x's own element included or not; elements to which nothing goes stay. Equal
/// extrema share the gradient, that of products is right next to zeros too. Throws as scatter(), and GraphError for a second
/// derivative of "prod" where an element is 0. https://pytorch.org/docs/1.13/generated/torch.Tensor.scatter_reduce_.html
Tensor scatter_reduce(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source, std::string_view reduce,
                      OnlyBool include_self = true);
/// The same with whole slices: those of the source at the places `index`, a vector, along `dim`. "prod", "mean", "amax" or
/// "amin". Throws as index_copy().
/// https://pytorch.org/docs/1.13/generated/torch.Tensor.index_reduce_.html
Tensor index_reduce(const Tensor& x, OnlyInt dim, const Tensor& index, const Tensor& source, std::string_view reduce,
                    OnlyBool include_self = true);

}  // namespace xgrad
