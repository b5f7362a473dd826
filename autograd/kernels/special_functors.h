/// What the kernels of special functions compute: numbers of type float by vectors of single_functions.h, doubles one by
/// one. For elementwise_special_rows.h.
#pragma once

#include "autograd/kernels/gradient_functors.h"
#include "autograd/kernels/incomplete_gamma.h"
#include "autograd/kernels/scalar_functions.h"
#include "autograd/kernels/single_functions.h"

namespace xgrad::kernels::functors {

/// Of x as a vector v of double, or as a single number v.
#define XGRAD_SPECIAL_FUNCTOR(Name, vector, scalar)                    \
  struct Name {                                                        \
    template <class V, class C>                                        \
    V operator()(const C& /*c*/, V x) const {                          \
      if constexpr (std::is_same_v<Number<V>, float>) {                \
        return in_double([](Batch<double> v) { return vector; }, x);   \
      } else {                                                         \
        return by_lanes([](double v) -> double { return scalar; }, x); \
      }                                                                \
    }                                                                  \
  };
/// Of what arrives, times the slope at x.
#define XGRAD_SPECIAL_GRADIENT(Name, vector, scalar) \
  XGRAD_SPECIAL_FUNCTOR(Name##Slope, vector, scalar) \
  struct Name {                                      \
    template <class V, class C>                      \
    V operator()(const C& c, V g, V x) const {       \
      return g * Name##Slope()(c, x);                \
    }                                                \
  };

XGRAD_SPECIAL_FUNCTOR(I0, single::i0(v), modified_bessel(0, v))
XGRAD_SPECIAL_FUNCTOR(I1, single::i1(v), modified_bessel(1, v))
XGRAD_SPECIAL_FUNCTOR(I0e, single::scaled_i0(xsimd::abs(v)), scaled_modified_bessel(0, v))
XGRAD_SPECIAL_FUNCTOR(I1e, single::scaled_i1(v), scaled_modified_bessel(1, v))
XGRAD_SPECIAL_GRADIENT(I0Gradient, single::i1(v), modified_bessel(1, v))
XGRAD_SPECIAL_GRADIENT(I1Gradient, single::i1_slope(v), (modified_bessel(0, v) + modified_bessel(2, v)) / 2)
XGRAD_SPECIAL_GRADIENT(I0eGradient, single::scaled_i0_slope(v), scaled_modified_bessel_slope(0, v))
XGRAD_SPECIAL_GRADIENT(I1eGradient, single::scaled_i1_slope(v), scaled_modified_bessel_slope(1, v))

XGRAD_SPECIAL_FUNCTOR(Erfcx, single::erfcx(v), scaled_erfc_integral(0, v))
XGRAD_SPECIAL_FUNCTOR(LogNdtr, single::log_ndtr(v), log_ndtr(v))
XGRAD_SPECIAL_FUNCTOR(Ndtri, single::ndtri(v), ndtri(v))
XGRAD_SPECIAL_GRADIENT(ErfcxGradient, single::erfcx_slope(v), -2 * scaled_erfc_integral(1, v))
XGRAD_SPECIAL_GRADIENT(LogNdtrGradient, single::log_ndtr_slope(v),
                       v < 0 ? 2 * central_density / scaled_erfc_integral(0, -v* root_half)
                             : scalar_normal_density(v) / scalar_normal_distribution(v))
/// Of the result.
XGRAD_SPECIAL_GRADIENT(NdtriGradient, single::exp(v* v* Batch<double>(0.5)) * Batch<double>(1 / central_density),
                       std::exp(v* v / 2) / central_density)

struct Ndtr {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>) return normal_distribution(x);
    else return by_lanes([](double v) { return scalar_normal_distribution(v); }, x);
  }
};
struct NdtrGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V x) const {
    if constexpr (std::is_same_v<Number<V>, float>)
      return g * times_bell_curve<float>(V(static_cast<float>(central_density)), bounded_size(x), -0.5F);
    else return g * by_lanes([](double v) { return scalar_normal_density(v); }, x);
  }
};

/// J_n, or Y_n where `second_kind`.
template <int n, bool second_kind>
struct Bessel {
  template <class V, class C>
  V operator()(const C& /*c*/, V x) const {
    const auto slow = [&] { return by_lanes([](double v) { return bessel(n, second_kind, v); }, x); };
    if constexpr (std::is_same_v<Number<V>, float>) {
      const V fast = in_double([](Batch<double> v) { return single::bessel<n, second_kind>(v); }, x);
      return unless_easy(xsimd::abs(x) <= V(1e4F), fast, slow);
    } else {
      return slow();
    }
  }
};

/// part(a, x) in double vectors where single precision has few hard cases, the rest and float64 by slow().
template <class V, class Part, class Slow>
V where_moderate(V a, V x, const Part& part, const Slow& slow) {
  if constexpr (std::is_same_v<Number<V>, float>) {
    const auto easy = single::is_moderate(a, x);
    if (!xsimd::any(easy)) return slow();
    const V one(1.0F);
    return unless_easy(easy, in_double(part, choose(easy, a, one), choose(easy, x, one)), slow);
  } else {
    return slow();
  }
}

template <bool upper>
struct IncompleteGamma {
  template <class V, class C>
  V operator()(const C& /*c*/, V a, V x) const {
    const auto slow = [&] {
      return by_lanes([](double order, double at) { return incomplete_gamma(order, at, upper); }, a, x);
    };
    const auto part = [](Batch<double> order, Batch<double> at) {
      const Batch<double> lower = single::lower_gamma(order, at);
      return upper ? Batch<double>(1.0) - lower : lower;
    };
    return where_moderate(a, x, part, slow);
  }
};

struct GammaQuantileSlope {
  template <class V, class C>
  V operator()(const C& /*c*/, V a, V x) const {
    const auto slow = [&] {
      return by_lanes([](double order, double at) { return gamma_quantile_slope(order, at); }, a, x);
    };
    return where_moderate(
        a, x, [](Batch<double> order, Batch<double> at) { return single::gamma_quantile_slope(order, at); }, slow);
  }
};

struct GammaFlowGradient {
  template <class V, class C>
  V operator()(const C& /*c*/, V g, V a, V x) const {
    const auto slow = [&] { return by_lanes([](double order, double at) { return gamma_flow(order, at); }, a, x); };
    if constexpr (std::is_same_v<Number<V>, float>) {
      const V zero(0.0F);
      const V fast = in_double([](Batch<double> order, Batch<double> at) { return single::gamma_flow(order, at); }, a, x);
      return g * unless_easy(a > zero && x > zero && is_finite(a) && is_finite(x), fast, slow);
    } else {
      return g * slow();
    }
  }
};

#undef XGRAD_SPECIAL_FUNCTOR
#undef XGRAD_SPECIAL_GRADIENT

}  // namespace xgrad::kernels::functors
