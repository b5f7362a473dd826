/// What the elementwise kernels of gradients and losses compute, as functors.h does the operations.
#pragma once

#include "autograd/kernels/binary_functors.h"

namespace xgrad::kernels::functors {

/// e^(-x^2)
template <class T>
[[gnu::always_inline]] inline Batch<T> gaussian(Batch<T> x) {
  return times_bell_curve<T>(Batch<T>(T(1)), bounded_size(x), T(-1));
}

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
XGRAD_BINARY_FUNCTOR(ErfGradient, g, x, g* gaussian<T>(x) * V(T(2 * std::numbers::inv_sqrtpi)))
XGRAD_BINARY_FUNCTOR(ErfcGradient, g, x, g* gaussian<T>(x) * V(T(-2 * std::numbers::inv_sqrtpi)))
XGRAD_BINARY_FUNCTOR(LogSigmoidGradient, g, x, g* kernels::sigmoid<T>(-x))
XGRAD_BINARY_FUNCTOR(LeakyReluGradient, g, x, choose(x > V(T(0)), g, g* V(c.a)))
XGRAD_BINARY_FUNCTOR(EluGradient, g, x, choose(x > V(T(0)), g, g* kernels::exp<T>(x) * V(c.a)))
XGRAD_BINARY_FUNCTOR(CeluGradient, g, x, choose(x > V(T(0)), g, g* kernels::exp<T>(x / V(c.a))))
XGRAD_BINARY_FUNCTOR(SeluGradient, g, x, g* choose(x > V(T(0)), V(T(1)), kernels::exp<T>(x) * V(c.a)) * V(c.b))
XGRAD_BINARY_FUNCTOR(HardshrinkGradient, g, x, choose(xsimd::abs(x) <= V(c.a), V(T(0)), g))
XGRAD_BINARY_FUNCTOR(ThresholdGradient, g, x, choose(x <= V(c.a), V(T(0)), g))
XGRAD_BINARY_FUNCTOR(LogitGradient, g, x,
                     choose(x*(V(T(1)) - x) < V(T(0)), V(std::numeric_limits<T>::quiet_NaN()), g / (x * (V(T(1)) - x))))
XGRAD_BINARY_FUNCTOR(ErfinvGradient, g, y, g* kernels::exp<T>(y* y) * V(T(0.5 / std::numbers::inv_sqrtpi)))
XGRAD_BINARY_FUNCTOR(LgammaGradient, g, x, g* Digamma()(c, x))
XGRAD_BINARY_FUNCTOR(DigammaGradient, g, x, g* Trigamma()(c, x))
XGRAD_BINARY_FUNCTOR(ClampGradient, g, x, choose(x >= V(c.a), choose(x <= V(c.b), g, V(T(0))), V(T(0))))  // none for NaN
XGRAD_BINARY_FUNCTOR(HardtanhGradient, g, x, choose(x > V(c.a), choose(x < V(c.b), g, V(T(0))), V(T(0))))
XGRAD_BINARY_FUNCTOR(SoftplusGradient, g, x, choose(x* V(c.a) > V(c.b), g, g* kernels::sigmoid<T>(x* V(c.a))))
XGRAD_BINARY_FUNCTOR(HardsigmoidGradient, g, x, choose(x > V(T(-3)), choose(x < V(T(3)), g / V(T(6)), V(T(0))), V(T(0))))
XGRAD_BINARY_FUNCTOR(HardswishGradient, g, x,
                     choose(x >= V(T(3)), g, choose(x <= V(T(-3)), V(T(0)), g*(x / V(T(3)) + V(T(0.5))))))  // NaN stays
XGRAD_BINARY_FUNCTOR(PowGradient, g, x, g*(PowNumber()(Constants<T>{c.a - T(1), T(0)}, x) * V(c.a)))

struct SiluGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    // s and 1 - s, each of which keeps its own tail.
    const V e = kernels::exp<Number<V>>(-xsimd::abs(x));
    const V one(Number<V>(1));
    const auto negative = x < V(Number<V>(0));
    const V right = one / (one + e);
    const V left = e * right;
    return g * (choose(negative, left, right) * multiply_add(x, choose(negative, right, left), one));
  }
};

/// t + x s (1 - t^2), with t = tanh(softplus(x)) and s = sigmoid(x)
struct MishGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    V rest;
    const V t = kernels::tanh_softplus<Number<V>>(x, &rest);
    const V one(Number<V>(1));
    return g * (t + x * kernels::sigmoid<Number<V>>(x) * (rest * (one + t)));
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
      constexpr auto density = static_cast<float>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
      const V size = bounded_size(x);
      // With the size as it is, infinities stay what PyTorch makes of them.
      const V factor = multiply_add(xsimd::abs(x), V(-density), normal_tail_ratio(size));
      const V left = times_bell_curve<float>(factor, size, -0.5F);
      return g * choose(x < V(0.0F), left, V(1.0F) - left);
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

