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

/// Where x is infinite and positive.
Tensor isposinf(const Tensor& a);
/// Where x is infinite and negative.
Tensor isneginf(const Tensor& a);
/// True everywhere: there are no complex numbers.
Tensor isreal(const Tensor& a);
/// Where the sign is negative, -0.0 included.
Tensor signbit(const Tensor& a);
/// Where |a - b| <= atol + rtol * |b|; infinities are close to themselves, and NaNs to each other if `equal_nan`. Throws
/// TypeError for different dtypes. https://pytorch.org/docs/1.13/generated/torch.isclose.html
Tensor isclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8, OnlyBool equal_nan = false);
/// x with `nan` for NaN (0 unless given) and `positive` and `negative` for the infinities (the dtype's largest and smallest
/// numbers); the gradient is 0 there. https://pytorch.org/docs/1.13/generated/torch.nan_to_num.html
Tensor nan_to_num(const Tensor& x, std::optional<double> nan = std::nullopt, std::optional<double> positive = std::nullopt,
                  std::optional<double> negative = std::nullopt);

/// The larger (smaller) of the two; NaN where either is. The gradient of equals is shared half and half.
Tensor maximum(const Tensor& a, const Tensor& b);
/// The smaller of the two, in the same way.
Tensor minimum(const Tensor& a, const Tensor& b);
/// The larger of the two, or the one that is not NaN. The gradient of equals goes to a.
Tensor fmax(const Tensor& a, const Tensor& b);
/// The smaller of the two, in the same way.
Tensor fmin(const Tensor& a, const Tensor& b);
/// a where the condition holds, else b. The condition is bool (TypeError), all three broadcast.
Tensor where(const Tensor& condition, const Tensor& a, const Tensor& b);
Tensor where(const Tensor& condition, const Tensor& a, Scalar b);
Tensor where(const Tensor& condition, Scalar a, const Tensor& b);
Tensor where(const Tensor& condition, Scalar a, Scalar b);
/// The indices of the elements that are not 0: a vector for each dimension.
TensorList where(const Tensor& condition);
/// `value` where the mask (bool) holds, else x.
Tensor masked_fill(const Tensor& x, const Tensor& mask, Scalar value);
/// The same with a tensor without dimensions (ShapeError), which has a gradient.
Tensor masked_fill(const Tensor& x, const Tensor& mask, const Tensor& value);
/// maximum(a, b)
inline Tensor max(const Tensor& a, const Tensor& b) { return maximum(a, b); }
/// minimum(a, b)
inline Tensor min(const Tensor& a, const Tensor& b) { return minimum(a, b); }

/// Whether shapes and all elements are the same numbers, of whatever dtypes.
bool equal(const Tensor& a, const Tensor& b);
/// Whether isclose() holds everywhere.
bool allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8, OnlyBool equal_nan = false);

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
