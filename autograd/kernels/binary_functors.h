/// Functors of two numbers that take more than a line, powers, and the parts of a floating-point number.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>
#include <type_traits>

#include "autograd/kernels/functors.h"
#include "autograd/kernels/lanes.h"
#include "autograd/kernels/power.h"
#include "autograd/kernels/single_functions.h"

namespace xgrad::kernels::functors {

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
    return Maximum()(c, p, q) + kernels::log1p_of_fraction<Number<V>>(kernels::exp<Number<V>>(below));
  }
};

/// The same to the base 2.
struct Logaddexp2 {
  template <class V, class C>
  V operator()(const C& c, V p, V q) const {
    const V below = choose(p == q, V(Number<V>(0)), -xsimd::abs(p - q));
    return Maximum()(c, p, q) +
           kernels::log1p_of_fraction<Number<V>>(Exp2()(c, below)) * V(static_cast<Number<V>>(std::numbers::log2e));
  }
};

}  // namespace xgrad::kernels::functors
