/// What the elementwise kernels compute: a line for each operation. V is an xsimd vector of T, or T itself where a functor also
/// serves integers. Each is called with the operation's parameters first. For the files elementwise_*.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numbers>
#include <type_traits>

#include "autograd/kernels/fused.h"
#include "autograd/kernels/vector_math.h"

namespace xgrad::kernels::functors {

/// An operation's parameters in the type of the elements.
template <class T>
struct Constants {
  T a;
  T b;
};

/// f, a function of single numbers, lane by lane: for what has no vector form of the accuracy asked for.
template <class V, class F, class... More>
V by_lanes(const F& f, V x, More... more) {
  using T = typename V::value_type;
  alignas(64) T in[1 + sizeof...(More)][V::size];
  x.store_aligned(in[0]);
  std::size_t k = 1;
  (more.store_aligned(in[k++]), ...);
  alignas(64) T out[V::size];
  for (std::size_t i = 0; i < V::size; ++i) {
    if constexpr (sizeof...(More) == 0) out[i] = static_cast<T>(f(in[0][i]));
    else out[i] = static_cast<T>(f(in[0][i], in[1][i]));
  }
  return V::load_aligned(out);
}

template <class V>
using Number = typename V::value_type;

/// f, a function of vectors of double, for a vector of float: half of the lanes at a time.
template <class F, class... More>
Batch<float> in_double(const F& f, Batch<float> x, More... more) {
  constexpr std::size_t width = Batch<float>::size;
  constexpr std::size_t half = Batch<double>::size;
  alignas(64) float lanes[1 + sizeof...(More)][width];
  x.store_aligned(lanes[0]);
  std::size_t k = 1;
  (more.store_aligned(lanes[k++]), ...);
  alignas(64) double wide[1 + sizeof...(More)][width];
  for (std::size_t j = 0; j < 1 + sizeof...(More); ++j) {
    for (std::size_t i = 0; i < width; ++i) wide[j][i] = lanes[j][i];
  }
  alignas(64) double result[width];
  for (std::size_t i = 0; i < width; i += half) {
    if constexpr (sizeof...(More) == 0) f(Batch<double>::load_aligned(wide[0] + i)).store_aligned(result + i);
    else f(Batch<double>::load_aligned(wide[0] + i), Batch<double>::load_aligned(wide[1] + i)).store_aligned(result + i);
  }
  for (std::size_t i = 0; i < width; ++i) lanes[0][i] = static_cast<float>(result[i]);
  return Batch<float>::load_aligned(lanes[0]);
}

/// erfc(x) to 10 digits: e^(-x^2) p(t) / (|x| + 4) with t = (|x| - 4) / (|x| + 4), after M. Shepherd and J. Laframboise,
/// "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x" (1981).
inline Batch<double> wide_erfc(Batch<double> x) {
  constexpr double coefficients[] = {
      0x1.3d28cd6b8a5d8p-19,  -0x1.da7ba74f47b22p-17, -0x1.0f73f2f4c28c9p-21, 0x1.64956a07c475ep-13, -0x1.df881fa9e8779p-12,
      -0x1.214a47fe241a2p-12, 0x1.909e5aad4657fp-8,   -0x1.b0149d9433166p-6,  0x1.38dba1068cad6p-4,  -0x1.645f9f4b8a310p-3,
      0x1.52cac35aff491p-2,   -0x1.14eacc6d4a3ffp-1,  0x1.8be202ce87980p-1,   -0x1.f3fe31e3a76f2p-1, 0x1.18932bf08e154p+0};
  const Batch<double> four(4.0);
  const Batch<double> size = xsimd::min(Batch<double>(40.0), xsimd::abs(x));  // NaN stays
  const Batch<double> t = (size - four) / (size + four);
  Batch<double> p(coefficients[0]);
  for (std::size_t i = 1; i < std::size(coefficients); ++i) p = multiply_add(p, t, Batch<double>(coefficients[i]));
  const Batch<double> right = kernels::exp<double>(-(size * size)) * p / (size + four);
  return xsimd::select(x < Batch<double>(0.0), Batch<double>(2.0) - right, right);
}

/// erfc(-x / sqrt 2) / 2, with the argument's rounding put back.
inline double scalar_normal_distribution(double x) {
  constexpr double inv_sqrt2 = 0x1.6a09e667f3bcdp-1;
  constexpr double inv_sqrt2_rest = -0x1.bdd3413b26456p-55;  // what inv_sqrt2 lacks
  const double argument = -x * inv_sqrt2;
  if (!(std::abs(argument) < 28)) return std::erfc(argument) / 2;
  const double lost = std::fma(-x, inv_sqrt2, -argument) - x * inv_sqrt2_rest;
  return std::erfc(argument) / 2 - std::numbers::inv_sqrtpi * std::exp(-argument * argument) * lost;
}

/// condition ? p : q
template <class V, class Condition>
V choose(Condition condition, V p, V q) {
  return xsimd::select(condition, p, q);
}

#define XGRAD_UNARY_FUNCTOR(Name, expression)              \
  struct Name {                                            \
    template <class V, class C>                            \
    V operator()([[maybe_unused]] const C& c, V x) const { \
      using T [[maybe_unused]] = Number<V>;                \
      return expression;                                   \
    }                                                      \
  };
#define XGRAD_BINARY_FUNCTOR(Name, p, q, expression)            \
  struct Name {                                                 \
    template <class V, class C>                                 \
    V operator()([[maybe_unused]] const C& c, V p, V q) const { \
      using T [[maybe_unused]] = Number<V>;                     \
      return expression;                                        \
    }                                                           \
  };

XGRAD_UNARY_FUNCTOR(Neg, -x)
XGRAD_UNARY_FUNCTOR(Abs, xsimd::abs(x))
XGRAD_UNARY_FUNCTOR(Sign, choose(x > V(T(0)), V(T(1)), choose(x < V(T(0)), V(T(-1)), V(T(0)))))
XGRAD_UNARY_FUNCTOR(Square, x* x)
XGRAD_UNARY_FUNCTOR(Cube, x* x* x)
XGRAD_UNARY_FUNCTOR(Reciprocal, V(T(1)) / x)
XGRAD_UNARY_FUNCTOR(Sqrt, xsimd::sqrt(x))
XGRAD_UNARY_FUNCTOR(Rsqrt, V(T(1)) / xsimd::sqrt(x))
XGRAD_UNARY_FUNCTOR(Floor, xsimd::floor(x))
XGRAD_UNARY_FUNCTOR(Ceil, xsimd::ceil(x))
XGRAD_UNARY_FUNCTOR(Round, xsimd::nearbyint(x))
XGRAD_UNARY_FUNCTOR(Trunc, xsimd::trunc(x))
XGRAD_UNARY_FUNCTOR(Frac, x - xsimd::trunc(x))
XGRAD_UNARY_FUNCTOR(Exp, kernels::exp<T>(x))
XGRAD_UNARY_FUNCTOR(Expm1, kernels::expm1<T>(x))
XGRAD_UNARY_FUNCTOR(Log, kernels::log<T>(x))
XGRAD_UNARY_FUNCTOR(Log1p, xsimd::log1p(x))
XGRAD_UNARY_FUNCTOR(Log2, kernels::log2<T>(x))
XGRAD_UNARY_FUNCTOR(Log10, kernels::log10<T>(x))
XGRAD_UNARY_FUNCTOR(Sin, xsimd::sin(x))
XGRAD_UNARY_FUNCTOR(Cos, xsimd::cos(x))
XGRAD_UNARY_FUNCTOR(Tan, xsimd::tan(x))
XGRAD_UNARY_FUNCTOR(Asin, xsimd::asin(x))
XGRAD_UNARY_FUNCTOR(Acos, xsimd::acos(x))
XGRAD_UNARY_FUNCTOR(Atan, xsimd::atan(x))
XGRAD_UNARY_FUNCTOR(Sinh, xsimd::sinh(x))
XGRAD_UNARY_FUNCTOR(Cosh, xsimd::cosh(x))
XGRAD_UNARY_FUNCTOR(Asinh, xsimd::asinh(x))
XGRAD_UNARY_FUNCTOR(Acosh, choose(x < V(T(1)), V(std::numeric_limits<T>::quiet_NaN()), xsimd::acosh(x)))
XGRAD_UNARY_FUNCTOR(Atanh, xsimd::atanh(x))
XGRAD_UNARY_FUNCTOR(Tanh, kernels::tanh<T>(x))
XGRAD_UNARY_FUNCTOR(Sigmoid, kernels::sigmoid<T>(x))
XGRAD_UNARY_FUNCTOR(LogSigmoid, kernels::log_sigmoid<T>(x))
XGRAD_UNARY_FUNCTOR(Relu, choose(x <= V(T(0)), V(T(0)), x))  // NaN stays
XGRAD_UNARY_FUNCTOR(LeakyRelu, choose(x > V(T(0)), x, x* V(c.a)))
XGRAD_UNARY_FUNCTOR(Elu, choose(x > V(T(0)), x, xsimd::expm1(x) * V(c.a)))
XGRAD_UNARY_FUNCTOR(Silu, x* kernels::sigmoid<T>(x))
XGRAD_UNARY_FUNCTOR(Mish, x* kernels::tanh_softplus<T>(x))
XGRAD_UNARY_FUNCTOR(Softplus, choose(x* V(c.a) > V(c.b), x, kernels::softplus<T>(x* V(c.a)) / V(c.a)))
XGRAD_UNARY_FUNCTOR(Clamp, choose(x > V(c.b), V(c.b), choose(x < V(c.a), V(c.a), x)))
XGRAD_UNARY_FUNCTOR(Affine, x* V(c.a) + V(c.b))

/// xsimd's erf loses bits in double precision.
struct Erf {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) return xsimd::erf(x);
    else return by_lanes([](double v) { return std::erf(v); }, x);
  }
};
struct Erfc {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) return in_double([](Batch<double> v) { return wide_erfc(v); }, x);
    else return by_lanes([](double v) { return std::erfc(v); }, x);
  }
};
struct Exp2 {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      return in_double([](Batch<double> v) { return kernels::exp<double>(v * Batch<double>(std::numbers::ln2)); }, x);
    } else {
      return by_lanes([](double v) { return std::exp2(v); }, x);
    }
  }
};

