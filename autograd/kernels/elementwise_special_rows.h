/// Kernels of special functions and their gradients, for floating-point operands. For elementwise_special_*.cpp.
#pragma once

#include "autograd/kernels/elementwise_rows.h"
#include "autograd/kernels/special_functors.h"
#include "autograd/kernels/vectors.h"

namespace xgrad::kernels {

namespace detail {

template <class T, class F>
[[gnu::visibility("hidden")]] void special_unary(void* out, const void* in, std::int64_t n, const Parameters& parameters) {
  const functors::Constants<T> c(parameters);
  map_vectors(
      static_cast<T*>(out), n, [&](Batch<T> x) { return F()(c, x); }, Stream<T>{static_cast<const T*>(in)});
}

template <class T, class F>
[[gnu::visibility("hidden")]] void special_binary(void* out, const void* g, const void* x, std::int64_t n, Repeats repeated,
                                                  const Parameters& parameters) {
  const functors::Constants<T> c(parameters);
  const auto f = [&](Batch<T> arriving, Batch<T> v) { return F()(c, arriving, v); };
  const Stream<T> at{static_cast<const T*>(x)};
  if (repeated.p) map_vectors(static_cast<T*>(out), n, f, Repeated<T>(*static_cast<const T*>(g)), at);
  else map_vectors(static_cast<T*>(out), n, f, Stream<T>{static_cast<const T*>(g)}, at);
}

template <class T, class F>
[[gnu::visibility("hidden")]] void special_ternary(void* out, const void* g, const void* p, const void* q, std::int64_t n,
                                                   bool repeated, const Parameters& parameters) {
  const functors::Constants<T> c(parameters);
  const auto f = [&](Batch<T> arriving, Batch<T> v, Batch<T> w) { return F()(c, arriving, v, w); };
  const Stream<T> first{static_cast<const T*>(p)};
  const Stream<T> second{static_cast<const T*>(q)};
  if (repeated) map_vectors(static_cast<T*>(out), n, f, Repeated<T>(*static_cast<const T*>(g)), first, second);
  else map_vectors(static_cast<T*>(out), n, f, Stream<T>{static_cast<const T*>(g)}, first, second);
}

}  // namespace detail

/// Null where the operation is no special function.
template <class T>
UnaryRow special_unary_row(Unary operation) {
  using namespace functors;
  switch (operation) {
    case Unary::i0: return detail::special_unary<T, I0>;
    case Unary::i0e: return detail::special_unary<T, I0e>;
    case Unary::i1: return detail::special_unary<T, I1>;
    case Unary::i1e: return detail::special_unary<T, I1e>;
    case Unary::bessel_j0: return detail::special_unary<T, Bessel<0, false>>;
    case Unary::bessel_j1: return detail::special_unary<T, Bessel<1, false>>;
    case Unary::bessel_y0: return detail::special_unary<T, Bessel<0, true>>;
    case Unary::bessel_y1: return detail::special_unary<T, Bessel<1, true>>;
    case Unary::erfcx: return detail::special_unary<T, Erfcx>;
    case Unary::ndtr: return detail::special_unary<T, Ndtr>;
    case Unary::log_ndtr: return detail::special_unary<T, LogNdtr>;
    case Unary::ndtri: return detail::special_unary<T, Ndtri>;
    default: return nullptr;
  }
}

template <class T>
BinaryRow special_binary_row(Binary operation) {
  using namespace functors;
  switch (operation) {
    case Binary::i0_gradient: return detail::special_binary<T, I0Gradient>;
    case Binary::i0e_gradient: return detail::special_binary<T, I0eGradient>;
    case Binary::i1_gradient: return detail::special_binary<T, I1Gradient>;
    case Binary::i1e_gradient: return detail::special_binary<T, I1eGradient>;
    case Binary::erfcx_gradient: return detail::special_binary<T, ErfcxGradient>;
    case Binary::ndtr_gradient: return detail::special_binary<T, NdtrGradient>;
    case Binary::log_ndtr_gradient: return detail::special_binary<T, LogNdtrGradient>;
    case Binary::ndtri_gradient: return detail::special_binary<T, NdtriGradient>;
    case Binary::igamma: return detail::special_binary<T, IncompleteGamma<false>>;
    case Binary::igammac: return detail::special_binary<T, IncompleteGamma<true>>;
    case Binary::gamma_quantile_slope: return detail::special_binary<T, GammaQuantileSlope>;
    default: return nullptr;
  }
}

template <class T>
TernaryRow special_ternary_row(Ternary operation) {
  using namespace functors;
  return operation == Ternary::gamma_flow_gradient ? detail::special_ternary<T, GammaFlowGradient> : nullptr;
}

}  // namespace xgrad::kernels
