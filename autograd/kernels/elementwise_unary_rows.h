/// Kernels of one floating-point operand. For elementwise_unary_*.cpp.
#pragma once

#include "autograd/kernels/binary_functors.h"
#include "autograd/kernels/elementwise_rows.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace detail {

template <class T, class F>
[[gnu::visibility("hidden")]] void floating_unary(void* out, const void* in, std::int64_t n, const Parameters& parameters) {
  const functors::Constants<T> c(parameters);
  map_vectors<functors::is_light<F>>(
      static_cast<T*>(out), n, [&](Batch<T> x) { return F()(c, x); }, Stream<T>{static_cast<const T*>(in)});
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
    case Unary::entr: return detail::floating_unary<T, Entr>;
    case Unary::erfinv: return detail::floating_unary<T, Erfinv>;
    case Unary::lgamma: return detail::floating_unary<T, Lgamma>;
    case Unary::digamma: return detail::floating_unary<T, Digamma>;
    case Unary::trigamma: return detail::floating_unary<T, Trigamma>;
    case Unary::hardsigmoid: return detail::floating_unary<T, Hardsigmoid>;
    case Unary::hardswish: return detail::floating_unary<T, Hardswish>;
    case Unary::angle: return detail::floating_unary<T, Angle>;
    case Unary::mantissa: return detail::floating_unary<T, Mantissa>;
    case Unary::exponent: return detail::floating_unary<T, Exponent>;
    default: return special_unary_row<T>(operation);
  }
}

}  // namespace xgrad::kernels