/// The normal distribution up to x: erfc(-x / sqrt 2) / 2.
template <class V>
V normal_distribution(V x) {
  if constexpr (std::is_same_v<Number<V>, float>) {
    return in_double(
        [](Batch<double> v) { return wide_erfc(v * Batch<double>(-1 / std::numbers::sqrt2)) * Batch<double>(0.5); }, x);
  } else {
    return by_lanes([](double v) { return scalar_normal_distribution(v); }, x);
  }
}
XGRAD_UNARY_FUNCTOR(Gelu, x* normal_distribution(x))

/// Whether every lane is an ordinary number.
template <class V>
bool all_finite(V x) {
  return xsimd::all(xsimd::abs(x) <= V(std::numeric_limits<Number<V>>::max()));
}

/// As exp(q log p) in double precision where the elements are float: what that loses is below a float's last place.
struct Pow {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      if (xsimd::all(p > V(0.0F)) && all_finite(p) && all_finite(q)) {
        return in_double([](Batch<double> b, Batch<double> e) { return kernels::exp<double>(e * xsimd::log(b)); }, p, q);
      }
    }
    return by_lanes([](Number<V> b, Number<V> e) { return std::pow(b, e); }, p, q);
  }
};
struct Hypot {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      if (all_finite(p) && all_finite(q)) {
        return in_double([](Batch<double> x, Batch<double> y) { return xsimd::sqrt(x * x + y * y); }, p, q);
      }
    }
    return by_lanes([](Number<V> x, Number<V> y) { return std::hypot(x, y); }, p, q);
  }
};
XGRAD_UNARY_FUNCTOR(PowNumber, Pow()(c, x, V(c.a)))

