/// Kernels of two floating-point operands. For elementwise_binary_*.cpp.
#pragma once

#include <algorithm>

#include "autograd/kernels/elementwise_rows.h"
#include "autograd/kernels/gradient_functors.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace detail {

/// `q_repeats`: whether q may be one number. What takes something that arrives as p has a whole q beside it.
template <class T, class F, bool q_repeats>
[[gnu::visibility("hidden")]] void floating_binary(void* out, const void* p, const void* q, std::int64_t n, Repeats repeated,
                                                   const Parameters& parameters) {
  const functors::Constants<T> c(parameters);
  const auto f = [&](Batch<T> x, Batch<T> y) { return F()(c, x, y); };
  constexpr bool light = functors::is_light<F> || functors::is_light_gradient<F>;
  T* const target = static_cast<T*>(out);
  const T* const a = static_cast<const T*>(p);
  const T* const b = static_cast<const T*>(q);
  if constexpr (q_repeats) {
    if (repeated.q && repeated.p) {
      map_vectors(target, 1, f, Stream<T>{a}, Repeated<T>(*b));
      std::fill(target, target + n, *target);
      return;
    }
    if (repeated.q) {
      map_vectors<light>(target, n, f, Stream<T>{a}, Repeated<T>(*b));
      return;
    }
  }
  if (repeated.p) {
    map_vectors<light>(target, n, f, Repeated<T>(*a), Stream<T>{b});
  } else {
    map_vectors<light>(target, n, f, Stream<T>{a}, Stream<T>{b});
  }
}

}  // namespace detail

