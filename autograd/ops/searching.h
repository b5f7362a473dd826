/// Finding values: where they belong in a sorted sequence, and whether they are in a set. All outside the graph.
#pragma once

#include <string_view>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Where each value goes in the sorted sequence so that it stays sorted: the first i with sequence[i] >= value, or, where
/// `right`, sequence[i] > value; NaN goes to the end. The sequence is a vector, or has the values' leading dimensions
/// (ShapeError); `sorter`, of its shape, is an order that sorts it. `side` ("left" or "right") says the same as `right`
/// (ValueError where they contradict). int64, or int32 where `out_int32`. Tensors with dimensions have one dtype
/// (TypeError). Binary search: n log(m). https://pytorch.org/docs/1.13/generated/torch.searchsorted.html
Tensor searchsorted(const Tensor& sorted_sequence, const Tensor& values, bool out_int32 = false, bool right = false,
                    std::optional<std::string_view> side = std::nullopt, const Tensor& sorter = {});
Tensor searchsorted(const Tensor& sorted_sequence, Scalar value, bool out_int32 = false, bool right = false,
                    std::optional<std::string_view> side = std::nullopt, const Tensor& sorter = {});
/// searchsorted() with the values first, and a vector of boundaries.
/// https://pytorch.org/docs/1.13/generated/torch.bucketize.html
Tensor bucketize(const Tensor& values, const Tensor& boundaries, bool out_int32 = false, bool right = false);
Tensor bucketize(Scalar value, const Tensor& boundaries, bool out_int32 = false, bool right = false);
/// Whether each element is among the test elements, or, where `invert`, is not: bool, of the elements' shape. NaN is in no
/// set. n log(m). `assume_unique` changes nothing. https://pytorch.org/docs/1.13/generated/torch.isin.html
Tensor isin(const Tensor& elements, const Tensor& test_elements, bool assume_unique = false, bool invert = false);
Tensor isin(const Tensor& elements, Scalar test_element, bool assume_unique = false, bool invert = false);
Tensor isin(Scalar element, const Tensor& test_elements, bool assume_unique = false, bool invert = false);
/// nonzero(): the indices of elements that are not 0, a row each.
Tensor argwhere(const Tensor& x);
/// The same by columns: one vector of indices for each dimension.
TensorList nonzero_numpy(const Tensor& x);

}  // namespace xgrad
