/// What the elementwise kernels compute: a line for each operation. V is an xsimd vector of T, or T itself where a functor
/// also serves integers. Each is called with the operation's parameters first. For the tables elementwise_*_rows.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

#include "autograd/kernels/elementwise.h"
#include "autograd/kernels/fused.h"
#include "autograd/kernels/gelu.h"
#include "autograd/kernels/lanes.h"
#include "autograd/kernels/single_functions.h"
#include "autograd/kernels/special_functions.h"

namespace xgrad::kernels::functors {

/// An operation's parameters in the type of the elements.
template <class T>
struct Constants {
  explicit Constants(const Parameters& parameters) : a(parameters.a.to<T>()), b(parameters.b.to<T>()) {}
  Constants(T first, T second) : a(first), b(second) {}
  T a;
  T b;
};

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
#define XGRAD_TERNARY_FUNCTOR(Name, p, q, r, expression)             \
  struct Name {                                                      \
    template <class V, class C>                                      \
    V operator()([[maybe_unused]] const C& c, V p, V q, V r) const { \
      using T [[maybe_unused]] = Number<V>;                          \
      return expression;                                             \
    }                                                                \
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
XGRAD_UNARY_FUNCTOR(Log1p, kernels::log1p<T>(x))
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
XGRAD_UNARY_FUNCTOR(Elu, choose(x > V(T(0)), x, kernels::expm1<T>(x) * V(c.a)))
XGRAD_UNARY_FUNCTOR(Celu, choose(x > V(T(0)), x, kernels::expm1<T>(x / V(c.a)) * V(c.a)))
XGRAD_UNARY_FUNCTOR(Selu, choose(x > V(T(0)), x, kernels::expm1<T>(x) * V(c.a)) * V(c.b))
XGRAD_UNARY_FUNCTOR(Softsign, x / (xsimd::abs(x) + V(T(1))))
XGRAD_UNARY_FUNCTOR(Hardshrink, choose(xsimd::abs(x) <= V(c.a), V(T(0)), x))  // NaN stays
XGRAD_UNARY_FUNCTOR(Softshrink, x - choose(x > V(c.a), V(c.a), choose(x < -V(c.a), -V(c.a), x)))
XGRAD_UNARY_FUNCTOR(Threshold, choose(x <= V(c.a), V(c.b), x))  // NaN stays
XGRAD_UNARY_FUNCTOR(Logit, kernels::log<T>(x / (V(T(1)) - x)))
XGRAD_UNARY_FUNCTOR(Silu, x* kernels::sigmoid<T>(x))
XGRAD_UNARY_FUNCTOR(Mish, x* kernels::tanh_softplus<T>(x))
XGRAD_UNARY_FUNCTOR(Softplus, choose(x* V(c.a) > V(c.b), x, kernels::softplus<T>(x* V(c.a)) / V(c.a)))
XGRAD_UNARY_FUNCTOR(AtLeast, choose(x < V(c.a), V(c.a), x))
XGRAD_UNARY_FUNCTOR(AtMost, choose(x > V(c.b), V(c.b), x))
XGRAD_UNARY_FUNCTOR(Clamp, AtMost()(c, AtLeast()(c, x)))  // in this order: where a > b, all are b
XGRAD_UNARY_FUNCTOR(Affine, x* V(c.a) + V(c.b))
XGRAD_UNARY_FUNCTOR(Hardsigmoid, kernels::detail::limited<T>(x + V(T(3)), T(0), T(6)) / V(T(6)))
XGRAD_UNARY_FUNCTOR(Hardswish, x* Hardsigmoid()(c, x))
XGRAD_UNARY_FUNCTOR(Entr, choose(x > V(T(0)), -x* kernels::log<T>(x),
                                 choose(x < V(T(0)), V(-std::numeric_limits<T>::infinity()), choose(x == x, V(T(0)), x))))
XGRAD_UNARY_FUNCTOR(Angle, choose(x == x, choose(x < V(T(0)), V(static_cast<T>(std::numbers::pi)), V(T(0))), x))

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
    if constexpr (std::is_same_v<Number<V>, float>) return in_double([](Batch<double> v) { return single::erfc(v); }, x);
    else return by_lanes([](double v) { return std::erfc(v); }, x);
  }
};
struct Exp2 {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) return kernels::exp2(x);
    else return by_lanes([](double v) { return std::exp2(v); }, x);
  }
};