XGRAD_BINARY_FUNCTOR(Add, p, q, p + q)
XGRAD_BINARY_FUNCTOR(Sub, p, q, p - q)
XGRAD_BINARY_FUNCTOR(Mul, p, q, p* q)
XGRAD_BINARY_FUNCTOR(Div, p, q, p / q)
XGRAD_BINARY_FUNCTOR(MulScaled, p, q, p* q* V(c.a))
XGRAD_BINARY_FUNCTOR(DivScaled, p, q, p / (q * V(c.a)))
XGRAD_BINARY_FUNCTOR(AddScaled, p, q, p + V(c.a) * q)
XGRAD_BINARY_FUNCTOR(Maximum, p, q, choose(p == p, choose(q == q, choose(p < q, q, p), q), p))
XGRAD_BINARY_FUNCTOR(Minimum, p, q, choose(p == p, choose(q == q, choose(q < p, q, p), q), p))
XGRAD_BINARY_FUNCTOR(Fmax, p, q, choose(p == p, choose(q == q, choose(p < q, q, p), p), q))
XGRAD_BINARY_FUNCTOR(Fmin, p, q, choose(p == p, choose(q == q, choose(q < p, q, p), p), q))
XGRAD_BINARY_FUNCTOR(Atan2, p, q, by_lanes([](T y, T x) { return std::atan2(y, x); }, p, q))

