/// Kernels of three floating-point operands. For elementwise_ternary_*.cpp.
#pragma once

#include "autograd/kernels/elementwise_rows.h"
#include "autograd/kernels/gradient_functors.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace detail {

template <class T, class F>
[[gnu::visibility("hidden")]] void floating_ternary(void* out, const void* p, const void* q, const void* r, std::int64_t n,
                                                    bool repeated, const Parameters& parameters) {
  const functors::Constants<T> c(parameters);
  const auto f = [&](Batch<T> x, Batch<T> y, Batch<T> z) { return F()(c, x, y, z); };
  constexpr bool light = functors::is_light_gradient<F>;
  T* const target = static_cast<T*>(out);
  const T* const first = static_cast<const T*>(p);
  const Stream<T> second{static_cast<const T*>(q)};
  const Stream<T> third{static_cast<const T*>(r)};
  if (repeated) {
    map_vectors<light>(target, n, f, Repeated<T>(*first), second, third);
  } else {
    map_vectors<light>(target, n, f, Stream<T>{first}, second, third);
  }
}

}  // namespace detail

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
    case Ternary::glu_gate_gradient: return detail::floating_ternary<T, GluGateGradient>;
    case Ternary::ldexp_exponent_gradient: return detail::floating_ternary<T, LdexpExponentGradient>;
    case Ternary::remainder_second_gradient: return detail::floating_ternary<T, RemainderSecondGradient>;
    default: return special_ternary_row<T>(operation);
  }
}

}  // namespace xgrad::kernels
