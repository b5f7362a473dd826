/// exp, sigmoid and tanh on xsimd vectors, and as functions of xtensor expressions.
///
/// float: one polynomial of degree 6 after reduction to |r| <= ln(2)/2, fitted by weighted least squares (relative error of
/// the fit 3e-9). Over all of float's range sigmoid and tanh are within 3 units in the last place
/// (tests/autograd/kernels/vector_math_test.cpp). double: xsimd's functions.
#pragma once

#ifndef XTENSOR_USE_XSIMD
#define XTENSOR_USE_XSIMD
#endif

#include <limits>
#include <type_traits>
#include <xsimd/xsimd.hpp>
#include <xtensor/xfunction.hpp>
#include <xtensor/xmath.hpp>

#include "autograd/kernels/fused.h"

namespace xgrad::kernels {

template <class T>
using Batch = xsimd::batch<T>;

namespace detail {

/// x = n ln(2) + r: returns e^r - 1, and 2^n in `scale`. For x in [-87, 88].
inline Batch<float> reduced_expm1(Batch<float> x, Batch<float>& scale) {
  const Batch<float> n = xsimd::nearbyint(x * Batch<float>(0x1.715476p+0F));
  Batch<float> r = multiply_add(n, Batch<float>(-0x1.63p-1F), x);  // ln(2) in two parts: the first product is exact
  r = multiply_add(n, Batch<float>(0x1.bd0106p-13F), r);
  Batch<float> p(0x1.6a23d0p-10F);
  p = multiply_add(p, r, Batch<float>(0x1.123a20p-7F));
  p = multiply_add(p, r, Batch<float>(0x1.5558f2p-5F));
  p = multiply_add(p, r, Batch<float>(0x1.555492p-3F));
  p = multiply_add(p, r, Batch<float>(0x1.fffffcp-2F));
  const auto exponent = xsimd::to_int(n) + xsimd::batch<std::int32_t>(127);
  scale = xsimd::bitwise_cast<Batch<float>>(exponent << 23);
  return multiply_add(p * r, r, r);
}

/// x within bounds. The vector units' minimum and maximum give their second operand where one is NaN: in this order, NaN stays.
inline Batch<float> limited(Batch<float> x, float lowest, float highest) {
  return xsimd::min(Batch<float>(highest), xsimd::max(Batch<float>(lowest), x));
}

}  // namespace detail

/// 0 below -87, infinite above 88: what sigmoid and softmax need, not a replacement for std::exp.
inline Batch<float> exp(Batch<float> x) {
  Batch<float> scale;
  const Batch<float> reduced = detail::reduced_expm1(detail::limited(x, -87.0F, 88.0F), scale);
  const Batch<float> y = multiply_add(reduced, scale, scale);
  const Batch<float> high = xsimd::select(x > Batch<float>(88.0F), Batch<float>(std::numeric_limits<float>::infinity()), y);
  return xsimd::select(x < Batch<float>(-87.0F), Batch<float>(0.0F), high);
}

inline Batch<double> exp(Batch<double> x) { return xsimd::exp(x); }

/// 1 / (1 + exp(-x)), 0 below -88.
inline Batch<float> sigmoid(Batch<float> x) {
  Batch<float> scale;
  const Batch<float> reduced = detail::reduced_expm1(detail::limited(-x, -87.0F, 88.0F), scale);
  const Batch<float> y = Batch<float>(1.0F) / (Batch<float>(1.0F) + multiply_add(reduced, scale, scale));
  return xsimd::select(x < Batch<float>(-88.0F), Batch<float>(0.0F), y);
}

inline Batch<double> sigmoid(Batch<double> x) { return Batch<double>(1) / (Batch<double>(1) + exp(-x)); }

inline Batch<float> tanh(Batch<float> x) {
  // expm1(2x) / (expm1(2x) + 2), with the odd symmetry of tanh: exact near 0 too.
  const Batch<float> twice = xsimd::min(Batch<float>(20.0F), xsimd::abs(x + x));  // NaN stays, as in limited()
  Batch<float> scale;
  const Batch<float> reduced = detail::reduced_expm1(twice, scale);
  const Batch<float> e = multiply_add(reduced, scale, scale - Batch<float>(1.0F));
  const Batch<float> y = e / (e + Batch<float>(2.0F));
  return xsimd::copysign(y, x);
}

inline Batch<double> tanh(Batch<double> x) { return xsimd::tanh(x); }

namespace detail {

/// xtensor applies these to vectors in assignments, and to single numbers where it walks element by element.
struct SigmoidFunctor {
  template <class T>
  T operator()(const T& x) const {
    return T(1) / (T(1) + std::exp(-x));
  }
  template <class B>
  B simd_apply(const B& x) const {
    return sigmoid(x);
  }
};

struct TanhFunctor {
  template <class T>
  T operator()(const T& x) const {
    return std::tanh(x);
  }
  template <class B>
  B simd_apply(const B& x) const {
    return kernels::tanh(x);
  }
};

}  // namespace detail

template <class Expression>
auto sigmoid_expression(const Expression& x) {
  return xt::detail::make_xfunction<detail::SigmoidFunctor>(x);
}

template <class Expression>
auto tanh_expression(const Expression& x) {
  return xt::detail::make_xfunction<detail::TanhFunctor>(x);
}

}  // namespace xgrad::kernels