struct Gelu {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) return x * normal_distribution(x);
    else return x * by_lanes([](double v) { return scalar_normal_distribution(v); }, x);
  }
};

struct GeluTanh {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      const V one(1.0F);
      const V e = gelu_tanh_exponential(xsimd::min(V(gelu_tanh_end), xsimd::abs(x)));  // NaN stays
      return x * (choose(x < V(0.0F), e, one) / (one + e));
    } else {
      return by_lanes([](double v) { return v * scalar_gelu_tanh_logistic(v); }, x);
    }
  }
};

struct Tanhshrink {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      return in_double([](Batch<double> v) { return difference_to_tanh(v); }, x);
    } else {
      return by_lanes([](double v) { return difference_to_tanh(v); }, x);
    }
  }
};

struct Sinc {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    const V angle = x * V(static_cast<Number<V>>(std::numbers::pi));
    return choose(x == V(Number<V>(0)), V(Number<V>(1)), xsimd::sin(angle) / angle);
  }
};

// Functions of which numbers of type float have a fast form where no argument in the vector needs care.

struct Erfinv {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) return in_double([](Batch<double> v) { return single::erfinv(v); }, x);
    else return by_lanes([](double v) { return inverse_erf(v); }, x);
  }
};

#define XGRAD_ABOVE_ZERO_FUNCTOR(Name, vector, scalar)                                   \
  struct Name {                                                                          \
    template <class V, class C>                                                          \
    V operator()(const C& /*c*/, V x) const {                                            \
      const auto slow = [&] { return by_lanes([](Number<V> v) { return scalar; }, x); }; \
      if constexpr (std::is_same_v<Number<V>, float>) {                                  \
        const V fast = in_double([](Batch<double> v) { return vector(v); }, x);          \
        return unless_easy(x > V(0.0F) && is_finite(x), fast, slow);                     \
      } else {                                                                           \
        return slow();                                                                   \
      }                                                                                  \
    }                                                                                    \
  };
XGRAD_ABOVE_ZERO_FUNCTOR(Lgamma, log_gamma_above_zero, log_gamma(v))
XGRAD_ABOVE_ZERO_FUNCTOR(Digamma, digamma_above_zero, digamma(static_cast<double>(v)))
XGRAD_ABOVE_ZERO_FUNCTOR(Trigamma, trigamma_above_zero, polygamma(1, static_cast<double>(v)))
#undef XGRAD_ABOVE_ZERO_FUNCTOR

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
XGRAD_BINARY_FUNCTOR(Glu, p, q, p* kernels::sigmoid<T>(q))
// From the nearer end, so that the weights 0 and 1 give p and q.
XGRAD_BINARY_FUNCTOR(Lerp, p, q, choose(V(c.a) < V(T(0.5)), p + V(c.a) * (q - p), q - (q - p) * V(T(1) - c.a)))
XGRAD_BINARY_FUNCTOR(Copysign, p, q, xsimd::copysign(p, q))
XGRAD_BINARY_FUNCTOR(Heaviside, p, q, choose(p == V(T(0)), q, choose(p > V(T(0)), V(T(1)), V(T(0)))))
XGRAD_BINARY_FUNCTOR(Xlogy, p, q, choose(q == q, choose(p == V(T(0)), V(T(0)), p* kernels::log<T>(q)), q))
XGRAD_BINARY_FUNCTOR(Xlog1py, p, q, choose(q == q, choose(p == V(T(0)), V(T(0)), p* kernels::log1p<T>(q)), q))

template <class F, class... Functors>
inline constexpr bool is_one_of = (std::is_same_v<F, Functors> || ...);

/// Functions whose time goes to what they read and write.
template <class F>
inline constexpr bool is_light = is_one_of<F, Neg, Abs, Square, Affine, Relu, LeakyRelu, Clamp, Threshold, Angle, Add, Sub,
                                           Mul, AddScaled, MulScaled, Lerp>;

}  // namespace xgrad::kernels::functors
