/// Operations on the bits of integer and bool tensors (TypeError for others), elementwise with broadcasting and type
/// promotion. Results are outside the graph. https://pytorch.org/docs/1.13/torch.html#pointwise-ops
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// All bits turned over; of a bool its opposite.
Tensor bitwise_not(const Tensor& x);
/// The bits that are set in both.
Tensor bitwise_and(const Tensor& a, const Tensor& b);
Tensor bitwise_and(const Tensor& a, Scalar b);
/// The bits that are set in one or both.
Tensor bitwise_or(const Tensor& a, const Tensor& b);
Tensor bitwise_or(const Tensor& a, Scalar b);
/// The bits that are set in just one.
Tensor bitwise_xor(const Tensor& a, const Tensor& b);
Tensor bitwise_xor(const Tensor& a, Scalar b);
/// a * 2^b, without the bits that do not fit; 0 for as many bits as a has, or more, or a negative number. Not of bools.
Tensor bitwise_left_shift(const Tensor& a, const Tensor& b);
Tensor bitwise_left_shift(const Tensor& a, Scalar b);
/// a / 2^b, rounded down; for as many bits as a has, or more, or a negative number: -1 below 0, else 0. Not of bools.
Tensor bitwise_right_shift(const Tensor& a, const Tensor& b);
Tensor bitwise_right_shift(const Tensor& a, Scalar b);
/// The greatest common divisor, not negative; gcd(0, 0) is 0. Not of bools.
Tensor gcd(const Tensor& a, const Tensor& b);
/// The least common multiple, not negative; 0 where one is 0. Not of bools.
Tensor lcm(const Tensor& a, const Tensor& b);

/// The operators call the functions above: a & b is bitwise_and(a, b), and ~a is bitwise_not(a).
/// @{
inline Tensor operator~(const Tensor& a) { return bitwise_not(a); }
inline Tensor operator&(const Tensor& a, const Tensor& b) { return bitwise_and(a, b); }
inline Tensor operator&(const Tensor& a, Scalar b) { return bitwise_and(a, b); }
inline Tensor operator|(const Tensor& a, const Tensor& b) { return bitwise_or(a, b); }
inline Tensor operator|(const Tensor& a, Scalar b) { return bitwise_or(a, b); }
inline Tensor operator^(const Tensor& a, const Tensor& b) { return bitwise_xor(a, b); }
inline Tensor operator^(const Tensor& a, Scalar b) { return bitwise_xor(a, b); }
inline Tensor& operator&=(Tensor& a, const Tensor& b) { return a.bitwise_and_(b); }
inline Tensor& operator|=(Tensor& a, const Tensor& b) { return a.bitwise_or_(b); }
inline Tensor& operator^=(Tensor& a, const Tensor& b) { return a.bitwise_xor_(b); }
/// @}

}  // namespace xgrad
