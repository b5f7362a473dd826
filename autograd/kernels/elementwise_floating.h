/// Kernels of floating-point numbers: functors over vectors. For elementwise_float.cpp and elementwise_double.cpp.
#pragma once

#include "autograd/kernels/elementwise_rows.h"
#include "autograd/kernels/gradient_functors.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace detail {

template <class T>
functors::Constants<T> constants(const Parameters& parameters) {
  return {parameters.a.to<T>(), parameters.b.to<T>()};
}

template <class T, class F>
void floating_unary(void* out, const void* in, std::int64_t n, const Parameters& parameters) {
  const auto c = constants<T>(parameters);
  map_vectors(
      static_cast<T*>(out), n, [&](Batch<T> x) { return F()(c, x); }, Stream<T>{static_cast<const T*>(in)});
}

template <class T, class F>
void floating_binary(void* out, const void* p, const void* q, std::int64_t n, Repeats repeated,
                     const Parameters& parameters) {
  const auto c = constants<T>(parameters);
  const auto f = [&](Batch<T> x, Batch<T> y) { return F()(c, x, y); };
  T* const target = static_cast<T*>(out);
  const T* const a = static_cast<const T*>(p);
  const T* const b = static_cast<const T*>(q);
  if (repeated.q && !repeated.p) {
    map_vectors(target, n, f, Stream<T>{a}, Repeated<T>(*b));
  } else if (repeated.p && !repeated.q) {
    map_vectors(target, n, f, Repeated<T>(*a), Stream<T>{b});
  } else if (!repeated.p) {
    map_vectors(target, n, f, Stream<T>{a}, Stream<T>{b});
  } else {
    map_vectors(target, n, f, Repeated<T>(*a), Repeated<T>(*b));
  }
}

template <class T, class F>
void floating_ternary(void* out, const void* p, const void* q, const void* r, std::int64_t n, bool repeated,
                      const Parameters& parameters) {
  const auto c = constants<T>(parameters);
  const auto f = [&](Batch<T> x, Batch<T> y, Batch<T> z) { return F()(c, x, y, z); };
  T* const target = static_cast<T*>(out);
  const T* const first = static_cast<const T*>(p);
  const Stream<T> second{static_cast<const T*>(q)};
  const Stream<T> third{static_cast<const T*>(r)};
  if (repeated) {
    map_vectors(target, n, f, Repeated<T>(*first), second, third);
  } else {
    map_vectors(target, n, f, Stream<T>{first}, second, third);
  }
}

}  // namespace detail

