/// Comparison, logic and selection, elementwise with broadcasting. Comparisons give bool tensors outside the graph.
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Whether a == b, element by element: bool. So are all comparisons; both sides broadcast.
Tensor eq(const Tensor& a, const Tensor& b);
Tensor eq(const Tensor& a, Scalar b);
/// a != b
Tensor ne(const Tensor& a, const Tensor& b);
Tensor ne(const Tensor& a, Scalar b);
/// a < b
Tensor lt(const Tensor& a, const Tensor& b);
Tensor lt(const Tensor& a, Scalar b);
/// a <= b
Tensor le(const Tensor& a, const Tensor& b);
Tensor le(const Tensor& a, Scalar b);
/// a > b
Tensor gt(const Tensor& a, const Tensor& b);
Tensor gt(const Tensor& a, Scalar b);
/// a >= b
Tensor ge(const Tensor& a, const Tensor& b);
Tensor ge(const Tensor& a, Scalar b);

/// Everything but 0 counts as true.
Tensor logical_not(const Tensor& a);
/// Where both are not 0.
Tensor logical_and(const Tensor& a, const Tensor& b);
/// Where one or both are not 0.
Tensor logical_or(const Tensor& a, const Tensor& b);
/// Where just one is not 0.
Tensor logical_xor(const Tensor& a, const Tensor& b);

/// Where x is NaN: bool.
Tensor isnan(const Tensor& a);
/// Where x is infinite.
Tensor isinf(const Tensor& a);
/// Where x is neither infinite nor NaN.
Tensor isfinite(const Tensor& a);

/// The larger (smaller) of the two; NaN where either is. The gradient of equals is shared half and half.
Tensor maximum(const Tensor& a, const Tensor& b);
/// The smaller of the two, in the same way.
Tensor minimum(const Tensor& a, const Tensor& b);
/// a where the condition holds, else b. The condition is bool (TypeError), all three broadcast.
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);
Tensor where(const Tensor& condition, const Tensor& a, Scalar b);
Tensor where(const Tensor& condition, Scalar a, const Tensor& b);
/// `value` where the mask (bool) holds, else x.
Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value);

/// Whether shapes and all elements are the same. Throws TypeError for different dtypes.
bool equal(const Tensor& a, const Tensor& b);
/// Whether |a - b| <= atol + rtol * |b| everywhere.
bool allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);

/// The operators call the functions above: a == b is eq(a, b), and a && b is logical_and(a, b).
/// @{
inline Tensor operator==(const Tensor& a, const Tensor& b) { return eq(a, b); }
inline Tensor operator==(const Tensor& a, Scalar b) { return eq(a, b); }
inline Tensor operator!=(const Tensor& a, const Tensor& b) { return ne(a, b); }
inline Tensor operator!=(const Tensor& a, Scalar b) { return ne(a, b); }
inline Tensor operator<(const Tensor& a, const Tensor& b) { return lt(a, b); }
inline Tensor operator<(const Tensor& a, Scalar b) { return lt(a, b); }
inline Tensor operator<=(const Tensor& a, const Tensor& b) { return le(a, b); }
inline Tensor operator<=(const Tensor& a, Scalar b) { return le(a, b); }
inline Tensor operator>(const Tensor& a, const Tensor& b) { return gt(a, b); }
inline Tensor operator>(const Tensor& a, Scalar b) { return gt(a, b); }
inline Tensor operator>=(const Tensor& a, const Tensor& b) { return ge(a, b); }
inline Tensor operator>=(const Tensor& a, Scalar b) { return ge(a, b); }
inline Tensor operator!(const Tensor& a) { return logical_not(a); }
inline Tensor operator&&(const Tensor& a, const Tensor& b) { return logical_and(a, b); }
inline Tensor operator||(const Tensor& a, const Tensor& b) { return logical_or(a, b); }
/// @}

}  // namespace xgrad
