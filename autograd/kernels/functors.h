/// What the elementwise kernels compute: a line for each operation. V is an xsimd vector of T, or T itself where a functor
/// also serves integers. Each is called with the operation's parameters first. For the tables elementwise_*_rows.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numbers>
#include <type_traits>

#include "autograd/kernels/elementwise.h"
#include "autograd/kernels/fused.h"
#include "autograd/kernels/lanes.h"
#include "autograd/kernels/power.h"
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

/// erfc(-x / sqrt 2) / 2, with the argument's rounding put back.
inline double scalar_normal_distribution(double x) {
  constexpr double inv_sqrt2 = 0x1.6a09e667f3bcdp-1;
  constexpr double inv_sqrt2_rest = -0x1.bdd3413b26456p-55;  // what inv_sqrt2 lacks
  const double argument = -x * inv_sqrt2;
  if (!(std::abs(argument) < 28)) return std::erfc(argument) / 2;
  const double lost = std::fma(-x, inv_sqrt2, -argument) - x * inv_sqrt2_rest;
  return std::erfc(argument) / 2 - std::numbers::inv_sqrtpi * std::exp(-argument * argument) * lost;
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
XGRAD_UNARY_FUNCTOR(Clamp, choose(x > V(c.b), V(c.b), choose(x < V(c.a), V(c.a), x)))
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

/// e^(-x^2 / 2), and the normal distribution up to -|x|.
template <class V>
struct Normal {
  V bell;
  V tail;
};

/// e^(c x^2) of sizes for which x^2 is finite, with c -1 or -0.5: what rounding takes from the square, the exponential
/// would multiply.
template <class T>
Batch<T> bell_curve(Batch<T> size, T c) {
  const Batch<T> square = size * size;
  const Batch<T> e = kernels::exp<T>(square * Batch<T>(c));
  return multiply_add(e, lost_of_product<T>(size, size, square) * Batch<T>(c), e);
}

/// The tail is the bell times p(t) / (|x| + 3.5) with t = (|x| - 3.5) / (|x| + 3.5), where the fit's relative error
/// is 1.2e-8.
inline Normal<Batch<float>> normal(Batch<float> x) {
  using V = Batch<float>;
  constexpr float coefficients[] = {-0x1.a17994p-15F, 0x1.228a88p-15F, 0x1.daaf1ap-12F, -0x1.b60fe8p-12F,
                                    -0x1.a0ad10p-9F,  0x1.a7b4a0p-8F,  0x1.1d2e4ep-6F,  -0x1.db563ep-4F,
                                    0x1.42fecap-2F,   -0x1.219154p-1F, 0x1.7d241ap-1F};
  const V size = xsimd::min(V(40.0F), xsimd::abs(x));  // NaN stays
  const V bell = bell_curve<float>(size, -0.5F);
  const V reciprocal = V(1.0F) / (size + V(3.5F));
  const V t = (size - V(3.5F)) * reciprocal;
  // Even and odd powers apart, two short chains in the place of a long one, but for the last two, which decide the rounding.
  constexpr std::size_t apart = std::size(coefficients) - 2;
  const V t_squared = t * t;
  V p(coefficients[0]);
  V odd(coefficients[1]);
  for (std::size_t i = 2; i < apart; i += 2) {
    p = multiply_add(p, t_squared, V(coefficients[i]));
    if (i + 1 < apart) odd = multiply_add(odd, t_squared, V(coefficients[i + 1]));
  }
  p = multiply_add(odd, t, p);
  for (std::size_t i = apart; i < std::size(coefficients); ++i) p = multiply_add(p, t, V(coefficients[i]));
  return {bell, bell * (p * reciprocal)};
}

/// The normal distribution up to x.
inline Batch<float> distribution(Batch<float> x, const Normal<Batch<float>>& of) {
  return choose(x < Batch<float>(0.0F), of.tail, Batch<float>(1.0F) - of.tail);
}

struct Gelu {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) return x * distribution(x, normal(x));
    else return x * by_lanes([](double v) { return scalar_normal_distribution(v); }, x);
  }
};

/// 1 / (1 + e^-v), the left tail as well.
inline double scalar_logistic(double v) {
  const double e = std::exp(-std::abs(v));
  return (v < 0 ? e : 1) / (1 + e);
}