template <class T>
UnaryRow floating_unary_row(Unary operation) {
  using namespace functors;
  switch (operation) {
    case Unary::neg: return detail::floating_unary<T, Neg>;
    case Unary::abs: return detail::floating_unary<T, Abs>;
    case Unary::sign: return detail::floating_unary<T, Sign>;
    case Unary::square: return detail::floating_unary<T, Square>;
    case Unary::cube: return detail::floating_unary<T, Cube>;
    case Unary::reciprocal: return detail::floating_unary<T, Reciprocal>;
    case Unary::sqrt: return detail::floating_unary<T, Sqrt>;
    case Unary::rsqrt: return detail::floating_unary<T, Rsqrt>;
    case Unary::floor: return detail::floating_unary<T, Floor>;
    case Unary::ceil: return detail::floating_unary<T, Ceil>;
    case Unary::round: return detail::floating_unary<T, Round>;
    case Unary::trunc: return detail::floating_unary<T, Trunc>;
    case Unary::frac: return detail::floating_unary<T, Frac>;
    case Unary::exp: return detail::floating_unary<T, Exp>;
    case Unary::exp2: return detail::floating_unary<T, Exp2>;
    case Unary::expm1: return detail::floating_unary<T, Expm1>;
    case Unary::log: return detail::floating_unary<T, Log>;
    case Unary::log1p: return detail::floating_unary<T, Log1p>;
    case Unary::log2: return detail::floating_unary<T, Log2>;
    case Unary::log10: return detail::floating_unary<T, Log10>;
    case Unary::sin: return detail::floating_unary<T, Sin>;
    case Unary::cos: return detail::floating_unary<T, Cos>;
    case Unary::tan: return detail::floating_unary<T, Tan>;
    case Unary::asin: return detail::floating_unary<T, Asin>;
    case Unary::acos: return detail::floating_unary<T, Acos>;
    case Unary::atan: return detail::floating_unary<T, Atan>;
    case Unary::sinh: return detail::floating_unary<T, Sinh>;
    case Unary::cosh: return detail::floating_unary<T, Cosh>;
    case Unary::asinh: return detail::floating_unary<T, Asinh>;
    case Unary::acosh: return detail::floating_unary<T, Acosh>;
    case Unary::atanh: return detail::floating_unary<T, Atanh>;
    case Unary::erf: return detail::floating_unary<T, Erf>;
    case Unary::erfc: return detail::floating_unary<T, Erfc>;
    case Unary::tanh: return detail::floating_unary<T, Tanh>;
    case Unary::sigmoid: return detail::floating_unary<T, Sigmoid>;
    case Unary::log_sigmoid: return detail::floating_unary<T, LogSigmoid>;
    case Unary::relu: return detail::floating_unary<T, Relu>;
    case Unary::leaky_relu: return detail::floating_unary<T, LeakyRelu>;
    case Unary::elu: return detail::floating_unary<T, Elu>;
    case Unary::gelu: return detail::floating_unary<T, Gelu>;
    case Unary::silu: return detail::floating_unary<T, Silu>;
    case Unary::mish: return detail::floating_unary<T, Mish>;
    case Unary::softplus: return detail::floating_unary<T, Softplus>;
    case Unary::celu: return detail::floating_unary<T, Celu>;
    case Unary::selu: return detail::floating_unary<T, Selu>;
    case Unary::gelu_tanh: return detail::floating_unary<T, GeluTanh>;
    case Unary::softsign: return detail::floating_unary<T, Softsign>;
    case Unary::tanhshrink: return detail::floating_unary<T, Tanhshrink>;
    case Unary::hardshrink: return detail::floating_unary<T, Hardshrink>;
    case Unary::softshrink: return detail::floating_unary<T, Softshrink>;
    case Unary::threshold: return detail::floating_unary<T, Threshold>;
    case Unary::clamp: return detail::floating_unary<T, Clamp>;
    case Unary::pow: return detail::floating_unary<T, PowNumber>;
    case Unary::affine: return detail::floating_unary<T, Affine>;
    case Unary::logit: return detail::floating_unary<T, Logit>;
    case Unary::sinc: return detail::floating_unary<T, Sinc>;
    case Unary::erfinv: return detail::floating_unary<T, Erfinv>;
    case Unary::lgamma: return detail::floating_unary<T, Lgamma>;
    case Unary::digamma: return detail::floating_unary<T, Digamma>;
    case Unary::trigamma: return detail::floating_unary<T, Trigamma>;
  }
  return nullptr;
}