template <class T>
BinaryRow floating_binary_row(Binary operation) {
  using namespace functors;
  switch (operation) {
    case Binary::add: return detail::floating_binary<T, Add, true>;
    case Binary::sub: return detail::floating_binary<T, Sub, true>;
    case Binary::mul: return detail::floating_binary<T, Mul, true>;
    case Binary::maximum: return detail::floating_binary<T, Maximum, true>;
    case Binary::minimum: return detail::floating_binary<T, Minimum, true>;
    case Binary::add_scaled: return detail::floating_binary<T, AddScaled, true>;
    case Binary::pow: return detail::floating_binary<T, Pow, true>;
    case Binary::fmod: return detail::floating_binary<T, Fmod, true>;
    case Binary::remainder: return detail::floating_binary<T, Remainder, true>;
    case Binary::floor_divide: return detail::floating_binary<T, FloorDivide, true>;
    case Binary::heaviside: return detail::floating_binary<T, Heaviside, true>;
    case Binary::div: return detail::floating_binary<T, Div, true>;
    case Binary::atan2: return detail::floating_binary<T, Atan2, true>;
    case Binary::hypot: return detail::floating_binary<T, Hypot, true>;
    case Binary::copysign: return detail::floating_binary<T, Copysign, true>;
    case Binary::nextafter: return detail::floating_binary<T, Nextafter, true>;
    case Binary::logaddexp: return detail::floating_binary<T, Logaddexp, true>;
    case Binary::logaddexp2: return detail::floating_binary<T, Logaddexp2, true>;
    case Binary::xlogy: return detail::floating_binary<T, Xlogy, true>;
    case Binary::xlog1py: return detail::floating_binary<T, Xlog1py, true>;
    case Binary::lerp: return detail::floating_binary<T, Lerp, true>;
    case Binary::mul_scaled: return detail::floating_binary<T, MulScaled, true>;
    case Binary::div_scaled: return detail::floating_binary<T, DivScaled, true>;
    case Binary::fmax: return detail::floating_binary<T, Fmax, true>;
    case Binary::fmin: return detail::floating_binary<T, Fmin, true>;
    case Binary::sqrt_gradient: return detail::floating_binary<T, SqrtGradient, false>;
    case Binary::rsqrt_gradient: return detail::floating_binary<T, RsqrtGradient, false>;
    case Binary::reciprocal_gradient: return detail::floating_binary<T, ReciprocalGradient, false>;
    case Binary::expm1_gradient: return detail::floating_binary<T, Expm1Gradient, false>;
    case Binary::tan_gradient: return detail::floating_binary<T, TanGradient, false>;
    case Binary::tanh_gradient: return detail::floating_binary<T, TanhGradient, false>;
    case Binary::sigmoid_gradient: return detail::floating_binary<T, SigmoidGradient, false>;
    case Binary::relu_gradient: return detail::floating_binary<T, ReluGradient, false>;
    case Binary::abs_gradient: return detail::floating_binary<T, AbsGradient, false>;
    case Binary::square_gradient: return detail::floating_binary<T, SquareGradient, false>;
    case Binary::cube_gradient: return detail::floating_binary<T, CubeGradient, false>;
    case Binary::log1p_gradient: return detail::floating_binary<T, Log1pGradient, false>;
    case Binary::sin_gradient: return detail::floating_binary<T, SinGradient, false>;
    case Binary::cos_gradient: return detail::floating_binary<T, CosGradient, false>;
    case Binary::asin_gradient: return detail::floating_binary<T, AsinGradient, false>;
    case Binary::acos_gradient: return detail::floating_binary<T, AcosGradient, false>;
    case Binary::atan_gradient: return detail::floating_binary<T, AtanGradient, false>;
    case Binary::sinh_gradient: return detail::floating_binary<T, SinhGradient, false>;
    case Binary::cosh_gradient: return detail::floating_binary<T, CoshGradient, false>;
    case Binary::asinh_gradient: return detail::floating_binary<T, AsinhGradient, false>;
    case Binary::acosh_gradient: return detail::floating_binary<T, AcoshGradient, false>;
    case Binary::atanh_gradient: return detail::floating_binary<T, AtanhGradient, false>;
    case Binary::erf_gradient: return detail::floating_binary<T, ErfGradient, false>;
    case Binary::erfc_gradient: return detail::floating_binary<T, ErfcGradient, false>;
    case Binary::log_sigmoid_gradient: return detail::floating_binary<T, LogSigmoidGradient, false>;
    case Binary::leaky_relu_gradient: return detail::floating_binary<T, LeakyReluGradient, false>;
    case Binary::elu_gradient: return detail::floating_binary<T, EluGradient, false>;
    case Binary::gelu_gradient: return detail::floating_binary<T, GeluGradient, false>;
    case Binary::silu_gradient: return detail::floating_binary<T, SiluGradient, false>;
    case Binary::mish_gradient: return detail::floating_binary<T, MishGradient, false>;
    case Binary::softplus_gradient: return detail::floating_binary<T, SoftplusGradient, false>;
    case Binary::celu_gradient: return detail::floating_binary<T, CeluGradient, false>;
    case Binary::selu_gradient: return detail::floating_binary<T, SeluGradient, false>;
    case Binary::gelu_tanh_gradient: return detail::floating_binary<T, GeluTanhGradient, false>;
    case Binary::softsign_gradient: return detail::floating_binary<T, SoftsignGradient, false>;
    case Binary::tanhshrink_gradient: return detail::floating_binary<T, TanhshrinkGradient, false>;
    case Binary::hardshrink_gradient: return detail::floating_binary<T, HardshrinkGradient, false>;
    case Binary::threshold_gradient: return detail::floating_binary<T, ThresholdGradient, false>;
    case Binary::clamp_gradient: return detail::floating_binary<T, ClampGradient, false>;
    case Binary::hardtanh_gradient: return detail::floating_binary<T, HardtanhGradient, false>;
    case Binary::pow_gradient: return detail::floating_binary<T, PowGradient, false>;
    case Binary::logit_gradient: return detail::floating_binary<T, LogitGradient, false>;
    case Binary::sinc_gradient: return detail::floating_binary<T, SincGradient, false>;
    case Binary::erfinv_gradient: return detail::floating_binary<T, ErfinvGradient, false>;
    case Binary::lgamma_gradient: return detail::floating_binary<T, LgammaGradient, false>;
    case Binary::digamma_gradient: return detail::floating_binary<T, DigammaGradient, false>;
    case Binary::squared_difference: return detail::floating_binary<T, SquaredDifference, false>;
    case Binary::absolute_difference: return detail::floating_binary<T, AbsoluteDifference, false>;
    case Binary::huber: return detail::floating_binary<T, Huber, false>;
    case Binary::binary_cross_entropy: return detail::floating_binary<T, BinaryCrossEntropy, false>;
    case Binary::binary_cross_entropy_with_logits: return detail::floating_binary<T, BinaryCrossEntropyWithLogits, false>;
    case Binary::kl_div: return detail::floating_binary<T, KlDiv, false>;
    case Binary::kl_div_of_logarithms: return detail::floating_binary<T, KlDivOfLogarithms, false>;
    case Binary::ldexp: return detail::floating_binary<T, Ldexp, true>;
    case Binary::glu: return detail::floating_binary<T, Glu, true>;
    case Binary::hardsigmoid_gradient: return detail::floating_binary<T, HardsigmoidGradient, false>;
    case Binary::hardswish_gradient: return detail::floating_binary<T, HardswishGradient, false>;
    default: return special_binary_row<T>(operation);
  }
}

}  // namespace xgrad::kernels