struct GeluTanhGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) {
      const V one(1.0F);
      const V size = xsimd::min(V(gelu_tanh_end), xsimd::abs(x));  // NaN stays
      const V e = gelu_tanh_exponential(size);
      const V slope = V(static_cast<float>(gelu_tanh_scale)) * multiply_add(size * size, V(3 * 0.044715F), one);
      const V right = one / (one + e);  // the share of x in the result, on the right of 0
      const V left = e * right;
      const auto negative = x < V(0.0F);
      const V change = xsimd::copysign(size * slope, x);
      return g * (choose(negative, left, right) * multiply_add(choose(negative, right, left), change, one));
    } else {
      return g * by_lanes(
                     [](double v) {
                       const double slope = gelu_tanh_scale * (1 + 3 * 0.044715 * v * v);
                       return scalar_gelu_tanh_logistic(v) * (1 + v * scalar_gelu_tanh_logistic(-v) * slope);
                     },
                     x);
    }
  }
};

/// 1 / (1 + |x|)^2
struct SoftsignGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    const V one(Number<V>(1));
    const V reciprocal = one / (one + xsimd::abs(x));
    return g * (reciprocal * reciprocal);
  }
};

/// tanh(x)^2
struct TanhshrinkGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    const V t = kernels::tanh<Number<V>>(x);
    return g * (t * t);
  }
};

struct SincGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    constexpr double pi = std::numbers::pi;
    const auto slow = [&] {
      return by_lanes([](Number<V> v) { return pi * sine_quotient(1, pi * static_cast<double>(v)); }, x);
    };
    if constexpr (std::is_same_v<Number<V>, float>) {
      const V fast =
          in_double([](Batch<double> v) { return sine_quotient_slope(v * Batch<double>(pi)) * Batch<double>(pi); }, x);
      return g * unless_easy(is_finite(x), fast, slow);
    } else {
      return g * slow();
    }
  }
};

// Gradients of operations of two operands p and q: g arrives.
XGRAD_TERNARY_FUNCTOR(Addcmul, g, p, q, g + p * q * V(c.a))
XGRAD_TERNARY_FUNCTOR(Addcdiv, g, p, q, g + p / q * V(c.a))
XGRAD_TERNARY_FUNCTOR(TernaryLerp, p, q, weight,
                      choose(weight < V(T(0.5)), p + (q - p) * weight, q - (q - p) * (V(T(1)) - weight)))
XGRAD_TERNARY_FUNCTOR(MaximumGradient, g, p, q, choose(p < q, V(T(0)), choose(p == q, g* V(T(0.5)), g)))
XGRAD_TERNARY_FUNCTOR(MinimumGradient, g, p, q, choose(p > q, V(T(0)), choose(p == q, g* V(T(0.5)), g)))
XGRAD_TERNARY_FUNCTOR(DivSecondGradient, g, p, q, -g*((p / q) / q))
XGRAD_TERNARY_FUNCTOR(PowBaseGradient, g, p, q, choose(q == V(T(0)), V(T(0)), g*(q* Pow()(c, p, q - V(T(1))))))
XGRAD_TERNARY_FUNCTOR(FmodSecondGradient, g, p, q, -g* xsimd::nearbyint((p - Fmod()(c, p, q)) / q))
XGRAD_TERNARY_FUNCTOR(RemainderSecondGradient, g, p, q, -g* FloorDivide()(c, p, q))

/// p s(q) s(-q)
struct GluGateGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V p, V q) const {
    const V e = kernels::exp<Number<V>>(-xsimd::abs(q));
    const V sum = V(Number<V>(1)) + e;
    return g * (p * (e / (sum * sum)));
  }
};

XGRAD_TERNARY_FUNCTOR(LdexpExponentGradient, g, p, q, g*(Ldexp()(c, p, q) * V(static_cast<T>(std::numbers::ln2))))

/// p^q log(p), and 0 where p is 0 and p^q does not change.
struct PowExponentGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V p, V q) const {
    using T = Number<V>;
    const auto slow = [&] {
      return by_lanes(
          [](T base, T exponent) { return base == 0 && exponent >= 0 ? T(0) : std::pow(base, exponent) * std::log(base); },
          p, q);
    };
    if constexpr (Pow::is_fast<T>) {
      return g * unless_easy(p >= V(Pow::smallest<T>) && is_finite(p) && is_finite(q), of_positive(p, q), slow);
    } else {
      return g * slow();
    }
  }

  static Batch<float> of_positive(Batch<float> p, Batch<float> q) {
    return in_double(
        [](Batch<double> base, Batch<double> exponent) {
          const Batch<double> logarithm = single::log_of_positive(base);
          return single::exp(exponent * logarithm) * logarithm;
        },
        p, q);
  }
  static Batch<double> of_positive(Batch<double> p, Batch<double> q) { return power_of_positive(p, q) * xsimd::log(p); }
};

/// p / hypot(p, q), and 0 at the origin.
struct HypotGradient {
  template <class V, class C>
  V operator()(const C& c, V g, V p, V q) const {
    const V length = Hypot()(c, p, q);
    return choose(length == V(Number<V>(0)), V(Number<V>(0)), g * (p / length));
  }
};

