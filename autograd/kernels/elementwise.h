/// Elementwise operations as compiled kernels: one function for each arity, an operation by its name, a dtype by its name.
/// What includes this sees no template over elements, no xsimd and no xtensor.
///
/// The value of an element does not depend on where it lies: what does not fill a vector goes through a padded one and the
/// same code, so that slices, threads and views all give the same bits.
#pragma once

#include <cstdint>

#include "autograd/base/scalar.h"
#include "autograd/base/scalar_type.h"
#include "autograd/kernels/loop.h"

namespace xgrad::kernels {

/// y = f(x). Numbers in brackets are the operation's parameters a and b. Integers have neg, abs, sign, square, relu, clamp.
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
  softplus,   ///< beta a, threshold b
  celu,       ///< a
  selu,       ///< slope a below 0 before the exponential, and scale b
  gelu_tanh,  ///< gelu with tanh in the place of the error function
  softsign,
  tanhshrink,
  hardshrink,  ///< 0 between -a and a
  softshrink,  ///< by a
  threshold,   ///< b up to a
  clamp,       ///< between a and b
  pow,         ///< to the power of a
  affine,      ///< a x + b
  logit,
  sinc,
  entr,
  erfinv,
  lgamma,
  digamma,
  trigamma,
  hardsigmoid,
  hardswish,
  angle,     ///< 0, or pi below 0
  mantissa,  ///< of frexp
  exponent,  ///< of frexp, as a number of the same dtype
  i0,
  i0e,
  i1,
  i1e,
  bessel_j0,
  bessel_j1,
  bessel_y0,
  bessel_y1,
  erfcx,
  ndtr,
  log_ndtr,
  ndtri,
};

/// y = f(p, q). Those named for a gradient take what arrives as p, and the input or result that the operation saved as q.
/// Integers have those up to heaviside; those named bitwise and what follows them are theirs alone.
enum class Binary : std::uint8_t {
  add,
  sub,
  mul,
  maximum,
  minimum,
  add_scaled,  ///< p + a q
  pow,
  fmod,
  remainder,
  floor_divide,
  heaviside,  ///< of p, and q at 0
  bitwise_and,
  bitwise_or,
  bitwise_xor,
  left_shift,
  right_shift,
  greatest_common_divisor,
  least_common_multiple,
  div,
  atan2,
  hypot,
  copysign,
  nextafter,
  logaddexp,
  logaddexp2,
  xlogy,
  xlog1py,
  lerp,        ///< p + a (q - p)
  mul_scaled,  ///< a p q
  div_scaled,  ///< p / (a q)
  fmax,
  fmin,
  ldexp,  ///< p 2^q
  glu,    ///< p sigmoid(q)
  // Of the result. From here on there is no kernel for one number in the place of q.
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
  celu_gradient,
  selu_gradient,
  gelu_tanh_gradient,
  softsign_gradient,
  tanhshrink_gradient,
  hardshrink_gradient,  ///< where |q| > a: softshrink's, too
  threshold_gradient,   ///< where q > a
  clamp_gradient,       ///< where a <= q <= b
  hardtanh_gradient,    ///< where a < q < b
  pow_gradient,         ///< p a q^(a - 1)
  logit_gradient,
  sinc_gradient,
  erfinv_gradient,  ///< of the result
  lgamma_gradient,
  digamma_gradient,
  hardsigmoid_gradient,
  hardswish_gradient,
  i0_gradient,
  i0e_gradient,
  i1_gradient,
  i1e_gradient,
  erfcx_gradient,
  ndtr_gradient,
  log_ndtr_gradient,
  ndtri_gradient,  ///< of the result
  // Incomplete gamma functions of an order p.
  igamma,
  igammac,
  gamma_quantile_slope,
  // Losses of an input p beside a target q.
  squared_difference,
  absolute_difference,
  huber,                 ///< b times (d^2 / 2 within a, and a (|d| - a / 2) outside)
  binary_cross_entropy,  ///< of a probability
  binary_cross_entropy_with_logits,
  kl_div,
  kl_div_of_logarithms,  ///< the target is a logarithm, too
};

/// y = f(p, q, r). Those named for a gradient take what arrives as p, and both operands as q and r.
enum class Ternary : std::uint8_t {
  addcmul,  ///< p + a q r
  addcdiv,  ///< p + a q / r
  lerp,     ///< p + (q - p) r
  // Of the first operand; of operations whose operands may change places, the second's is that of both swapped.
  maximum_gradient,
  minimum_gradient,
  hypot_gradient,
  logaddexp_gradient,  ///< of logarithms to the base e^a
  pow_base_gradient,
  atan2_first_gradient,
  squared_difference_gradient,
  absolute_difference_gradient,
  huber_gradient,
  binary_cross_entropy_gradient,
  binary_cross_entropy_with_logits_gradient,
  // Of the second operand.
  div_second_gradient,
  pow_exponent_gradient,
  atan2_second_gradient,
  fmod_second_gradient,
  remainder_second_gradient,
  glu_gate_gradient,
  ldexp_exponent_gradient,
  gamma_flow_gradient,  ///< of igamma
};

/// y = p op q, a bool.
enum class Comparison : std::uint8_t {
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  magnitude_equal,  ///< |p| == |q|, of floating-point numbers
  // Of numbers as truth values.
  logical_and,
  logical_or,
  logical_xor,
};

/// The numbers that some operations take.
struct Parameters {
  Scalar a = 0;
  Scalar b = 0;
};

/// Whether there is a kernel of the operation for a dtype.
bool has_kernel(Unary operation, Dtype dtype);
bool has_kernel(Binary operation, Dtype dtype);
bool has_kernel(Ternary operation, Dtype dtype);

/// out = f(in) over a loop whose operand 0 is `out`. Elements of `dtype`, which has_kernel() must have.
void unary(Unary operation, Dtype dtype, Loop<2> loop, void* out, const void* in, const Parameters& parameters = {});
/// out = f(p, q).
void binary(Binary operation, Dtype dtype, Loop<3> loop, void* out, const void* p, const void* q,
            const Parameters& parameters = {});
/// out = f(p, q, r).
void ternary(Ternary operation, Dtype dtype, Loop<4> loop, void* out, const void* p, const void* q, const void* r,
             const Parameters& parameters = {});
/// The same for n elements that lie together; an operand that `repeats` has one.
/// @{
void unary(Unary operation, Dtype dtype, std::int64_t n, void* out, const void* in, const Parameters& parameters = {});
void binary(Binary operation, Dtype dtype, std::int64_t n, void* out, const void* p, const void* q, bool p_repeats,
            bool q_repeats, const Parameters& parameters = {});
void ternary(Ternary operation, Dtype dtype, std::int64_t n, void* out, const void* p, const void* q, const void* r,
             const Parameters& parameters = {});
/// @}
/// out = p op q: bools, of elements of a dtype that is computed in.
void compare(Comparison operation, Dtype dtype, Loop<3> loop, bool* out, const void* p, const void* q);
/// Whether n elements that lie together are equal in pairs, and none of them is NaN. Of a dtype that is computed in.
bool all_equal(Dtype dtype, const void* p, const void* q, std::int64_t n);
/// out = condition ? p : q, for elements of any dtype.
void select(Dtype dtype, Loop<4> loop, void* out, const bool* condition, const void* p, const void* q);
/// first = condition ? p : 0 and second = condition ? 0 : p, of n elements of any dtype that lie together.
void split(Dtype dtype, std::int64_t n, void* first, void* second, const bool* condition, const void* p);

}  // namespace xgrad::kernels
