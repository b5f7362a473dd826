/// Rows of factors of one matrix, chains of labels, and losses over sampled classes. What libtorch has not is written with
/// its operations in libtorch.cpp, as programs have it.
#pragma once

#include "operations/cases.h"

namespace benchmarks {

/// Features, right classes, and the weights of many classes.
inline Case over_classes(const std::string& name,
                         const std::function<Tensor(const Tensor& x, const Tensor& targets, const Tensor& weight,
                                                    const Tensor& bias, const api::nn::ClassSampler& sampler)>& function) {
  return {name, [=](std::int64_t n) {
            const std::vector<std::int64_t> sizes = matrix(n);
            const std::int64_t classes = 8 * sizes[0];
            const Tensor x = leaf(sizes);
            const Tensor weight = leaf({classes, sizes[1]});
            const Tensor bias = leaf({classes});
            const Tensor targets = api::randint(0, classes, {sizes[0]}, api::kInt64);
            const api::nn::ClassSampler sampler(api::rand({classes}) + 0.1);
            return differentiated({x, weight, bias}, [=] { return function(x, targets, weight, bias, sampler); });
          }};
}

/// Scores of about `n` elements: sentences of 20 words at most, 17 tags.
inline Case over_chains(const std::string& name,
                        const std::function<Tensor(const api::LinearChainScores&, const Tensor&)>& function) {
  return {name, [=](std::int64_t n) {
            const std::int64_t batch = std::max<std::int64_t>(1, n / (20 * 17));
            const api::LinearChainScores scores{leaf({20, batch, 17}), leaf({17, 17}), leaf({17}), leaf({17})};
            const Tensor lengths = api::randint(5, 21, {batch}, api::kInt64);
            return differentiated({scores.emissions, scores.transitions, scores.start, scores.end},
                                  [=] { return function(scores, lengths); });
          }};
}

inline std::vector<Case> sequence_cases() {
  namespace F = api::nn::functional;
  return {
      at_most(65536,
              {"linalg_cholesky(one matrix)",
               [](std::int64_t n) {
                 const std::int64_t size = matrix(n)[1];
                 const Tensor root = leaf({size, size});
                 const Tensor positive =
                     (api::matmul(root, root.t()) + static_cast<double>(size) * api::eye(size)).detach().requires_grad_();
                 return differentiated({positive}, [=] { return api::linalg_cholesky(positive); });
               }}),
      at_most(65536,
              {"linalg_solve_triangular(one matrix)",
               [](std::int64_t n) {
                 const std::vector<std::int64_t> sizes = matrix(n);
                 const Tensor a = (api::randn({sizes[0], sizes[0]}).tril() + 10 * api::eye(sizes[0])).requires_grad_();
                 const Tensor b = leaf(sizes);
                 return differentiated({a, b}, [=] { return api::linalg_solve_triangular(a, b, false); });
               }}),
      over_chains("linear_chain_log_partition",
                  [](const api::LinearChainScores& scores, const Tensor& lengths) {
                    return api::linear_chain_log_partition(scores, lengths);
                  }),
      over_classes(
          "sampled_softmax_loss",
          [](const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
             const api::nn::ClassSampler& sampler) { return F::sampled_softmax_loss(x, targets, weight, bias, sampler); }),
      over_classes("nce_loss",
                   [](const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                      const api::nn::ClassSampler& sampler) { return F::nce_loss(x, targets, weight, bias, sampler); }),
  };
}

}  // namespace benchmarks
