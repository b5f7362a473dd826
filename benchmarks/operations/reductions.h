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
      value_of_matrix("argmin(dim 1)", [](const Tensor& x) { return api::argmin(x, 1); }),
      value_of_matrix("argsort(dim 1)", [](const Tensor& x) { return api::argsort(x, std::int64_t{1}); }),
      over_matrix("min(dim 1)", [](const Tensor& x) { return std::get<0>(api::min(x, 1)); }),
      over_matrix("amin(dim 1)", [](const Tensor& x) { return api::amin(x, {1}); }),
      value_of_matrix("aminmax", [](const Tensor& x) { return std::get<0>(api::aminmax(x, 1)); }),
      over_matrix("var_mean", [](const Tensor& x) { return std::get<0>(api::var_mean(x, {1})); }),
      over_matrix("std_mean", [](const Tensor& x) { return std::get<0>(api::std_mean(x, {1})); }),
      over_matrix("nansum", [](const Tensor& x) { return api::nansum(x); }),
      over_matrix("nanmean", [](const Tensor& x) { return api::nanmean(x); }),
      over_matrix("sum_to_size",
                  [](const Tensor& x) {
                    return x.sum_to_size({1, x.size(1)});
                  }),
      over_matrix("renorm", [](const Tensor& x) { return api::renorm(x, 2, 0, 1); }),
      over_matrix("cummax", [](const Tensor& x) { return std::get<0>(api::cummax(x, 1)); }),
      over_matrix("cummin", [](const Tensor& x) { return std::get<0>(api::cummin(x, 1)); }),
      over_matrix("logcumsumexp", [](const Tensor& x) { return api::logcumsumexp(x, 1); }),
      over_matrix("diff", [](const Tensor& x) { return api::diff(x, 1, 0); }),
      over_matrix("trapezoid", [](const Tensor& x) { return api::trapezoid(x); }),
      over_matrix("cumulative_trapezoid", [](const Tensor& x) { return api::cumulative_trapezoid(x); }),
      unary("gradient", [](const Tensor& x) { return api::gradient(x)[0]; }),
      binary("dist", [](const Tensor& a, const Tensor& b) { return api::dist(a, b); }),
      over_matrix("nanmedian", [](const Tensor& x) { return std::get<0>(api::nanmedian(x, 1)); }),
      value_of_matrix("mode", [](const Tensor& x) { return std::get<0>(api::mode(x, 1)); }),
      over_matrix("quantile", [](const Tensor& x) { return api::quantile(x, 0.3, 1); }),
      over_matrix("nanquantile", [](const Tensor& x) { return api::nanquantile(x, 0.3, 1); }),
      over_matrix("cov", [](const Tensor& x) { return api::cov(x.narrow(0, 0, std::min<std::int64_t>(x.size(0), 64))); }),
      over_matrix("corrcoef",
                  [](const Tensor& x) { return api::corrcoef(x.narrow(0, 0, std::min<std::int64_t>(x.size(0), 64))); }),
      value("unique", [](const Tensor& x) { return std::get<0>(api::unique(x)); }),
      value("unique_consecutive", [](const Tensor& x) { return std::get<0>(api::unique_consecutive(x)); }),
      value_of_matrix("unique_dim", [](const Tensor& x) { return std::get<0>(api::unique_dim(x, 0)); }),
      value_of_matrix("unique_dim_consecutive",
                      [](const Tensor& x) { return std::get<0>(api::unique_consecutive(x, false, false, 0)); }),
  };
}

}  // namespace benchmarks