template <class T>
BinaryRow floating_binary_row(Binary operation) {
  using namespace functors;
  switch (operation) {
    case Binary::add: return detail::floating_binary<T, Add>;
    case Binary::sub: return detail::floating_binary<T, Sub>;
    case Binary::mul: return detail::floating_binary<T, Mul>;
    case Binary::maximum: return detail::floating_binary<T, Maximum>;
    case Binary::minimum: return detail::floating_binary<T, Minimum>;
    case Binary::add_scaled: return detail::floating_binary<T, AddScaled>;
    case Binary::pow: return detail::floating_binary<T, Pow>;
    case Binary::fmod: return detail::floating_binary<T, Fmod>;
    case Binary::remainder: return detail::floating_binary<T, Remainder>;
    case Binary::floor_divide: return detail::floating_binary<T, FloorDivide>;
    case Binary::heaviside: return detail::floating_binary<T, Heaviside>;
    case Binary::div: return detail::floating_binary<T, Div>;
    case Binary::atan2: return detail::floating_binary<T, Atan2>;
    case Binary::hypot: return detail::floating_binary<T, Hypot>;
    case Binary::copysign: return detail::floating_binary<T, Copysign>;
    case Binary::nextafter: return detail::floating_binary<T, Nextafter>;
    case Binary::logaddexp: return detail::floating_binary<T, Logaddexp>;
    case Binary::logaddexp2: return detail::floating_binary<T, Logaddexp2>;
    case Binary::xlogy: return detail::floating_binary<T, Xlogy>;
    case Binary::xlog1py: return detail::floating_binary<T, Xlog1py>;
    case Binary::lerp: return detail::floating_binary<T, Lerp>;
    case Binary::mul_scaled: return detail::floating_binary<T, MulScaled>;
    case Binary::div_scaled: return detail::floating_binary<T, DivScaled>;
    case Binary::fmax: return detail::floating_binary<T, Fmax>;
    case Binary::fmin: return detail::floating_binary<T, Fmin>;
    case Binary::sqrt_gradient: return detail::floating_binary<T, SqrtGradient>;
    case Binary::rsqrt_gradient: return detail::floating_binary<T, RsqrtGradient>;
    case Binary::reciprocal_gradient: return detail::floating_binary<T, ReciprocalGradient>;
    case Binary::expm1_gradient: return detail::floating_binary<T, Expm1Gradient>;
    case Binary::tan_gradient: return detail::floating_binary<T, TanGradient>;
    case Binary::tanh_gradient: return detail::floating_binary<T, TanhGradient>;
    case Binary::sigmoid_gradient: return detail::floating_binary<T, SigmoidGradient>;
    case Binary::relu_gradient: return detail::floating_binary<T, ReluGradient>;
    case Binary::abs_gradient: return detail::floating_binary<T, AbsGradient>;
    case Binary::square_gradient: return detail::floating_binary<T, SquareGradient>;
    case Binary::cube_gradient: return detail::floating_binary<T, CubeGradient>;
    case Binary::log1p_gradient: return detail::floating_binary<T, Log1pGradient>;
    case Binary::sin_gradient: return detail::floating_binary<T, SinGradient>;
    case Binary::cos_gradient: return detail::floating_binary<T, CosGradient>;
    case Binary::asin_gradient: return detail::floating_binary<T, AsinGradient>;
    case Binary::acos_gradient: return detail::floating_binary<T, AcosGradient>;
    case Binary::atan_gradient: return detail::floating_binary<T, AtanGradient>;
    case Binary::sinh_gradient: return detail::floating_binary<T, SinhGradient>;
    case Binary::cosh_gradient: return detail::floating_binary<T, CoshGradient>;
    case Binary::asinh_gradient: return detail::floating_binary<T, AsinhGradient>;
    case Binary::acosh_gradient: return detail::floating_binary<T, AcoshGradient>;
    case Binary::atanh_gradient: return detail::floating_binary<T, AtanhGradient>;
    case Binary::erf_gradient: return detail::floating_binary<T, ErfGradient>;
    case Binary::erfc_gradient: return detail::floating_binary<T, ErfcGradient>;
    case Binary::log_sigmoid_gradient: return detail::floating_binary<T, LogSigmoidGradient>;
    case Binary::leaky_relu_gradient: return detail::floating_binary<T, LeakyReluGradient>;
    case Binary::elu_gradient: return detail::floating_binary<T, EluGradient>;
    case Binary::gelu_gradient: return detail::floating_binary<T, GeluGradient>;
    case Binary::silu_gradient: return detail::floating_binary<T, SiluGradient>;
    case Binary::mish_gradient: return detail::floating_binary<T, MishGradient>;
    case Binary::softplus_gradient: return detail::floating_binary<T, SoftplusGradient>;
    case Binary::celu_gradient: return detail::floating_binary<T, CeluGradient>;
    case Binary::selu_gradient: return detail::floating_binary<T, SeluGradient>;
    case Binary::gelu_tanh_gradient: return detail::floating_binary<T, GeluTanhGradient>;
    case Binary::softsign_gradient: return detail::floating_binary<T, SoftsignGradient>;
    case Binary::tanhshrink_gradient: return detail::floating_binary<T, TanhshrinkGradient>;
    case Binary::hardshrink_gradient: return detail::floating_binary<T, HardshrinkGradient>;
    case Binary::threshold_gradient: return detail::floating_binary<T, ThresholdGradient>;
    case Binary::clamp_gradient: return detail::floating_binary<T, ClampGradient>;
    case Binary::hardtanh_gradient: return detail::floating_binary<T, HardtanhGradient>;
    case Binary::pow_gradient: return detail::floating_binary<T, PowGradient>;
    case Binary::logit_gradient: return detail::floating_binary<T, LogitGradient>;
    case Binary::sinc_gradient: return detail::floating_binary<T, SincGradient>;
    case Binary::erfinv_gradient: return detail::floating_binary<T, ErfinvGradient>;
    case Binary::lgamma_gradient: return detail::floating_binary<T, LgammaGradient>;
    case Binary::digamma_gradient: return detail::floating_binary<T, DigammaGradient>;
    case Binary::squared_difference: return detail::floating_binary<T, SquaredDifference>;
    case Binary::absolute_difference: return detail::floating_binary<T, AbsoluteDifference>;
    case Binary::huber: return detail::floating_binary<T, Huber>;
    case Binary::binary_cross_entropy: return detail::floating_binary<T, BinaryCrossEntropy>;
    case Binary::binary_cross_entropy_with_logits: return detail::floating_binary<T, BinaryCrossEntropyWithLogits>;
    case Binary::kl_div: return detail::floating_binary<T, KlDiv>;
    case Binary::kl_div_of_logarithms: return detail::floating_binary<T, KlDivOfLogarithms>;
    default: return nullptr;  // of integers
  }
}

