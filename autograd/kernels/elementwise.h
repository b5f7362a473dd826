/// Elementwise operations as compiled kernels: one function for each arity, an operation by its name, a dtype by its name. What
/// includes this sees no template over elements, no xsimd and no xtensor.
///
/// The value of an element does not depend on where it lies: what does not fill a vector goes through a padded one and the
/// same code, so that slices, threads and views all give the same bits.
#pragma once

#include <cstdint>

#include "autograd/base/scalar.h"
#include "autograd/base/scalar_type.h"
#include "autograd/kernels/loop.h"

namespace xgrad::kernels {

/// y = f(x). Numbers in brackets are the operation's parameters a and b. Integers have neg, abs, sign, square, relu and clamp.
enum class Unary : std::uint8_t {
  neg,
  abs,
  sign,
  square,
  cube,
  reciprocal,
  sqrt,
  rsqrt,
  floor,
  ceil,
  round,  ///< half to even
  trunc,
  frac,
  exp,
  exp2,
  expm1,
  log,
  log1p,
  log2,
  log10,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  erf,
  erfc,
  tanh,
  sigmoid,
  log_sigmoid,
  relu,
  leaky_relu,  ///< slope a
  elu,         ///< scale a
  gelu,
  silu,
  mish,
  softplus,  ///< beta a, threshold b
  clamp,     ///< between a and b
  pow,       ///< to the power of a
  affine,    ///< a x + b
};

/// y = f(p, q). Those named for a gradient take what arrives as p, and the input or result that the operation saved as q.
/// Integers have the first six.
enum class Binary : std::uint8_t {
  add,
  sub,
  mul,
  maximum,
  minimum,
  add_scaled,  ///< p + a q
  div,
  pow,
  atan2,
  hypot,
  mul_scaled,  ///< a p q
  div_scaled,  ///< p / (a q)
  fmax,
  fmin,
  // Of the result.
  sqrt_gradient,
  rsqrt_gradient,
  reciprocal_gradient,
  expm1_gradient,
  tan_gradient,
  tanh_gradient,
  sigmoid_gradient,
  relu_gradient,
  // Of the input.
  abs_gradient,
  square_gradient,
  cube_gradient,
  log1p_gradient,
  sin_gradient,
  cos_gradient,
  asin_gradient,
  acos_gradient,
  atan_gradient,
  sinh_gradient,
  cosh_gradient,
  asinh_gradient,
  acosh_gradient,
  atanh_gradient,
  erf_gradient,
  erfc_gradient,
  log_sigmoid_gradient,
  leaky_relu_gradient,
  elu_gradient,
  gelu_gradient,
  silu_gradient,
  mish_gradient,
  softplus_gradient,
  clamp_gradient,     ///< where a <= q <= b
  hardtanh_gradient,  ///< where a < q < b
  pow_gradient,       ///< p a q^(a - 1)
};

/// y = p op q, a bool.
enum class Comparison : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

/// The numbers that some operations take.
struct Parameters {
  Scalar a = 0;
  Scalar b = 0;
};

/// Whether there is a kernel of the operation for a dtype.
bool has_kernel(Unary operation, Dtype dtype);
bool has_kernel(Binary operation, Dtype dtype);

/// out = f(in) over a loop whose operand 0 is `out`. Elements of `dtype`, which has_kernel() must have.
void unary(Unary operation, Dtype dtype, Loop<2> loop, void* out, const void* in, const Parameters& parameters = {});
/// out = f(p, q).
void binary(Binary operation, Dtype dtype, Loop<3> loop, void* out, const void* p, const void* q,
            const Parameters& parameters = {});
/// out = p op q: bools, of elements of a dtype that is computed in.
void compare(Comparison operation, Dtype dtype, Loop<3> loop, bool* out, const void* p, const void* q);
/// out = condition ? p : q, for elements of any dtype.
void select(Dtype dtype, Loop<4> loop, void* out, const bool* condition, const void* p, const void* q);

}  // namespace xgrad::kernels