/// sqrt(2 / pi) (x + 0.044715 x^3), twice: tanh of it, plus 1, is 2 logistic of this.
inline constexpr double gelu_tanh_scale = 2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
/// scalar_logistic of it, with the argument in two parts: the exponential would multiply its rounding.
inline double scalar_gelu_tanh_logistic(double x) {
  constexpr double scale_low = -0x1.cbc0d30ebfd15p-54;  // of the scale
  constexpr double c = 0.044715;
  const double square = x * x;
  const double cubic = c * square;
  const double sum = 1 + cubic;
  const double sum_low =
      (cubic < 1 ? (1 - sum) + cubic : (cubic - sum) + 1) + std::fma(c, square, -cubic) + c * std::fma(x, x, -square);
  const double scaled = gelu_tanh_scale * x;
  const double argument = scaled * sum;
  const double e = std::exp(-std::abs(argument));
  const double part = (argument < 0 ? e : 1) / (1 + e);
  if (!(std::abs(argument) < 800)) return part;
  const double low =
      std::fma(scaled, sum, -argument) + scaled * sum_low + (std::fma(gelu_tanh_scale, x, -scaled) + scale_low * x) * sum;
  return part + part * ((argument < 0 ? 1 : e) / (1 + e)) * low;
}

/// e^-|a| where a is twice the argument of gelu_tanh's tanh, with a in two parts: the exponential would multiply its
/// rounding. Sizes beyond which it is 0 must not grow.
inline Batch<float> gelu_tanh_exponential(Batch<float> size) {
  using V = Batch<float>;
  constexpr auto scale = static_cast<float>(gelu_tanh_scale);
  constexpr auto scale_low = static_cast<float>(gelu_tanh_scale - scale);
  constexpr auto cubic = static_cast<float>(gelu_tanh_scale * 0.044715);
  constexpr auto cubic_low = static_cast<float>(gelu_tanh_scale * 0.044715 - cubic);
  const V square = size * size;
  const V growth = V(cubic) * square;
  const V sum = V(scale) + growth;
  const V added = sum - V(scale);
  const V sum_low =
      ((V(scale) - (sum - added)) + (growth - added)) +
      (lost_of_product<float>(V(cubic), square, growth) +
       multiply_add(V(cubic), lost_of_product<float>(size, size, square), multiply_add(V(cubic_low), square, V(scale_low))));
  const V argument = size * sum;
  const V argument_low = multiply_add(size, sum_low, lost_of_product<float>(size, sum, argument));
  const V e = kernels::exp<float>(-argument);
  return multiply_add(-e, argument_low, e);
}
/// At this size and beyond, it is 0.
inline constexpr float gelu_tanh_end = 12.0F;

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
XGRAD_BINARY_FUNCTOR(Lerp, p, q, p + V(c.a) * (q - p))
XGRAD_BINARY_FUNCTOR(Copysign, p, q, xsimd::copysign(p, q))
XGRAD_BINARY_FUNCTOR(Heaviside, p, q, choose(p == V(T(0)), q, choose(p > V(T(0)), V(T(1)), V(T(0)))))
XGRAD_BINARY_FUNCTOR(Xlogy, p, q, choose(q == q, choose(p == V(T(0)), V(T(0)), p* kernels::log<T>(q)), q))
XGRAD_BINARY_FUNCTOR(Xlog1py, p, q, choose(q == q, choose(p == V(T(0)), V(T(0)), p* xsimd::log1p(q)), q))

/// Numbers as the integers that their bits are, which are in order on either side of 0.
template <class V>
using Integers = xsimd::batch<typename kernels::detail::ExpConstants<Number<V>>::Integer>;

struct Nextafter {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    using T = Number<V>;
    using I = Integers<V>;
    const I bits = xsimd::bitwise_cast<I>(p);
    const V outwards = xsimd::bitwise_cast<V>(bits + I(1));
    const V inwards = xsimd::bitwise_cast<V>(bits - I(1));
    const V zero(T(0));
    const V away = choose((p < q) ^ (p > zero), inwards, outwards);
    const V next = choose(p == zero, xsimd::copysign(V(std::numeric_limits<T>::denorm_min()), q), away);
    return choose(p == q, q, choose(p == p, choose(q == q, next, q), p));
  }
};