// Gradients: g arrives; y is the result, x the input.
XGRAD_BINARY_FUNCTOR(SqrtGradient, g, y, g / (y * V(T(2))))
XGRAD_BINARY_FUNCTOR(RsqrtGradient, g, y, g*(y* y* y) * V(T(-0.5)))
XGRAD_BINARY_FUNCTOR(ReciprocalGradient, g, y, -g*(y* y))
XGRAD_BINARY_FUNCTOR(Expm1Gradient, g, y, g*(y + V(T(1))))
XGRAD_BINARY_FUNCTOR(TanGradient, g, y, g* multiply_add(y, y, V(T(1))))
XGRAD_BINARY_FUNCTOR(TanhGradient, g, y, g*(V(T(1)) - y * y))
XGRAD_BINARY_FUNCTOR(SigmoidGradient, g, y, g* y*(V(T(1)) - y))
XGRAD_BINARY_FUNCTOR(ReluGradient, g, y, choose(y <= V(T(0)), V(T(0)), g))
XGRAD_BINARY_FUNCTOR(AbsGradient, g, x, choose(x > V(T(0)), g, choose(x < V(T(0)), -g, g* V(T(0)))))
XGRAD_BINARY_FUNCTOR(SquareGradient, g, x, g*(x* V(T(2))))
XGRAD_BINARY_FUNCTOR(CubeGradient, g, x, g*(x* x* V(T(3))))
XGRAD_BINARY_FUNCTOR(Log1pGradient, g, x, g / (x + V(T(1))))
XGRAD_BINARY_FUNCTOR(SinGradient, g, x, g* xsimd::cos(x))
XGRAD_BINARY_FUNCTOR(CosGradient, g, x, -g* xsimd::sin(x))
XGRAD_BINARY_FUNCTOR(AsinGradient, g, x, g / xsimd::sqrt((V(T(1)) - x) * (V(T(1)) + x)))
XGRAD_BINARY_FUNCTOR(AcosGradient, g, x, -g / xsimd::sqrt((V(T(1)) - x) * (V(T(1)) + x)))
XGRAD_BINARY_FUNCTOR(AtanGradient, g, x, g / multiply_add(x, x, V(T(1))))
XGRAD_BINARY_FUNCTOR(SinhGradient, g, x, g* xsimd::cosh(x))
XGRAD_BINARY_FUNCTOR(CoshGradient, g, x, g* xsimd::sinh(x))
XGRAD_BINARY_FUNCTOR(AsinhGradient, g, x, g / xsimd::sqrt(multiply_add(x, x, V(T(1)))))
XGRAD_BINARY_FUNCTOR(AcoshGradient, g, x, g / xsimd::sqrt((x - V(T(1))) * (x + V(T(1)))))
XGRAD_BINARY_FUNCTOR(AtanhGradient, g, x, g / ((V(T(1)) - x) * (V(T(1)) + x)))
XGRAD_BINARY_FUNCTOR(ErfGradient, g, x, g* kernels::exp<T>(-(x* x)) * V(T(2 * std::numbers::inv_sqrtpi)))
XGRAD_BINARY_FUNCTOR(ErfcGradient, g, x, g* kernels::exp<T>(-(x* x)) * V(T(-2 * std::numbers::inv_sqrtpi)))
XGRAD_BINARY_FUNCTOR(LogSigmoidGradient, g, x, g* kernels::sigmoid<T>(-x))
XGRAD_BINARY_FUNCTOR(LeakyReluGradient, g, x, choose(x > V(T(0)), g, g* V(c.a)))
XGRAD_BINARY_FUNCTOR(EluGradient, g, x, choose(x > V(T(0)), g, g* kernels::exp<T>(x) * V(c.a)))
XGRAD_BINARY_FUNCTOR(ClampGradient, g, x, choose(x >= V(c.a), choose(x <= V(c.b), g, V(T(0))), V(T(0))))  // none for NaN
XGRAD_BINARY_FUNCTOR(HardtanhGradient, g, x, choose(x > V(c.a), choose(x < V(c.b), g, V(T(0))), V(T(0))))
XGRAD_BINARY_FUNCTOR(SoftplusGradient, g, x, choose(x* V(c.a) > V(c.b), g, g* kernels::sigmoid<T>(x* V(c.a))))
XGRAD_BINARY_FUNCTOR(PowGradient, g, x, g*(Pow()(c, x, V(c.a - T(1))) * V(c.a)))

