/// Rows of special functions, and of activations and functions of two tensors that are used less.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

inline std::vector<Case> special_cases() {
  namespace F = api::nn::functional;
#define XGRAD_UNARY(name) unary(#name, [](const Tensor& x) { return api::name(x); })
#define XGRAD_POSITIVE(name) \
  unary(                     \
      #name, [](const Tensor& x) { return api::name(x); }, true)
#define XGRAD_BINARY(name) binary(#name, [](const Tensor& a, const Tensor& b) { return api::name(a, b); })
#define XGRAD_POSITIVE_BINARY(name) \
  binary(                           \
      #name, [](const Tensor& a, const Tensor& b) { return api::name(a, b); }, true)
  return {
      XGRAD_UNARY(i0),
      XGRAD_UNARY(special_i0e),
      XGRAD_UNARY(special_i1),
      XGRAD_UNARY(special_i1e),
      XGRAD_UNARY(special_erfcx),
      XGRAD_UNARY(special_ndtr),
      XGRAD_UNARY(special_log_ndtr),
      XGRAD_POSITIVE(special_ndtri),
      XGRAD_POSITIVE(special_entr),
      value("special_bessel_j0", [](const Tensor& x) { return api::special_bessel_j0(x); }),
      value("special_bessel_j1", [](const Tensor& x) { return api::special_bessel_j1(x); }),
      value("special_bessel_y0", [](const Tensor& x) { return api::special_bessel_y0(x); }),
      value("special_bessel_y1", [](const Tensor& x) { return api::special_bessel_y1(x); }),
      unary(
          "polygamma", [](const Tensor& x) { return api::polygamma(1, x); }, true),
      unary(
          "mvlgamma", [](const Tensor& x) { return api::mvlgamma(x + 2, 2); }, true),
      unary(
          "acosh", [](const Tensor& x) { return api::acosh(x + 1); }, true),
      {"igamma",
       [](std::int64_t n) {
         const Tensor a = api::rand({n}) + 0.5;
         const Tensor x = positive_leaf({n});
         return differentiated({x}, [=] { return api::igamma(a, x); });
       }},
      {"igammac",
       [](std::int64_t n) {
         const Tensor a = api::rand({n}) + 0.5;
         const Tensor x = positive_leaf({n});
         return differentiated({x}, [=] { return api::igammac(a, x); });
       }},
      {"special_zeta",
       [](std::int64_t n) {
         const Tensor s = api::rand({n}) + 1.5;
         const Tensor q = positive_leaf({n});
         return differentiated({q}, [=] { return api::special_zeta(s, q); });
       }},
      XGRAD_POSITIVE_BINARY(xlogy),
      XGRAD_POSITIVE_BINARY(special_xlog1py),
      XGRAD_POSITIVE_BINARY(float_power),
      XGRAD_BINARY(logaddexp2),
      XGRAD_BINARY(copysign),
      XGRAD_BINARY(ldexp),
      XGRAD_BINARY(fmax),
      XGRAD_BINARY(fmin),
      XGRAD_UNARY(deg2rad),
      XGRAD_UNARY(rad2deg),
      XGRAD_UNARY(nan_to_num),
      value("angle", [](const Tensor& x) { return api::angle(x); }),
      value("frexp", [](const Tensor& x) { return std::get<0>(api::frexp(x)); }),
      unary("clamp_min", [](const Tensor& x) { return api::clamp_min(x, 0.1); }),
      unary("clamp_max", [](const Tensor& x) { return api::clamp_max(x, 0.1); }),
      unary("rdiv", [](const Tensor& x) { return 1.5 / (x + 10); }),
      unary("gelu_tanh", [](const Tensor& x) { return F::gelu(x, F::GELUFuncOptions().approximate("tanh")); }),
      XGRAD_UNARY(hardsigmoid),
      XGRAD_UNARY(hardswish),
      {"prelu",
       [](std::int64_t n) {
         const Tensor x = leaf({n});
         const Tensor weight = leaf({1});
         return differentiated({x, weight}, [=] { return api::prelu(x, weight); });
       }},
      unary("rrelu", [](const Tensor& x) { return api::rrelu(x); }),
      over_matrix("glu",
                  [](const Tensor& x) {
                    return api::glu(x.repeat({1, 2}), 1);
                  }),
      over_matrix("softmin", [](const Tensor& x) { return F::softmin(x, F::SoftminFuncOptions(1)); }),
      over_matrix("gumbel_softmax", [](const Tensor& x) { return F::gumbel_softmax(x); }),
      unary("alpha_dropout", [](const Tensor& x) { return api::alpha_dropout(x, 0.3, true); }),
      over_matrix("feature_alpha_dropout", [](const Tensor& x) { return api::feature_alpha_dropout(x, 0.3, true); }),
      {"addcdiv",
       [](std::int64_t n) {
         const Tensor a = leaf({n});
         const Tensor b = leaf({n});
         const Tensor c = positive_leaf({n});
         return differentiated({a, b, c}, [=] { return api::addcdiv(a, b, c, 0.5); });
       }},
  };
#undef XGRAD_UNARY
#undef XGRAD_POSITIVE
#undef XGRAD_BINARY
#undef XGRAD_POSITIVE_BINARY
}

}  // namespace benchmarks