/// q / (p^2 + q^2), and 0 at the origin.
struct Atan2FirstGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V p, V q) const {
    const V zero(Number<V>(0));
    const V squares = q * q + p * p;
    return choose(squares == zero, g * zero, g / squares * q);
  }
};

/// -p / (p^2 + q^2), and 0 at the origin.
XGRAD_TERNARY_FUNCTOR(Atan2SecondGradient, g, p, q, -Atan2FirstGradient()(c, g, q, p))

/// How much of e^(a p) + e^(a q) is the first: half where both are equal, infinite ones too; nothing where both are -inf.
struct LogaddexpGradient {
  template <class V, class C>
  V operator()(const C& c, V g, V p, V q) const {
    using T = Number<V>;
    const V of_equals = choose(p == V(-std::numeric_limits<T>::infinity()), V(T(0)), g * V(T(0.5)));
    return choose(p == q, of_equals, g * kernels::sigmoid<T>((p - q) * V(c.a)));
  }
};

// Losses of an input p beside a target q, and their gradients.
XGRAD_BINARY_FUNCTOR(SquaredDifference, p, q, (p - q) * (p - q))
XGRAD_TERNARY_FUNCTOR(SquaredDifferenceGradient, g, p, q, g*((p - q) * V(T(2))))
XGRAD_BINARY_FUNCTOR(AbsoluteDifference, p, q, xsimd::abs(p - q))
XGRAD_TERNARY_FUNCTOR(AbsoluteDifferenceGradient, g, p, q, AbsGradient()(c, g, p - q))

/// The difference limited to [-a, a] times what then remains of it: both are finite factors of a finite gradient.
struct Huber {
  template <class V, class C>
  V operator()(const C& c, V p, V q) const {
    const V limited = Clamp()(Constants<Number<V>>{-c.a, c.a}, p - q);
    return limited * ((p - q) - limited * V(Number<V>(0.5))) * V(c.b);
  }
};
XGRAD_TERNARY_FUNCTOR(HuberGradient, g, p, q, g* Clamp()(Constants<T>{-c.a, c.a}, p - q) * V(c.b))

/// The logarithm of a probability, which counts for no less than -100.
template <class V>
V limited_log(V logarithm) {
  return xsimd::max(V(Number<V>(-100)), logarithm);  // NaN stays
}
XGRAD_BINARY_FUNCTOR(BinaryCrossEntropy, p, q,
                     -(q* limited_log(kernels::log<T>(p)) + (V(T(1)) - q) * limited_log(kernels::log1p<T>(-p))))
XGRAD_TERNARY_FUNCTOR(BinaryCrossEntropyGradient, g, p, q, g*(p - q) / xsimd::max(V(T(1e-12)), (V(T(1)) - p) * p))

/// q log(1 + e^-p) + (1 - q) log(1 + e^p): both logarithms keep their digits where they are small.
struct BinaryCrossEntropyWithLogits {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    const V zero(Number<V>(0));
    const V rest = V(Number<V>(1)) - q;
    const V logarithm = kernels::log1p_of_fraction<Number<V>>(kernels::exp<Number<V>>(-xsimd::abs(p)));
    const V of_positive = logarithm - xsimd::min(zero, p);
    const V of_negative = logarithm + xsimd::max(zero, p);
    return choose(q == zero, zero, q * of_positive) + choose(rest == zero, zero, rest * of_negative);
  }
};

/// (1 - q) s(p) - q s(-p), each of which keeps its own tail.
struct BinaryCrossEntropyWithLogitsGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V p, V q) const {
    const V one(Number<V>(1));
    const V e = kernels::exp<Number<V>>(-xsimd::abs(p));
    const auto negative = p < V(Number<V>(0));
    const V share = one / (one + e);
    const V s = choose(negative, e, one) * share;
    const V s_of_opposite = choose(negative, one, e) * share;
    return g * ((one - q) * s - q * s_of_opposite);
  }
};

/// q (log(q) - p), and 0 where q is 0, unless p is NaN.
struct KlDiv {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    const V zero(Number<V>(0));
    return choose(q == zero, choose(p == p, zero, p), q * (kernels::log<Number<V>>(q) - p));
  }
};

/// e^q (q - p), and 0 where e^q is 0.
struct KlDivOfLogarithms {
  template <class V, class C>
  V operator()(const C& /*c*/, V p, V q) const {
    const V zero(Number<V>(0));
    const V target = kernels::exp<Number<V>>(q);
    return choose(target == zero, zero, target * (q - p));
  }
};

#undef XGRAD_UNARY_FUNCTOR
#undef XGRAD_BINARY_FUNCTOR
#undef XGRAD_TERNARY_FUNCTOR

/// As is_light, of gradients and losses.
template <class F>
inline constexpr bool is_light_gradient =
    is_one_of<F, ReluGradient, AbsGradient, SquareGradient, LeakyReluGradient, TanhGradient, SigmoidGradient, ClampGradient,
              ThresholdGradient, SquaredDifference, Addcmul, SquaredDifferenceGradient>;

}  // namespace xgrad::kernels::functors
