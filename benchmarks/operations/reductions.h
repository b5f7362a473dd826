/// Rows of reductions, running sums, sorting and searching.
#pragma once

#include <tuple>

#include "operations/cases.h"

namespace benchmarks {

inline std::vector<Case> reduction_cases() {
  namespace F = api::nn::functional;
  return {
      over_matrix("sum", [](const Tensor& x) { return x.sum(); }),
      over_matrix("sum(dim 0)", [](const Tensor& x) { return x.sum(0); }),
      over_matrix("sum(dim 1)", [](const Tensor& x) { return x.sum(1); }),
      over_matrix("mean(dim 1)", [](const Tensor& x) { return x.mean(1); }),
      over_matrix("prod(dim 1)", [](const Tensor& x) { return api::prod(x, 1); }),
      over_matrix("var(dim 1)", [](const Tensor& x) { return api::var(x, {1}); }),
      over_matrix("std", [](const Tensor& x) { return api::std(x); }),
      over_matrix("norm", [](const Tensor& x) { return x.norm(); }),
      over_matrix("max(dim 1)", [](const Tensor& x) { return std::get<0>(api::max(x, 1)); }),
      over_matrix("max(dim 0)", [](const Tensor& x) { return std::get<0>(api::max(x, 0)); }),
      over_matrix("max", [](const Tensor& x) { return x.max(); }),
      over_matrix("amax(dim 1)", [](const Tensor& x) { return api::amax(x, {1}); }),
      over_matrix("logsumexp(dim 1)", [](const Tensor& x) { return api::logsumexp(x, {1}); }),
      over_matrix("softmax(dim 1)", [](const Tensor& x) { return api::softmax(x, 1); }),
      over_matrix("softmax(dim 0)", [](const Tensor& x) { return api::softmax(x, 0); }),
      over_matrix("log_softmax(dim 1)", [](const Tensor& x) { return api::log_softmax(x, 1); }),
      over_matrix("cumsum(dim 0)", [](const Tensor& x) { return api::cumsum(x, 0); }),
      over_matrix("cumsum(dim 1)", [](const Tensor& x) { return api::cumsum(x, 1); }),
      over_matrix("cumprod(dim 1)", [](const Tensor& x) { return api::cumprod(x, 1); }),
      over_matrix("sort(dim 1)", [](const Tensor& x) { return std::get<0>(api::sort(x, 1)); }),
      unary("sort", [](const Tensor& x) { return std::get<0>(api::sort(x, 0)); }),
      over_matrix("topk",
                  [](const Tensor& x) { return std::get<0>(api::topk(x, std::min<std::int64_t>(5, x.size(1)), 1)); }),
      over_matrix("kthvalue", [](const Tensor& x) { return std::get<0>(api::kthvalue(x, 2, 1)); }),
      over_matrix("median(dim 1)", [](const Tensor& x) { return std::get<0>(api::median(x, 1)); }),
      value_of_matrix("argmax(dim 1)", [](const Tensor& x) { return api::argmax(x, 1); }),
      value_of_matrix("any", [](const Tensor& x) { return (x > 9).any(); }),
      {"bincount",
       [](std::int64_t n) {
         const Tensor x = api::randint(0, 1000, {n}, api::kInt64);
         return evaluated([=] { return api::bincount(x); });
       }},
  };
}

}  // namespace benchmarks