/// Of frexp: a number's bits with another exponent, and its exponent, by way of 2^mantissa_bits + e, whose last bits are e.
template <class T>
struct Parts {
  using V = Batch<T>;
  using I = Integers<V>;
  using Integer = typename kernels::detail::ExpConstants<T>::Integer;
  static constexpr int digits = kernels::detail::ExpConstants<T>::mantissa_bits;
  static constexpr Integer exponent_bits = std::is_same_v<T, float> ? 0xff : 0x7ff;
  static constexpr Integer of_half = exponent_bits / 2 - 1;

  explicit Parts(V x) : ordinary(x != V(T(0)) && xsimd::abs(x) <= V(std::numeric_limits<T>::max())) {
    const auto denormal = xsimd::abs(x) < V(std::numeric_limits<T>::min());
    scaled = choose(denormal, x * V(static_cast<T>(Integer{1} << (digits + 1))), x);
    lowered = choose(denormal, V(T(digits + 1)), V(T(0)));
  }
  V mantissa(V x) const {
    const I bits = (xsimd::bitwise_cast<I>(scaled) & I(~(exponent_bits << digits))) | I(of_half << digits);
    return choose(ordinary, xsimd::bitwise_cast<V>(bits), x);
  }
  V exponent() const {
    const I biased = xsimd::bitwise_cast<I>(xsimd::abs(scaled)) >> digits;
    const T shift = static_cast<T>(Integer{1} << digits);
    const V sum = xsimd::bitwise_cast<V>(biased | xsimd::bitwise_cast<I>(V(shift)));
    return choose(ordinary, sum - V(shift + static_cast<T>(of_half)) - lowered, V(T(0)));
  }

  xsimd::batch_bool<T> ordinary;
  V scaled;
  V lowered;
};
XGRAD_UNARY_FUNCTOR(Mantissa, Parts<T>(x).mantissa(x))
XGRAD_UNARY_FUNCTOR(Exponent, Parts<T>(x).exponent())

/// Without overflow on the way.
struct Ldexp {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    if constexpr (std::is_same_v<Number<V>, float>) return kernels::times_power_of_two(p, q);
    else return p * by_lanes([](double v) { return std::exp2(v); }, q);
  }
};

/// As exp(q log p) in double precision where the elements are float: what that loses is below a float's last place.
struct Pow {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    using T = Number<V>;
    const auto slow = [&] { return by_lanes([](T b, T e) { return std::pow(b, e); }, p, q); };
    if constexpr (is_fast<T>) {
      return unless_easy(p >= V(smallest<T>) && is_finite(p) && is_finite(q), of_positive(p, q), slow);
    } else {
      return slow();
    }
  }

  template <class T>
  static constexpr bool is_fast = std::is_same_v<T, float> || has_exact_products;
  /// The smallest base of of_positive().
  template <class T>
  static constexpr T smallest = std::is_same_v<T, float> ? std::numeric_limits<T>::denorm_min()
                                                         : std::numeric_limits<T>::min();

  static Batch<float> of_positive(Batch<float> p, Batch<float> q) {
    return in_double([](Batch<double> b, Batch<double> e) { return single::exp(e * single::log_of_positive(b)); }, p, q);
  }
  static Batch<double> of_positive(Batch<double> p, Batch<double> q) { return power_of_positive(p, q); }
};
struct Hypot {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      const V squares = multiply_add(p, p, q * q);
      return unless_easy(squares > V(0x1p-100F) && squares < V(0x1p126F), xsimd::sqrt(squares), [&] {
        const V wide = in_double([](Batch<double> x, Batch<double> y) { return xsimd::sqrt(x * x + y * y); }, p, q);
        const V infinity(std::numeric_limits<float>::infinity());
        return choose(xsimd::abs(p) == infinity || xsimd::abs(q) == infinity, infinity, wide);  // beside NaN, too
      });
    } else {
      return by_lanes([](Number<V> x, Number<V> y) { return std::hypot(x, y); }, p, q);
    }
  }
};

/// One exponent for all. Whole ones take bases below 0, too.
struct PowNumber {
  template <class V, class C>
  V operator()(const C& c, V x) const {
    using T = Number<V>;
    if constexpr (Pow::is_fast<T>) {
      if (c.a == std::trunc(c.a) && std::abs(c.a) < T(0x1p24)) {
        const V size = Pow::of_positive(xsimd::abs(x), V(c.a));
        const V fast = std::fmod(c.a, T(2)) == 0 ? size : xsimd::copysign(size, x);
        return unless_easy(xsimd::abs(x) >= V(Pow::smallest<T>) && is_finite(x), fast,
                           [&] { return by_lanes([](T b, T e) { return std::pow(b, e); }, x, V(c.a)); });
      }
    }
    return Pow()(c, x, V(c.a));
  }
};

