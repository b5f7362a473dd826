/// Rows of what moves elements, and of random numbers.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

inline Case drawn(const std::string& name, const std::function<Tensor(std::int64_t)>& function) {
  return {name, [=](std::int64_t n) { return evaluated([=] { return function(n); }); }};
}

inline std::vector<Case> rearranging_cases() {
  return {
      over_matrix("copy(transposed)", [](const Tensor& x) { return x.t().contiguous(); }),
      over_matrix("clone", [](const Tensor& x) { return x.clone(); }),
      over_matrix("flip", [](const Tensor& x) { return api::flip(x, {1}); }),
      over_matrix("roll", [](const Tensor& x) { return api::roll(x, 1, 1); }),
      over_matrix("cat",
                  [](const Tensor& x) {
                    return api::cat({x, x}, 1);
                  }),
      over_matrix("stack",
                  [](const Tensor& x) {
                    return api::stack({x, x}, 0);
                  }),
      over_matrix("repeat",
                  [](const Tensor& x) {
                    return x.repeat({2, 1});
                  }),
      over_matrix("tril", [](const Tensor& x) { return api::tril(x); }),
      over_matrix("narrow", [](const Tensor& x) { return x.narrow(1, 0, (x.size(1) + 1) / 2).contiguous(); }),
      drawn("randn", [](std::int64_t n) { return api::randn({n}); }),
      drawn("rand", [](std::int64_t n) { return api::rand({n}); }),
      drawn("randint", [](std::int64_t n) { return api::randint(0, 1000, {n}, api::kInt64); }),
      drawn("randperm", [](std::int64_t n) { return api::randperm(n); }),
      drawn("bernoulli", [](std::int64_t n) { return api::empty({n}).bernoulli_(0.3); }),
      drawn("normal", [](std::int64_t n) { return api::normal(0.5, 2, {n}); }),
      value("rand_like", [](const Tensor& x) { return api::rand_like(x); }),
      value("randn_like", [](const Tensor& x) { return api::randn_like(x); }),
      value("randint_like", [](const Tensor& x) { return api::randint_like(x, 1000); }),
      value("poisson", [](const Tensor& x) { return api::poisson(x.abs() * 10); }),
      value("binomial", [](const Tensor& x) { return api::binomial(x.abs().ceil() * 10, x.sigmoid()); }),
      unary(
          "standard_gamma", [](const Tensor& x) { return api::standard_gamma(x); }, true),
      {"sample_dirichlet",
       [](std::int64_t n) {
         const Tensor x = positive_leaf(matrix(n));
         return differentiated({x}, [=] { return api::sample_dirichlet(x); });
       }},
      drawn("tril_indices", [](std::int64_t n) { return api::tril_indices(matrix(n)[0], matrix(n)[1]); }),
      drawn("triu_indices", [](std::int64_t n) { return api::triu_indices(matrix(n)[0], matrix(n)[1]); }),
      drawn("bartlett_window", [](std::int64_t n) { return api::bartlett_window(n); }),
      drawn("blackman_window", [](std::int64_t n) { return api::blackman_window(n); }),
      drawn("hamming_window", [](std::int64_t n) { return api::hamming_window(n); }),
      drawn("hann_window", [](std::int64_t n) { return api::hann_window(n); }),
      drawn("kaiser_window", [](std::int64_t n) { return api::kaiser_window(n); }),
      drawn("zeros", [](std::int64_t n) { return api::zeros({n}); }),
      drawn("arange", [](std::int64_t n) { return api::arange(n); }),
      drawn("linspace", [](std::int64_t n) { return api::linspace(0, 1, n); }),
      drawn("eye", [](std::int64_t n) { return api::eye(matrix(n)[0], matrix(n)[1]); }),
      {"multinomial",
       [](std::int64_t n) {
         const Tensor weights = api::rand(matrix(n));
         return evaluated([=] { return api::multinomial(weights, 16, true); });
       }},
      {"dropout",
       [](std::int64_t n) {
         const Tensor x = leaf({n});
         return differentiated({x}, [=] { return api::dropout(x, 0.3, true); });
       }},
  };
}

}  // namespace benchmarks
