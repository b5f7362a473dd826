/// The normal distribution's function, its logarithm and inverse, and the scaled complementary error function: elementwise,
/// computed in double precision; integers give the default dtype. https://pytorch.org/docs/1.13/special.html
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// e^(x^2) erfc(x), which neither underflows nor loses digits for large x. Gradients of any order are as exact.
Tensor special_erfcx(const Tensor& x);
/// The area under the standard normal density up to x: erfc(-x / sqrt(2)) / 2
Tensor special_ndtr(const Tensor& x);
/// log(ndtr(x)), exact in both tails
Tensor special_log_ndtr(const Tensor& x);
/// The x with ndtr(x) = p; infinite at 0 and 1, NaN outside
Tensor special_ndtri(const Tensor& p);

}  // namespace xgrad
