/// Reductions that leave out NaN, counts, and what else is reduced in a few operations. `dims` as in ops/reduce.h.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The sum of the elements that are not NaN.
Tensor nansum(const Tensor& x, IntArrayRef dims = {}, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt);
/// Their mean; NaN where there are none. Throws TypeError for tensors that are not floating-point.
Tensor nanmean(const Tensor& x, IntArrayRef dims = {}, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt);
/// How many elements are not 0: int64.
Tensor count_nonzero(const Tensor& x, IntArrayRef dims = {});
/// The smallest and the largest element, along a dimension or of all.
std::tuple<Tensor, Tensor> aminmax(const Tensor& x, std::optional<std::int64_t> dim = std::nullopt, bool keepdim = false);
/// norm(a - b, p)
Tensor dist(const Tensor& a, const Tensor& b, Scalar p = 2);
/// The sum over the dimensions that broadcasting from `sizes` repeated. Throws ShapeError where `sizes` does not broadcast
/// to x's shape.
Tensor sum_to_size(const Tensor& x, IntArrayRef sizes);
/// x with every slice along `dim` whose p-norm is above `maxnorm` scaled down to it. Throws ValueError for a negative
/// maxnorm or a p that is not positive. https://pytorch.org/docs/1.13/generated/torch.renorm.html
Tensor renorm(const Tensor& x, Scalar p, std::int64_t dim, Scalar maxnorm);
/// Differences of neighbours along `dim`, n times over; `prepend` and `append` are joined to x first. Of bools: whether they
/// differ. Throws ValueError for a negative n. https://pytorch.org/docs/1.13/generated/torch.diff.html
Tensor diff(const Tensor& x, std::int64_t n = 1, std::int64_t dim = -1, const Tensor& prepend = {},
            const Tensor& append = {});

void nansum(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;
void nanmean(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;
void count_nonzero(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;
void aminmax(const Tensor& x, NoDimension auto dim, auto&&... rest) = delete;

}  // namespace xgrad
