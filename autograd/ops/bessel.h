/// Bessel functions, elementwise, computed in double precision; integers give the default dtype. Gradients of any order.
/// https://pytorch.org/docs/1.13/special.html
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// The modified Bessel function of the first kind and order 0: sum over k of (x^2 / 4)^k / k!^2
Tensor i0(const Tensor& x);
/// e^-|x| i0(x), without overflow
Tensor special_i0e(const Tensor& x);
/// The same function of order 1
Tensor special_i1(const Tensor& x);
/// e^-|x| i1(x), without overflow
Tensor special_i1e(const Tensor& x);
/// The Bessel function of the first kind and order 0
Tensor special_bessel_j0(const Tensor& x);
/// The same of order 1
Tensor special_bessel_j1(const Tensor& x);
/// The Bessel function of the second kind and order 0; -inf at 0, NaN below
Tensor special_bessel_y0(const Tensor& x);
/// The same of order 1
Tensor special_bessel_y1(const Tensor& x);

}  // namespace xgrad
