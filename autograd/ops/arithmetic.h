/// Arithmetic, elementwise with broadcasting and type promotion. Integers divide to floating-point numbers; everything else
/// keeps the promoted dtype. Results lie in memory as their operands do (dense_strides). All functions throw ShapeError for
/// shapes that do not broadcast.
#pragma once

#include <optional>
#include <string_view>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// a + alpha * b
Tensor add(const Tensor& a, const Tensor& b, Scalar alpha = 1);
Tensor add(const Tensor& a, Scalar b, Scalar alpha = 1);
/// a - alpha * b
Tensor sub(const Tensor& a, const Tensor& b, Scalar alpha = 1);
Tensor sub(const Tensor& a, Scalar b, Scalar alpha = 1);
/// b - a
Tensor rsub(const Tensor& a, Scalar b);
/// a * b
Tensor mul(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, Scalar b);
/// a / b, in floating point
Tensor div(const Tensor& a, const Tensor& b);
Tensor div(const Tensor& a, Scalar b);
/// a / b rounded down ("floor", as floor_divide) or towards zero ("trunc"), in the promoted dtype; nullopt: a / b. Throws
/// ValueError for other words, and for an integer divided by zero. No gradient where it is rounded.
Tensor div(const Tensor& a, const Tensor& b, std::optional<std::string_view> rounding_mode);
Tensor div(const Tensor& a, Scalar b, std::optional<std::string_view> rounding_mode);
/// b / a
Tensor rdiv(const Tensor& a, Scalar b);
/// -a
Tensor neg(const Tensor& a);
/// a + value * b * c
Tensor addcmul(const Tensor& a, const Tensor& b, const Tensor& c, Scalar value = 1);
/// a + value * b / c
Tensor addcdiv(const Tensor& a, const Tensor& b, const Tensor& c, Scalar value = 1);
/// a + weight * (b - a)
Tensor lerp(const Tensor& a, const Tensor& b, Scalar weight);
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& weight);

/// The operators call the functions above: a + b is add(a, b).
/// @{
inline Tensor operator+(const Tensor& a, const Tensor& b) { return add(a, b); }
inline Tensor operator+(const Tensor& a, Scalar b) { return add(a, b); }
inline Tensor operator+(Scalar a, const Tensor& b) { return add(b, a); }
inline Tensor operator-(const Tensor& a, const Tensor& b) { return sub(a, b); }
inline Tensor operator-(const Tensor& a, Scalar b) { return sub(a, b); }
inline Tensor operator-(Scalar a, const Tensor& b) { return rsub(b, a); }
inline Tensor operator*(const Tensor& a, const Tensor& b) { return mul(a, b); }
inline Tensor operator*(const Tensor& a, Scalar b) { return mul(a, b); }
inline Tensor operator*(Scalar a, const Tensor& b) { return mul(b, a); }
inline Tensor operator/(const Tensor& a, const Tensor& b) { return div(a, b); }
inline Tensor operator/(const Tensor& a, Scalar b) { return div(a, b); }
inline Tensor operator/(Scalar a, const Tensor& b) { return rdiv(b, a); }
inline Tensor operator-(const Tensor& a) { return neg(a); }
/// @}

}  // namespace xgrad
