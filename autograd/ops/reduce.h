/// Reductions: sums, means, extrema and norms over all elements, or over some dimensions. `dims` may be negative; an empty
/// list means all. `keepdim` keeps reduced dimensions with size 1. All throw IndexError for a dimension out of range.
/// Sums are added in a fixed pairwise order: the same bits on any number of threads.
/// https://pytorch.org/docs/1.13/torch.html#reduction-ops
#pragma once

#include <initializer_list>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Bool and integer tensors add up to int64, unless a dtype is given.
Tensor sum(const Tensor& x, std::optional<Dtype> dtype = std::nullopt);
Tensor sum(const Tensor& x, IntArrayRef dims, OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt);
/// Sums over the dimensions that broadcasting from `sizes` to x's shape repeated.
Tensor sum_to(Tensor x, IntArrayRef sizes);
/// Throws TypeError for tensors that are not floating-point, unless a dtype is given. The mean of nothing is NaN.
Tensor mean(const Tensor& x, std::optional<Dtype> dtype = std::nullopt);
Tensor mean(const Tensor& x, IntArrayRef dims, OnlyBool keepdim = false, std::optional<Dtype> dtype = std::nullopt);
/// sum((x - mean)^2) / (n - correction), without a correction n - 1; or divided by n - 1 or n as `unbiased` says, which is a
/// bool and nothing else: `var(x, 0)` and `var(x, {1})` are along a dimension.
Tensor var(const Tensor& x);
Tensor var(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction = 1, OnlyBool keepdim = false);
Tensor var(const Tensor& x, std::nullopt_t dims, std::optional<OnlyInt> correction, OnlyBool keepdim = false);
Tensor var(const Tensor& x, IsBool auto unbiased) { return var(x, IntArrayRef(), std::optional<std::int64_t>(unbiased)); }
Tensor var(const Tensor& x, IntArrayRef dims, IsBool auto unbiased, OnlyBool keepdim = false) {
  return var(x, dims, std::optional<std::int64_t>(unbiased), keepdim);
}
/// sqrt(var)
Tensor std(const Tensor& x);
Tensor std(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction = 1, OnlyBool keepdim = false);
Tensor std(const Tensor& x, std::nullopt_t dims, std::optional<OnlyInt> correction, OnlyBool keepdim = false);
Tensor std(const Tensor& x, IsBool auto unbiased) { return std(x, IntArrayRef(), std::optional<std::int64_t>(unbiased)); }
Tensor std(const Tensor& x, IntArrayRef dims, IsBool auto unbiased, OnlyBool keepdim = false) {
  return std(x, dims, std::optional<std::int64_t>(unbiased), keepdim);
}
/// The variance, or the standard deviation, and the mean.
/// @{
std::tuple<Tensor, Tensor> var_mean(const Tensor& x);
std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction = 1,
                                    OnlyBool keepdim = false);
std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IsBool auto unbiased) {
  return var_mean(x, IntArrayRef(), std::optional<std::int64_t>(unbiased));
}
std::tuple<Tensor, Tensor> var_mean(const Tensor& x, IntArrayRef dims, IsBool auto unbiased, OnlyBool keepdim = false) {
  return var_mean(x, dims, std::optional<std::int64_t>(unbiased), keepdim);
}
std::tuple<Tensor, Tensor> std_mean(const Tensor& x);
std::tuple<Tensor, Tensor> std_mean(const Tensor& x, IntArrayRef dims, std::optional<OnlyInt> correction = 1,
                                    OnlyBool keepdim = false);