/// What is left of p when as many q's are taken away as fit. In double precision the quotient of two floats below 2^28 is
/// right or just the next whole number, and its product with q is exact.
struct Fmod {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    if constexpr (std::is_same_v<Number<V>, float>) {  // exact either way
      if (xsimd::all(xsimd::abs(p / q) < V(0x1p28F) && is_finite(p) && is_finite(q))) {
        return in_double(
            [](Batch<double> a, Batch<double> b) {
              const Batch<double> size = xsimd::abs(a);
              const Batch<double> divisor = xsimd::abs(b);
              const Batch<double> rest = size - xsimd::trunc(size / divisor) * divisor;
              return xsimd::copysign(choose(rest < Batch<double>(0.0), rest + divisor, rest), a);
            },
            p, q);
      }
    }
    return by_lanes([](Number<V> a, Number<V> b) { return std::fmod(a, b); }, p, q);
  }
};

/// Where two numbers have opposite signs. (With SSE2, xsimd compares masks as the numbers that they are not: by !=, NaN
/// differs from NaN.)
template <class V>
auto opposite(V p, V q) {
  return (p < V(Number<V>(0))) ^ (q < V(Number<V>(0)));
}

/// Of the sign of q.
struct Remainder {
  template <class V, class C>
  V operator()(const C& c, V p, V q) const {
    const V rest = Fmod()(c, p, q);
    return choose(rest != V(Number<V>(0)) && opposite(rest, q), rest + q, rest);
  }
};

/// As Python's: of what remains, not of the rounded quotient, which may be the next whole number.
struct FloorDivide {
  template <class V, class C>
  V operator()(const C& c, V p, V q) const {
    using T = Number<V>;
    const V zero(T(0));
    const V one(T(1));
    const V rest = Fmod()(c, p, q);
    const V quotient = (p - rest) / q - choose(rest != zero && opposite(rest, q), one, zero);
    const V floor = xsimd::floor(quotient);
    const V whole = choose(quotient - floor > V(T(0.5)), floor + one, floor);
    return choose(q == zero, p / q, choose(quotient == zero, xsimd::copysign(zero, p / q), whole));
  }
};

struct Atan2 {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    const auto slow = [&] { return by_lanes([](Number<V> y, Number<V> x) { return std::atan2(y, x); }, p, q); };
    if constexpr (std::is_same_v<Number<V>, float>) {
      const V turn = choose(q > V(0.0F), V(0.0F), V(static_cast<float>(std::numbers::pi)));
      const V fast =
          xsimd::copysign(V(1.0F), p) * (turn + xsimd::copysign(V(1.0F), q) * xsimd::atan(xsimd::abs(p) / xsimd::abs(q)));
      return unless_easy(is_finite(p) && is_finite(q) && q != V(0.0F) && p != V(0.0F), fast, slow);
    } else {
      return slow();
    }
  }
};

/// max(p, q) + log(1 + e^-|p - q|); equal infinities stay.
struct Logaddexp {
  template <class V, class C>
  V operator()(const C& c, V p, V q) const {
    const V below = choose(p == q, V(Number<V>(0)), -xsimd::abs(p - q));
    return Maximum()(c, p, q) + xsimd::log1p(kernels::exp<Number<V>>(below));
  }
};

/// The same to the base 2.
struct Logaddexp2 {
  template <class V, class C>
  V operator()(const C& c, V p, V q) const {
    const V below = choose(p == q, V(Number<V>(0)), -xsimd::abs(p - q));
    return Maximum()(c, p, q) + xsimd::log1p(Exp2()(c, below)) * V(static_cast<Number<V>>(std::numbers::log2e));
  }
};

template <class F, class... Functors>
inline constexpr bool is_one_of = (std::is_same_v<F, Functors> || ...);

/// Functions whose time goes to what they read and write.
template <class F>
inline constexpr bool is_light = is_one_of<F, Neg, Abs, Square, Affine, Relu, LeakyRelu, Clamp, Threshold, Angle, Add, Sub,
                                           Mul, AddScaled, MulScaled, Lerp>;

}  // namespace xgrad::kernels::functors
