/// Reductions: sums, means, extrema and norms over all elements, or over some dimensions. `dims` may be negative; an empty
/// list means all. `keepdim` keeps reduced dimensions with size 1. All throw IndexError for a dimension out of range.
/// Sums are added in a fixed pairwise order: the same bits on any number of threads.
/// https://pytorch.org/docs/1.13/torch.html#reduction-ops
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Bool and integer tensors add up to int64, unless a dtype is given.
Tensor sum(const Tensor& x, std::optional<Dtype> dtype = std::nullopt);
Tensor sum(const Tensor& x, IntArrayRef dims, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt);
/// Sums over the dimensions that broadcasting from `sizes` to x's shape repeated.
Tensor sum_to(const Tensor& x, IntArrayRef sizes);
/// Throws TypeError for tensors that are not floating-point, unless a dtype is given. The mean of nothing is NaN.
Tensor mean(const Tensor& x, std::optional<Dtype> dtype = std::nullopt);
Tensor mean(const Tensor& x, IntArrayRef dims, bool keepdim = false, std::optional<Dtype> dtype = std::nullopt);
/// sum((x - mean)^2) / n, with n - 1 in place of n where unbiased.
Tensor var(const Tensor& x, bool unbiased = true);
Tensor var(const Tensor& x, IntArrayRef dims, bool unbiased = true, bool keepdim = false);
/// sqrt(var)
Tensor std(const Tensor& x, bool unbiased = true);
Tensor std(const Tensor& x, IntArrayRef dims, bool unbiased = true, bool keepdim = false);
/// The product of all elements, or along a dimension.
Tensor prod(const Tensor& x);
Tensor prod(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// The largest (smallest) element, NaN where there is one. Equals share the gradient. Throws ShapeError for no elements.
Tensor max(const Tensor& x);
/// The smallest element, in the same way.
Tensor min(const Tensor& x);
/// Values and the indices of their first occurrence; the gradient goes to that one.
std::tuple<Tensor, Tensor> max(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// The smallest values, in the same way.
std::tuple<Tensor, Tensor> min(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// Over several dimensions; equals share the gradient.
Tensor amax(const Tensor& x, IntArrayRef dims = {}, bool keepdim = false);
/// The smallest over several dimensions, in the same way.
Tensor amin(const Tensor& x, IntArrayRef dims = {}, bool keepdim = false);
/// The index of the first largest (smallest) element; in the flattened tensor unless `dim` is given.
Tensor argmax(const Tensor& x, std::optional<std::int64_t> dim = std::nullopt, bool keepdim = false);
/// The index of the first smallest element, in the same way.
Tensor argmin(const Tensor& x, std::optional<std::int64_t> dim = std::nullopt, bool keepdim = false);
/// Whether all (any) elements are not 0.
Tensor all(const Tensor& x);
Tensor all(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// Whether any element is not 0.
Tensor any(const Tensor& x);
Tensor any(const Tensor& x, std::int64_t dim, bool keepdim = false);
/// (sum |x|^p)^(1/p); p may be 0 (how many are not 0) and infinite (the largest |x|).
Tensor norm(const Tensor& x, Scalar p = 2);
Tensor norm(const Tensor& x, Scalar p, IntArrayRef dims, bool keepdim = false);
/// log(sum(e^x)), without overflow.
Tensor logsumexp(const Tensor& x, IntArrayRef dims, bool keepdim = false);
/// Running sums along a dimension.
Tensor cumsum(const Tensor& x, std::int64_t dim);

namespace detail {
/// The gradient of the norm y of x, both with the reduced dimensions: grad sign(x) (|x| / y)^(p - 1), and 0 where x or y is 0.
/// p is neither 0, 1 nor infinite.
Tensor norm_gradient(const Tensor& x, const Tensor& y, const Tensor& grad, double p);
}  // namespace detail

}  // namespace xgrad
