#include <dlfcn.h>
#include <torch/torch.h>

#include <cmath>
#include <tuple>

namespace torch {
/// Under the names that they have elsewhere.
/// @{
inline auto unique(const Tensor& x) { return _unique2(x, true, true, true); }
inline Tensor standard_gamma(const Tensor& concentration) { return _standard_gamma(concentration); }
inline Tensor sample_dirichlet(const Tensor& concentration) { return _sample_dirichlet(concentration); }
inline Tensor scaled_dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value) {
  return std::get<0>(_scaled_dot_product_attention(query, key, value));
}
/// @}

struct LinearChainScores {
  Tensor emissions;
  Tensor transitions;
  Tensor start;
  Tensor end;
};

/// The forward algorithm, a few operations for each step.
inline Tensor linear_chain_log_partition(const LinearChainScores& scores, const Tensor& lengths) {
  Tensor forward = scores.start + scores.emissions[0];
  for (int64_t t = 1; t < scores.emissions.size(0); ++t) {
    const Tensor next = logsumexp(forward.unsqueeze(2) + scores.transitions, 1) + scores.emissions[t];
    forward = where(lengths.gt(t).unsqueeze(1), next, forward);
  }
  return logsumexp(forward + scores.end, 1);
}

namespace nn {

class ClassSampler {
 public:
  explicit ClassSampler(const Tensor& weights) : weights(weights), log_probability(log(weights / weights.sum())) {}
  Tensor weights;
  Tensor log_probability;
};

namespace functional {

inline Tensor sampled_softmax_loss(const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                                   const ClassSampler& sampler) {
  const Tensor drawn = multinomial(sampler.weights, 64, true);
  const Tensor right = (x * weight.index_select(0, targets)).sum(1) + bias.index_select(0, targets);
  const Tensor expected = sampler.log_probability.index_select(0, drawn) + std::log(64.0);
  const Tensor others = addmm(bias.index_select(0, drawn) - expected, x, weight.index_select(0, drawn).t());
  const Tensor all = cat({right.unsqueeze(1), others.masked_fill(targets.unsqueeze(1).eq(drawn), -1e30)}, 1);
  return (logsumexp(all, 1) - right).mean();
}

inline Tensor nce_loss(const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                       const ClassSampler& sampler) {
  const Tensor drawn = multinomial(sampler.weights, 64, true);
  const Tensor log_expected = sampler.log_probability + std::log(64.0);
  const Tensor right = (x * weight.index_select(0, targets)).sum(1) + bias.index_select(0, targets);
  const Tensor others =
      addmm(bias.index_select(0, drawn) - log_expected.index_select(0, drawn), x, weight.index_select(0, drawn).t());
  return -(log_sigmoid(right - log_expected.index_select(0, targets)) + log_sigmoid(-others).sum(1)).mean();
}

}  // namespace functional
}  // namespace nn
}  // namespace torch

namespace api = torch;

#include "operations/main.h"

int main(int argc, char** argv) {
  return benchmarks::run_operations(argc, argv, [](int threads) {
    torch::set_num_threads(threads);
    if (void* found = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(found)(threads);
  });
}