struct SiluGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    // s and 1 - s, each of which keeps its own tail.
    const V e = kernels::exp<Number<V>>(-xsimd::abs(x));
    const V one(Number<V>(1));
    const auto negative = x < V(Number<V>(0));
    const V s = choose(negative, e, one) / (one + e);
    const V rest = choose(negative, one, e) / (one + e);
    return g * (s * (one + x * rest));
  }
};

/// t + x s (1 - t^2), with t = tanh(softplus(x)) and s = sigmoid(x)
struct MishGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    const V t = kernels::tanh_softplus<Number<V>>(x);
    const V one(Number<V>(1));
    return g * (t + x * kernels::sigmoid<Number<V>>(x) * (one - t * t));
  }
};

/// e^(-x^2 / 2) / sqrt(2 pi), with the square's rounding put back, which the exponential would multiply by x^2 / 2.
inline double scalar_normal_density(double x) {
  const double square = x * x;
  if (square > 1500) return 0;
  return std::exp(-square / 2) * (1 - std::fma(x, x, -square) / 2) * (std::numbers::inv_sqrtpi / std::numbers::sqrt2);
}

/// The normal distribution up to x, and x times its density.
struct GeluGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      return g * in_double(
                     [](Batch<double> v) {
                       const Batch<double> density = kernels::exp<double>(v * v * Batch<double>(-0.5)) *
                                                     Batch<double>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
                       const Batch<double> distribution =
                           wide_erfc(v * Batch<double>(-1 / std::numbers::sqrt2)) * Batch<double>(0.5);
                       return distribution + v * density;
                     },
                     x);
    } else {
      return g * by_lanes(
                     [](double v) {
                       const double density = scalar_normal_density(v);
                       return scalar_normal_distribution(v) + v * density;
                     },
                     x);
    }
  }
};

#undef XGRAD_UNARY_FUNCTOR
#undef XGRAD_BINARY_FUNCTOR

}  // namespace xgrad::kernels::functors
