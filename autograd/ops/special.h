/// Special functions, elementwise, which turn integers into numbers of the default dtype. Results lie in memory as their
/// operands do (dense_strides).
/// https://pytorch.org/docs/1.13/special.html
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// 2^x
Tensor exp2(const Tensor& x);
/// 1 - erf(x), exact where erf(x) is near 1
Tensor erfc(const Tensor& x);
/// The number whose erf is x; infinite at -1 and 1, NaN outside
Tensor erfinv(const Tensor& x);
/// log |Gamma(x)|; infinite at 0 and the negative integers
Tensor lgamma(const Tensor& x);
/// The derivative of lgamma; NaN at the negative integers, infinite at 0
Tensor digamma(const Tensor& x);
/// The n-th derivative of digamma: (-1)^(n + 1) n! sum over k >= 0 of (x + k)^-(n + 1). At the negative integers,
/// infinite for odd n and NaN for even n. Throws ValueError for a negative n.
/// https://pytorch.org/docs/1.13/special.html#torch.special.polygamma
Tensor polygamma(std::int64_t n, const Tensor& x);
/// log(x / (1 - x)), of x limited to [eps, 1 - eps] where eps is given
Tensor logit(const Tensor& x, std::optional<double> eps = std::nullopt);
/// sin(pi x) / (pi x), and 1 at 0
Tensor sinc(const Tensor& x);
/// -x log(x), 0 at 0, and -inf below
Tensor special_entr(const Tensor& x);
/// Hurwitz' zeta function, the sum over k >= 0 of (q + k)^-s, of operands that broadcast. NaN for s < 1, infinite at s = 1,
/// and, where s is no even integer, NaN for a negative q. A gradient of s is a GraphError.
/// https://pytorch.org/docs/1.13/special.html#torch.special.zeta
Tensor special_zeta(const Tensor& s, const Tensor& q);
/// Mantissa and exponent: x = mantissa * 2^exponent, with |mantissa| in [0.5, 1), or 0 or what is not finite with exponent
/// 0; the exponent is int32. https://pytorch.org/docs/1.13/generated/torch.frexp.html
std::tuple<Tensor, Tensor> frexp(const Tensor& x);

namespace detail {
/// digamma of one number.
double digamma_of(double x);
}  // namespace detail

}  // namespace xgrad
