/// The incomplete gamma functions and their kin, elementwise, computed in double precision. Operands broadcast (ShapeError)
/// and are floating-point (TypeError). https://pytorch.org/docs/1.13/special.html
#pragma once

#include <cstdint>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The regularised lower incomplete gamma function P(a, x): the integral of t^(a - 1) e^-t from 0 to x, over Gamma(a). NaN
/// for negative arguments, and where both are 0. Differentiable in x; once in a, of which a second gradient is a GraphError.
/// https://pytorch.org/docs/1.13/special.html#torch.special.gammainc
Tensor igamma(const Tensor& a, const Tensor& x);
/// The upper one, Q(a, x) = 1 - P(a, x), exact where it is small.
Tensor igammac(const Tensor& a, const Tensor& x);
/// The logarithm of the multivariate gamma function: p (p - 1) / 4 log(pi) + the sum of lgamma(x - j / 2) for 0 <= j < p.
/// Throws ValueError for p < 1, and for x <= (p - 1) / 2.
/// https://pytorch.org/docs/1.13/special.html#torch.special.multigammaln
Tensor mvlgamma(const Tensor& x, std::int64_t p);

namespace detail {
/// dx / da where P(a, x) stays: how the quantiles of the gamma distribution move. A gradient of it is a GraphError.
Tensor gamma_quantile_slope(const Tensor& a, const Tensor& x);
}  // namespace detail

}  // namespace xgrad
