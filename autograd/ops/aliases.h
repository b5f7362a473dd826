/// The other names that libtorch has for functions: each is the function of its first line's family under another name, and
/// documented there.
#pragma once

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/division.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/integration.h"
#include "autograd/ops/joining.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/split.h"
#include "autograd/ops/trigonometry.h"
#include "autograd/ops/view.h"

namespace xgrad {

/// Of one tensor.
/// @{
inline Tensor absolute(const Tensor& x) { return abs(x); }
inline Tensor arccos(const Tensor& x) { return acos(x); }
inline Tensor arccosh(const Tensor& x) { return acosh(x); }
inline Tensor arcsin(const Tensor& x) { return asin(x); }
inline Tensor arcsinh(const Tensor& x) { return asinh(x); }
inline Tensor arctan(const Tensor& x) { return atan(x); }
inline Tensor arctanh(const Tensor& x) { return atanh(x); }
inline Tensor fix(const Tensor& x) { return trunc(x); }
inline Tensor negative(const Tensor& x) { return neg(x); }
inline Tensor sgn(const Tensor& x) { return sign(x); }
inline Tensor log_sigmoid(const Tensor& x) { return logsigmoid(x); }
/// @}

/// Arithmetic and comparison.
/// @{
inline Tensor subtract(const Tensor& a, const Tensor& b, Scalar alpha = 1) { return sub(a, b, alpha); }
inline Tensor subtract(const Tensor& a, Scalar b, Scalar alpha = 1) { return sub(a, b, alpha); }
inline Tensor multiply(const Tensor& a, const Tensor& b) { return mul(a, b); }
inline Tensor multiply(const Tensor& a, Scalar b) { return mul(a, b); }
inline Tensor divide(const Tensor& a, const Tensor& b) { return div(a, b); }
inline Tensor divide(const Tensor& a, Scalar b) { return div(a, b); }
inline Tensor true_divide(const Tensor& a, const Tensor& b) { return div(a, b); }
inline Tensor true_divide(const Tensor& a, Scalar b) { return div(a, b); }
inline Tensor greater(const Tensor& a, const Tensor& b) { return gt(a, b); }
inline Tensor greater(const Tensor& a, Scalar b) { return gt(a, b); }
inline Tensor greater_equal(const Tensor& a, const Tensor& b) { return ge(a, b); }
inline Tensor greater_equal(const Tensor& a, Scalar b) { return ge(a, b); }
inline Tensor less(const Tensor& a, const Tensor& b) { return lt(a, b); }
inline Tensor less(const Tensor& a, Scalar b) { return lt(a, b); }
inline Tensor less_equal(const Tensor& a, const Tensor& b) { return le(a, b); }
inline Tensor less_equal(const Tensor& a, Scalar b) { return le(a, b); }
inline Tensor not_equal(const Tensor& a, const Tensor& b) { return ne(a, b); }
inline Tensor not_equal(const Tensor& a, Scalar b) { return ne(a, b); }
inline Tensor arctan2(const Tensor& y, const Tensor& x) { return atan2(y, x); }
inline Tensor clip(const Tensor& x, std::optional<Scalar> min, std::optional<Scalar> max = std::nullopt) {
  return clamp(x, min, max);
}
inline Tensor clamp_min(const Tensor& x, Scalar min) { return clamp(x, min); }
inline Tensor clamp_max(const Tensor& x, Scalar max) { return clamp(x, std::nullopt, max); }
/// @}

/// Shapes, and joining.
/// @{
inline Tensor concat(const TensorList& tensors, OnlyInt dim = 0) { return cat(tensors, dim); }
inline Tensor concatenate(const TensorList& tensors, OnlyInt dim = 0) { return cat(tensors, dim); }
inline Tensor row_stack(const TensorList& tensors) { return vstack(tensors); }
inline Tensor moveaxis(const Tensor& x, std::int64_t source, std::int64_t destination) {
  return movedim(x, source, destination);
}
inline Tensor moveaxis(const Tensor& x, IntArrayRef source, IntArrayRef destination) {
  return movedim(x, source, destination);
}
void moveaxis(const Tensor& x, NoDimension auto source, auto destination) = delete;
void moveaxis(const Tensor& x, auto source, NoDimension auto destination) = delete;
inline Tensor swapaxes(const Tensor& x, OnlyInt axis0, OnlyInt axis1) { return transpose(x, axis0, axis1); }
inline Tensor swapdims(const Tensor& x, OnlyInt dim0, OnlyInt dim1) { return transpose(x, dim0, dim1); }
inline Tensor adjoint(const Tensor& x) { return transpose(x, -2, -1); }
inline Tensor ravel(const Tensor& x) { return reshape(x, {-1}); }
inline Tensor broadcast_to(const Tensor& x, IntArrayRef sizes) { return expand(x, sizes); }
inline Tensor detach(const Tensor& x) { return x.detach(); }
inline TensorList unsafe_chunk(const Tensor& x, std::int64_t chunks, OnlyInt dim = 0) { return chunk(x, chunks, dim); }
inline TensorList unsafe_split(const Tensor& x, std::int64_t size, OnlyInt dim = 0) { return split(x, size, dim); }
inline TensorList unsafe_split_with_sizes(const Tensor& x, IntArrayRef sizes, OnlyInt dim = 0) {
  return split_with_sizes(x, sizes, dim);
}
/// @}

/// Reductions and integrals.
/// @{
inline Tensor frobenius_norm(const Tensor& x) { return norm(x); }
inline Tensor frobenius_norm(const Tensor& x, IntArrayRef dims, OnlyBool keepdim = false) {
  return norm(x, 2, dims, keepdim);
}
inline Tensor trapz(const Tensor& y, const Tensor& x, OnlyInt dim = -1) { return trapezoid(y, x, dim); }
inline Tensor trapz(const Tensor& y, double dx = 1, OnlyInt dim = -1) { return trapezoid(y, dx, dim); }
/// The values in order along the first dimension.
inline Tensor msort(const Tensor& x) { return std::get<0>(sort(x, 0)); }
/// @}

/// What concerns complex numbers, which there are none of: x itself.
/// @{
inline Tensor real(const Tensor& x) { return x; }
inline Tensor conj(const Tensor& x) { return x; }
inline Tensor conj_physical(const Tensor& x) { return x; }
inline Tensor resolve_conj(const Tensor& x) { return x; }
inline Tensor resolve_neg(const Tensor& x) { return x; }
inline Tensor positive(const Tensor& x) { return x; }
/// @}

}  // namespace xgrad
