/// Rows of what moves elements, and of random numbers.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

inline Case indexed(const std::string& name, const std::function<Tensor(const Tensor& x, const Tensor& rows)>& function) {
  return {name, [=](std::int64_t n) {
            const Tensor x = leaf(matrix(n));
            const Tensor rows = api::randint(0, x.size(0), {x.size(0)}, api::kInt64);
            return differentiated({x}, [=] { return function(x, rows); });
          }};
}

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
      indexed("index_select", [](const Tensor& x, const Tensor& rows) { return api::index_select(x, 0, rows); }),
      indexed("gather",
              [](const Tensor& x, const Tensor& rows) {
                return api::gather(x, 0, rows.unsqueeze(1).expand({x.size(0), x.size(1)}));
              }),
      indexed("scatter_add",
              [](const Tensor& x, const Tensor& rows) {
                return api::scatter_add(api::zeros_like(x), 0, rows.unsqueeze(1).expand({x.size(0), x.size(1)}), x);
              }),
      indexed("index_add",
              [](const Tensor& x, const Tensor& rows) { return api::index_add(api::zeros_like(x), 0, rows, x); }),
      {"masked_select",
       [](std::int64_t n) {
         const Tensor mask = api::randn({n}) > 0;
         const Tensor x = leaf({n});
         return differentiated({x}, [=] { return api::masked_select(x, mask); });
       }},
      {"nonzero",
       [](std::int64_t n) {
         const Tensor mask = api::randn({n}) > 0;
         return evaluated([=] { return api::nonzero(mask); });
       }},
      drawn("randn", [](std::int64_t n) { return api::randn({n}); }),
      drawn("rand", [](std::int64_t n) { return api::rand({n}); }),
      drawn("randint", [](std::int64_t n) { return api::randint(0, 1000, {n}, api::kInt64); }),
      drawn("randperm", [](std::int64_t n) { return api::randperm(n); }),
      drawn("bernoulli", [](std::int64_t n) { return api::empty({n}).bernoulli_(0.3); }),
      drawn("zeros", [](std::int64_t n) { return api::zeros({n}); }),
      drawn("arange", [](std::int64_t n) { return api::arange(n); }),
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