std::tuple<Tensor, Tensor> std_mean(const Tensor& x, IsBool auto unbiased) {
  return std_mean(x, IntArrayRef(), std::optional<std::int64_t>(unbiased));
}
std::tuple<Tensor, Tensor> std_mean(const Tensor& x, IntArrayRef dims, IsBool auto unbiased, OnlyBool keepdim = false) {
  return std_mean(x, dims, std::optional<std::int64_t>(unbiased), keepdim);
}
/// @}
/// The product of all elements, or along a dimension.
Tensor prod(const Tensor& x);
Tensor prod(const Tensor& x, OnlyInt dim, OnlyBool keepdim = false);
/// The same of x in another dtype.
inline Tensor prod(const Tensor& x, std::optional<Dtype> dtype) { return dtype ? prod(x.to(*dtype)).to(*dtype) : prod(x); }
inline Tensor prod(const Tensor& x, OnlyInt dim, OnlyBool keepdim, std::optional<Dtype> dtype) {
  return dtype ? prod(x.to(*dtype), dim, keepdim).to(*dtype) : prod(x, dim, keepdim);
}
/// The largest (smallest) element, NaN where there is one. Equals share the gradient. Throws ShapeError for no elements.
Tensor max(const Tensor& x);
/// The smallest element, in the same way.
Tensor min(const Tensor& x);
/// Values and the indices of their first occurrence; the gradient goes to that one.
std::tuple<Tensor, Tensor> max(const Tensor& x, OnlyInt dim, OnlyBool keepdim = false);
/// The smallest values, in the same way.
std::tuple<Tensor, Tensor> min(const Tensor& x, OnlyInt dim, OnlyBool keepdim = false);
/// Over several dimensions; equals share the gradient.
Tensor amax(const Tensor& x, IntArrayRef dims = {}, OnlyBool keepdim = false);
/// The smallest over several dimensions, in the same way.
Tensor amin(const Tensor& x, IntArrayRef dims = {}, OnlyBool keepdim = false);
/// The index of the first largest (smallest) element; in the flattened tensor unless `dim` is given.
Tensor argmax(const Tensor& x, std::optional<OnlyInt> dim = std::nullopt, OnlyBool keepdim = false);
/// The index of the first smallest element, in the same way.
Tensor argmin(const Tensor& x, std::optional<OnlyInt> dim = std::nullopt, OnlyBool keepdim = false);
/// Whether all (any) elements are not 0.
Tensor all(const Tensor& x);
Tensor all(const Tensor& x, OnlyInt dim, OnlyBool keepdim = false);
/// Whether any element is not 0.
Tensor any(const Tensor& x);
Tensor any(const Tensor& x, OnlyInt dim, OnlyBool keepdim = false);
/// (sum |x|^p)^(1/p); p may be 0 (how many are not 0) and infinite (the largest |x|).
Tensor norm(const Tensor& x, Scalar p = 2);
Tensor norm(const Tensor& x, std::optional<Scalar> p, IntArrayRef dims, OnlyBool keepdim = false);
/// The same of x in another dtype; p is 2 where it is left out.
inline Tensor norm(const Tensor& x, std::optional<Scalar> p, Dtype dtype) { return norm(x.to(dtype), p.value_or(2)); }
inline Tensor norm(const Tensor& x, std::optional<Scalar> p, IntArrayRef dims, OnlyBool keepdim, Dtype dtype) {
  return norm(x.to(dtype), p, dims, keepdim);
}
void norm(const Tensor& x, IsBool auto p, auto&&... rest) = delete;
void norm(const Tensor& x, std::initializer_list<std::int64_t> dims) = delete;
/// The norm over all dimensions but one, which are kept with size 1; over all for dim -1, where nothing is kept.
Tensor norm_except_dim(const Tensor& x, std::int64_t p = 2, OnlyInt dim = 0);
/// log(sum(e^x)), without overflow. The gradient e^(x - y) is within 4 + |x - y| units in the last place.
Tensor logsumexp(const Tensor& x, IntArrayRef dims, OnlyBool keepdim = false);
/// Running sums along a dimension.
Tensor cumsum(const Tensor& x, OnlyInt dim);
/// The same of x in another dtype.
inline Tensor cumsum(const Tensor& x, OnlyInt dim, std::optional<Dtype> dtype) {
  return dtype ? cumsum(x.to(*dtype), dim).to(*dtype) : cumsum(x, dim);
}

namespace detail {
/// The gradient of the norm y of x, both with the reduced dimensions: grad sign(x) (|x| / y)^(p - 1), and 0 where x or y is
/// 0. p is neither 0, 1 nor infinite.
Tensor norm_gradient(const Tensor& x, const Tensor& y, const Tensor& grad, double p);
}  // namespace detail

}  // namespace xgrad
