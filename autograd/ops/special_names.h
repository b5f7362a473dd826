/// Special functions under the names that they have in torch::special, and as special_NAME beside the others.
/// https://pytorch.org/docs/1.13/special.html
#pragma once

#include "autograd/ops/bessel.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/incomplete_gamma.h"
#include "autograd/ops/normal_functions.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/special.h"

namespace xgrad {

/// Functions that have another name, or the same without special_.
/// @{
inline Tensor special_digamma(const Tensor& x) { return digamma(x); }
inline Tensor special_erf(const Tensor& x) { return erf(x); }
inline Tensor special_erfc(const Tensor& x) { return erfc(x); }
inline Tensor special_erfinv(const Tensor& x) { return erfinv(x); }
inline Tensor special_exp2(const Tensor& x) { return exp2(x); }
inline Tensor special_expit(const Tensor& x) { return sigmoid(x); }
inline Tensor special_expm1(const Tensor& x) { return expm1(x); }
inline Tensor special_gammaln(const Tensor& x) { return lgamma(x); }
inline Tensor special_i0(const Tensor& x) { return i0(x); }
inline Tensor special_log1p(const Tensor& x) { return log1p(x); }
inline Tensor special_psi(const Tensor& x) { return digamma(x); }
inline Tensor special_round(const Tensor& x) { return round(x); }
inline Tensor special_sinc(const Tensor& x) { return sinc(x); }
inline Tensor special_modified_bessel_i0(const Tensor& x) { return i0(x); }
inline Tensor special_modified_bessel_i1(const Tensor& x) { return special_i1(x); }
inline Tensor special_gammainc(const Tensor& a, const Tensor& x) { return igamma(a, x); }
inline Tensor special_gammaincc(const Tensor& a, const Tensor& x) { return igammac(a, x); }
inline Tensor special_multigammaln(const Tensor& x, std::int64_t p) { return mvlgamma(x, p); }
inline Tensor special_polygamma(std::int64_t n, const Tensor& x) { return polygamma(n, x); }
inline Tensor special_logit(const Tensor& x, std::optional<double> eps = std::nullopt) { return logit(x, eps); }
inline Tensor special_xlogy(const Tensor& a, const Tensor& b) { return xlogy(a, b); }
inline Tensor special_xlogy(const Tensor& a, Scalar b) { return xlogy(a, b); }
inline Tensor special_xlogy(Scalar a, const Tensor& b) { return xlogy(a, b); }
inline Tensor special_logsumexp(const Tensor& x, IntArrayRef dims, OnlyBool keepdim = false) {
  return logsumexp(x, dims, keepdim);
}
inline Tensor special_softmax(const Tensor& x, OnlyInt dim) { return softmax(x, dim); }
inline Tensor special_log_softmax(const Tensor& x, OnlyInt dim) { return log_softmax(x, dim); }
/// @}

/// The same functions without special_.
namespace special {
/// Functions of one tensor.
/// @{
inline Tensor digamma(const Tensor& x) { return special_digamma(x); }
inline Tensor entr(const Tensor& x) { return special_entr(x); }
inline Tensor erf(const Tensor& x) { return special_erf(x); }
inline Tensor erfc(const Tensor& x) { return special_erfc(x); }
inline Tensor erfcx(const Tensor& x) { return special_erfcx(x); }
inline Tensor erfinv(const Tensor& x) { return special_erfinv(x); }
inline Tensor exp2(const Tensor& x) { return special_exp2(x); }
inline Tensor expit(const Tensor& x) { return special_expit(x); }
inline Tensor expm1(const Tensor& x) { return special_expm1(x); }
inline Tensor gammaln(const Tensor& x) { return special_gammaln(x); }
inline Tensor i0(const Tensor& x) { return special_i0(x); }
inline Tensor i0e(const Tensor& x) { return special_i0e(x); }
inline Tensor i1(const Tensor& x) { return special_i1(x); }
inline Tensor i1e(const Tensor& x) { return special_i1e(x); }
inline Tensor log1p(const Tensor& x) { return special_log1p(x); }
inline Tensor log_ndtr(const Tensor& x) { return special_log_ndtr(x); }
inline Tensor ndtr(const Tensor& x) { return special_ndtr(x); }
inline Tensor ndtri(const Tensor& x) { return special_ndtri(x); }
inline Tensor psi(const Tensor& x) { return special_psi(x); }
inline Tensor round(const Tensor& x) { return special_round(x); }
inline Tensor sinc(const Tensor& x) { return special_sinc(x); }
/// @}
/// Functions of more.
/// @{
inline Tensor gammainc(const Tensor& a, const Tensor& x) { return igamma(a, x); }
inline Tensor gammaincc(const Tensor& a, const Tensor& x) { return igammac(a, x); }
inline Tensor multigammaln(const Tensor& x, std::int64_t p) { return mvlgamma(x, p); }
inline Tensor polygamma(std::int64_t n, const Tensor& x) { return xgrad::polygamma(n, x); }
inline Tensor logit(const Tensor& x, std::optional<double> eps = std::nullopt) { return xgrad::logit(x, eps); }
inline Tensor xlogy(const Tensor& a, const Tensor& b) { return xgrad::xlogy(a, b); }
inline Tensor xlogy(const Tensor& a, Scalar b) { return xgrad::xlogy(a, b); }
inline Tensor xlogy(Scalar a, const Tensor& b) { return xgrad::xlogy(a, b); }
inline Tensor xlog1py(const Tensor& a, const Tensor& b) { return special_xlog1py(a, b); }
inline Tensor xlog1py(const Tensor& a, Scalar b) { return special_xlog1py(a, b); }
inline Tensor xlog1py(Scalar a, const Tensor& b) { return special_xlog1py(a, b); }
inline Tensor zeta(const Tensor& s, const Tensor& q) { return special_zeta(s, q); }
inline Tensor bessel_j0(const Tensor& x) { return special_bessel_j0(x); }
inline Tensor bessel_j1(const Tensor& x) { return special_bessel_j1(x); }
inline Tensor bessel_y0(const Tensor& x) { return special_bessel_y0(x); }
inline Tensor bessel_y1(const Tensor& x) { return special_bessel_y1(x); }
inline Tensor modified_bessel_i0(const Tensor& x) { return special_modified_bessel_i0(x); }
inline Tensor modified_bessel_i1(const Tensor& x) { return special_modified_bessel_i1(x); }
inline Tensor logsumexp(const Tensor& x, IntArrayRef dims, OnlyBool keepdim = false) {
  return xgrad::logsumexp(x, dims, keepdim);
}
inline Tensor softmax(const Tensor& x, OnlyInt dim) { return xgrad::softmax(x, dim); }
inline Tensor log_softmax(const Tensor& x, OnlyInt dim) { return xgrad::log_softmax(x, dim); }
/// @}
}  // namespace special

}  // namespace xgrad
