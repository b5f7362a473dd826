/// Rows of comparisons, and of what works on integers and truth values.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

inline std::vector<Case> comparing_cases() {
#define XGRAD_VALUE(name) value(#name, [](const Tensor& x) { return api::name(x); })
#define XGRAD_VALUE_OF_TWO(name) value_of_two(#name, [](const Tensor& a, const Tensor& b) { return api::name(a, b); })
#define XGRAD_INTEGERS(name) value_of_integers(#name, [](const Tensor& a, const Tensor& b) { return api::name(a, b); })
  std::vector<Case> cases{
      XGRAD_VALUE_OF_TWO(eq),
      XGRAD_VALUE_OF_TWO(ne),
      XGRAD_VALUE_OF_TWO(lt),
      XGRAD_VALUE_OF_TWO(le),
      XGRAD_VALUE_OF_TWO(gt),
      XGRAD_VALUE_OF_TWO(ge),
      XGRAD_VALUE_OF_TWO(logical_and),
      XGRAD_VALUE_OF_TWO(logical_or),
      XGRAD_VALUE_OF_TWO(logical_xor),
      XGRAD_VALUE_OF_TWO(isclose),
      XGRAD_VALUE_OF_TWO(heaviside),
      XGRAD_VALUE_OF_TWO(nextafter),
      XGRAD_VALUE_OF_TWO(floor_divide),
      XGRAD_VALUE(logical_not),
      XGRAD_VALUE(isnan),
      XGRAD_VALUE(isinf),
      XGRAD_VALUE(isfinite),
      XGRAD_VALUE(isposinf),
      XGRAD_VALUE(isneginf),
      XGRAD_VALUE(isreal),
      XGRAD_VALUE(signbit),
      XGRAD_VALUE(count_nonzero),
      XGRAD_INTEGERS(bitwise_and),
      XGRAD_INTEGERS(bitwise_or),
      XGRAD_INTEGERS(bitwise_xor),
      XGRAD_INTEGERS(bitwise_left_shift),
      XGRAD_INTEGERS(bitwise_right_shift),
      XGRAD_INTEGERS(gcd),
      XGRAD_INTEGERS(lcm),
      value_of_integers("bitwise_not", [](const Tensor& a, const Tensor&) { return api::bitwise_not(a); }),
      value_of_integers("one_hot", [](const Tensor& a, const Tensor&) { return api::one_hot(a, 20); }),
      value_of_matrix("any", [](const Tensor& x) { return (x > 9).any(); }),
      value_of_matrix("all", [](const Tensor& x) { return (x < 9).all(); }),
      value("equal", [](const Tensor& x) { return api::equal(x, x) ? x : -x; }),
      value("allclose", [](const Tensor& x) { return api::allclose(x, x) ? x : -x; }),
      value("isin", [few = api::arange(64, api::kFloat32)](const Tensor& x) { return api::isin(x, few); }),
      value("bucketize", [edges = api::linspace(-3, 3, 64)](const Tensor& x) { return api::bucketize(x, edges); }),
      value("searchsorted", [edges = api::linspace(-3, 3, 64)](const Tensor& x) { return api::searchsorted(edges, x); }),
      value("histc", [](const Tensor& x) { return api::histc(x, 100, -3, 3); }),
      value("histogram",
            [](const Tensor& x) {
              return std::get<0>(api::histogram(x, 100, std::vector<double>{-3, 3}));
            }),
  };
#undef XGRAD_VALUE
#undef XGRAD_VALUE_OF_TWO
#undef XGRAD_INTEGERS
  cases.push_back(
      {"histogramdd", [](std::int64_t n) {
         const Tensor points = api::randn({n / 2, 2});
         return evaluated([=] { return std::get<0>(api::histogramdd(points, {8, 8}, std::vector<double>{-3, 3, -3, 3})); });
       }});
  cases.push_back({"bincount", [](std::int64_t n) {
                     const Tensor x = api::randint(0, 1000, {n}, api::kInt64);
                     return evaluated([=] { return api::bincount(x); });
                   }});
  return cases;
}

}  // namespace benchmarks
