/// Elementwise functions of two tensors beyond arithmetic, with broadcasting (ShapeError) and type promotion; integers give
/// floating-point numbers. Results lie in memory as their operands do (dense_strides).
/// https://pytorch.org/docs/1.13/torch.html#pointwise-ops
#pragma once

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// a^b, computed and given in double precision.
Tensor float_power(const Tensor& a, const Tensor& b);
Tensor float_power(const Tensor& a, Scalar b);
/// a * 2^b, without overflow on the way
Tensor ldexp(const Tensor& a, const Tensor& b);
/// The size of a with the sign of b, zeros and NaNs included.
Tensor copysign(const Tensor& a, const Tensor& b);
Tensor copysign(const Tensor& a, Scalar b);
/// sqrt(a^2 + b^2), without overflow on the way
Tensor hypot(const Tensor& a, const Tensor& b);
/// The angle of the point (x, y), in [-pi, pi].
Tensor atan2(const Tensor& y, const Tensor& x);
/// 0 below 0, 1 above 0, and `at_zero` at 0; both of one dtype (TypeError), which is kept. Outside the graph.
Tensor heaviside(const Tensor& x, const Tensor& at_zero);
/// The next number after a in the direction of b. Outside the graph; both floating-point (TypeError).
Tensor nextafter(const Tensor& a, const Tensor& b);
/// log(e^a + e^b), without overflow; within 4 units in the last place of the largest of |a|, |b| and the result: near where
/// it is 0, that is more of its own
Tensor logaddexp(const Tensor& a, const Tensor& b);
/// log2(2^a + 2^b), without overflow
Tensor logaddexp2(const Tensor& a, const Tensor& b);
/// a * log(b), and 0 where a is 0, unless b is NaN
Tensor xlogy(const Tensor& a, const Tensor& b);
Tensor xlogy(const Tensor& a, Scalar b);
Tensor xlogy(Scalar a, const Tensor& b);
/// a * log(1 + b), in the same way
Tensor special_xlog1py(const Tensor& a, const Tensor& b);
Tensor special_xlog1py(const Tensor& a, Scalar b);
Tensor special_xlog1py(Scalar a, const Tensor& b);

}  // namespace xgrad