template <class T>
TernaryRow floating_ternary_row(Ternary operation) {
  using namespace functors;
  switch (operation) {
    case Ternary::addcmul: return detail::floating_ternary<T, Addcmul>;
    case Ternary::addcdiv: return detail::floating_ternary<T, Addcdiv>;
    case Ternary::lerp: return detail::floating_ternary<T, TernaryLerp>;
    case Ternary::maximum_gradient: return detail::floating_ternary<T, MaximumGradient>;
    case Ternary::minimum_gradient: return detail::floating_ternary<T, MinimumGradient>;
    case Ternary::hypot_gradient: return detail::floating_ternary<T, HypotGradient>;
    case Ternary::logaddexp_gradient: return detail::floating_ternary<T, LogaddexpGradient>;
    case Ternary::pow_base_gradient: return detail::floating_ternary<T, PowBaseGradient>;
    case Ternary::atan2_first_gradient: return detail::floating_ternary<T, Atan2FirstGradient>;
    case Ternary::squared_difference_gradient: return detail::floating_ternary<T, SquaredDifferenceGradient>;
    case Ternary::absolute_difference_gradient: return detail::floating_ternary<T, AbsoluteDifferenceGradient>;
    case Ternary::huber_gradient: return detail::floating_ternary<T, HuberGradient>;
    case Ternary::binary_cross_entropy_gradient: return detail::floating_ternary<T, BinaryCrossEntropyGradient>;
    case Ternary::binary_cross_entropy_with_logits_gradient:
      return detail::floating_ternary<T, BinaryCrossEntropyWithLogitsGradient>;
    case Ternary::div_second_gradient: return detail::floating_ternary<T, DivSecondGradient>;
    case Ternary::pow_exponent_gradient: return detail::floating_ternary<T, PowExponentGradient>;
    case Ternary::atan2_second_gradient: return detail::floating_ternary<T, Atan2SecondGradient>;
    case Ternary::fmod_second_gradient: return detail::floating_ternary<T, FmodSecondGradient>;
    case Ternary::remainder_second_gradient: return detail::floating_ternary<T, RemainderSecondGradient>;
  }
  return nullptr;
}

}  // namespace xgrad::kernels
