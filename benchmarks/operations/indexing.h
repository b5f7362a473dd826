/// Rows of what reads and writes by index.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

/// Of a matrix, and as many indices of its rows as it has rows.
inline Case indexed(const std::string& name, const std::function<Tensor(const Tensor& x, const Tensor& rows)>& function) {
  return {name, [=](std::int64_t n) {
            const Tensor x = leaf(matrix(n));
            const Tensor rows = api::randint(0, x.size(0), {x.size(0)}, api::kInt64);
            return differentiated({x}, [=] { return function(x, rows); });
          }};
}

/// The same with an index for each element.
inline Case gathered(const std::string& name, const std::function<Tensor(const Tensor& x, const Tensor& at)>& function) {
  return {name, [=](std::int64_t n) {
            const Tensor x = leaf(matrix(n));
            const Tensor at = api::randint(0, x.size(0), {x.size(0), x.size(1)}, api::kInt64);
            return differentiated({x}, [=] { return function(x, at); });
          }};
}

/// Of a vector and a mask of half of its elements.
inline Case masked(const std::string& name, const std::function<Tensor(const Tensor& x, const Tensor& mask)>& function) {
  return {name, [=](std::int64_t n) {
            const Tensor mask = api::randn({n}) > 0;
            const Tensor x = leaf({n});
            return differentiated({x}, [=] { return function(x, mask); });
          }};
}

inline std::vector<Case> indexing_cases() {
  return {
      indexed("index_select", [](const Tensor& x, const Tensor& rows) { return api::index_select(x, 0, rows); }),
      indexed("index", [](const Tensor& x, const Tensor& rows) { return x.index({rows}); }),
      indexed("index_put",
              [](const Tensor& x, const Tensor& rows) { return api::zeros_like(x).index_put_({rows}, x, true); }),
      indexed("index_add",
              [](const Tensor& x, const Tensor& rows) { return api::index_add(api::zeros_like(x), 0, rows, x); }),
      indexed("index_copy",
              [](const Tensor& x, const Tensor& rows) { return api::index_copy(api::zeros_like(x), 0, rows, x); }),
      indexed("index_fill", [](const Tensor& x, const Tensor& rows) { return api::index_fill(x, 0, rows, 0.5); }),
      indexed("index_reduce",
              [](const Tensor& x, const Tensor& rows) { return api::index_reduce(api::zeros_like(x), 0, rows, x, "amax"); }),
      gathered("gather", [](const Tensor& x, const Tensor& at) { return api::gather(x, 0, at); }),
      {"gather(dim 1)",
       [](std::int64_t n) {
         const Tensor x = leaf(matrix(n));
         const Tensor at = api::randint(0, x.size(1), {x.size(0), x.size(1)}, api::kInt64);
         return differentiated({x}, [=] { return api::gather(x, 1, at); });
       }},
      gathered("take_along_dim", [](const Tensor& x, const Tensor& at) { return api::take_along_dim(x, at, 0); }),
      gathered("scatter", [](const Tensor& x, const Tensor& at) { return api::scatter(api::zeros_like(x), 0, at, x); }),
      gathered("scatter_add",
               [](const Tensor& x, const Tensor& at) { return api::scatter_add(api::zeros_like(x), 0, at, x); }),
      gathered("scatter_reduce",
               [](const Tensor& x, const Tensor& at) { return api::scatter_reduce(api::zeros_like(x), 0, at, x, "amax"); }),
      gathered("take", [](const Tensor& x, const Tensor& at) { return api::take(x, at); }),
      gathered("put", [](const Tensor& x, const Tensor& at) { return api::put(api::zeros_like(x), at, x, true); }),
      masked("masked_select", [](const Tensor& x, const Tensor& mask) { return api::masked_select(x, mask); }),
      masked("masked_fill", [](const Tensor& x, const Tensor& mask) { return x.masked_fill(mask, 0.5); }),
      masked("masked_scatter",
             [](const Tensor& x, const Tensor& mask) { return api::masked_scatter(api::zeros_like(x), mask, x); }),
      value("nonzero", [](const Tensor& x) { return api::nonzero(x); }),
      value("argwhere", [](const Tensor& x) { return api::argwhere(x); }),
      value("nonzero_numpy", [](const Tensor& x) { return x.nonzero_numpy()[0]; }),
      {"Embedding",
       [](std::int64_t n) {
         const std::int64_t rows = std::max<std::int64_t>(1, n / 64);
         api::nn::Embedding embedding(1000, 64);
         const Tensor indices = api::randint(0, 1000, {rows}, api::kInt64);
         return differentiated(embedding->parameters(), [=]() mutable { return embedding->forward(indices); });
       }},
      {"embedding_bag",
       [](std::int64_t n) {
         const std::int64_t bags = std::max<std::int64_t>(1, n / 512);
         const Tensor weight = leaf({1000, 64});
         const Tensor indices = api::randint(0, 1000, {bags, 8}, api::kInt64);
         return differentiated({weight}, [=] { return api::nn::functional::embedding_bag(indices, weight); });
       }},
  };
}

}  // namespace benchmarks
