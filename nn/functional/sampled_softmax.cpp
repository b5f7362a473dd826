#include "nn/functional/sampled_softmax.h"

#include <cmath>
#include <cstddef>
#include <limits>

#include "autograd/base/check.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad::nn {

ClassSampler::ClassSampler(const Tensor& weights) {
  check<ShapeError>(weights.dim() == 1 && weights.size(0) > 0, "ClassSampler: expected weights (classes), got {}",
                    weights.sizes());
  const auto w = to(weights.detach(), kFloat64).to_vector<double>();
  double total = 0;
  for (const double weight : w) {
    check<ValueError>(weight >= 0 && std::isfinite(weight), "ClassSampler: a weight is {}", weight);
    total += weight;
  }
  check<ValueError>(total > 0 && std::isfinite(total), "ClassSampler: the sum of the weights is {}", total);
  const std::size_t n = w.size();
  log_probability_ = empty({static_cast<std::int64_t>(n)}, kFloat64);
  threshold_.assign(n, 1);
  others_.assign(n, 0);
  // What a place lacks to an equal share is filled up by one that has more.
  std::vector<double> share(n);
  std::vector<std::size_t> poor;
  std::vector<std::size_t> rich;
  std::size_t likeliest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    log_probability_.data_ptr<double>()[i] = std::log(w[i] / total);
    share[i] = w[i] / total * static_cast<double>(n);
    (share[i] < 1 ? poor : rich).push_back(i);
    if (w[i] > w[likeliest]) likeliest = i;
  }
  while (!poor.empty() && !rich.empty()) {
    const std::size_t little = poor.back();
    const std::size_t much = rich.back();
    poor.pop_back();
    threshold_[little] = share[little];
    others_[little] = static_cast<std::int64_t>(much);
    share[much] -= 1 - share[little];
    if (share[much] < 1) {
      rich.pop_back();
      poor.push_back(much);
    }
  }
  // What rounding leaves over; a place without weight must not give itself.
  for (const std::size_t i : poor) {
    if (w[i] > 0) continue;
    threshold_[i] = 0;
    others_[i] = static_cast<std::int64_t>(likeliest);
  }
}

ClassSampler ClassSampler::log_uniform(std::int64_t classes) {
  check<ValueError>(classes > 0, "ClassSampler: expected classes, got {}", classes);
  return ClassSampler(log1p(reciprocal(arange(1, classes + 1, kFloat64))));
}

Tensor ClassSampler::sample(std::int64_t count, Generator generator) const {
  check<ValueError>(count >= 0, "ClassSampler: the count must not be negative, got {}", count);
  Tensor drawn = empty({count}, kInt64);
  const auto n = static_cast<std::uint64_t>(threshold_.size());
  const auto lock = generator.lock();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto place = static_cast<std::size_t>(generator.random64() % n);
    const bool itself = generator.uniform<double>() < threshold_[place];
    drawn.data_ptr<std::int64_t>()[i] = itself ? static_cast<std::int64_t>(place) : others_[place];
  }
  return drawn;
}

namespace functional {

namespace {

/// The scores of the right classes (batch) and of the drawn ones (batch, samples); the latter less the logarithm of how
/// often each is expected among the draws, which is given for the right ones.
struct SampledScores {
  SampledScores(const char* operation, const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                const ClassSampler& sampler, const SampledLossOptions& options) {
    check<ShapeError>(x.dim() == 2 && weight.dim() == 2 && x.size(1) == weight.size(1),
                      "{}: input {} does not fit weight {}", operation, x.sizes(), weight.sizes());
    check<ShapeError>(targets.dim() == 1 && targets.size(0) == x.size(0), "{}: targets {} do not fit input {}", operation,
                      targets.sizes(), x.sizes());
    check<TypeError>(targets.dtype() == kInt64, "{}: targets must be int64, got {}", operation, targets.dtype());
    check<ShapeError>(weight.size(0) == sampler.classes(), "{}: weight {} does not fit a sampler of {} classes", operation,
                      weight.sizes(), sampler.classes());
    check<ShapeError>(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)),
                      "{}: bias {} does not fit weight {}", operation, bias.defined() ? bias.sizes() : IntArrayRef(),
                      weight.sizes());
    check<ValueError>(options.samples > 0, "{}: expected samples, got {}", operation, options.samples);
    check<IndexError>(!any(logical_or(lt(targets, 0), ge(targets, sampler.classes()))).item<bool>(),
                      "{}: a target is not in [0, {})", operation, sampler.classes());
    check<ValueError>(!any(isneginf(index_select(sampler.log_probability(), 0, targets))).item<bool>(),
                      "{}: a target is never drawn: its weight is 0", operation);
    drawn = sampler.sample(options.samples, options.generator);
    const Tensor expected = to(sampler.log_probability() + std::log(static_cast<double>(options.samples)), x.dtype());
    right = sum(x * index_select(weight, 0, targets), {1});
    right_expected = index_select(expected, 0, targets);
    others = linear(x, index_select(weight, 0, drawn)) - index_select(expected, 0, drawn);
    if (bias.defined()) {
      right = right + index_select(bias, 0, targets);
      others = others + index_select(bias, 0, drawn);
    }
  }

  Tensor right;
  Tensor right_expected;  ///< logarithms
  Tensor others;
  Tensor drawn;  ///< which these are
};

}  // namespace

Tensor sampled_softmax_loss(const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                            const ClassSampler& sampler, const SampledLossOptions& options) {
  const SampledScores scores("sampled_softmax_loss", x, targets, weight, bias, sampler, options);
  const Tensor is_right = eq(unsqueeze(targets, 1), scores.drawn);
  const Tensor others = masked_fill(scores.others, is_right, -std::numeric_limits<double>::infinity());
  const Tensor all = cat({unsqueeze(scores.right, 1), others}, 1);
  return reduce_losses(logsumexp(all, 1) - scores.right, options.reduction);
}

Tensor nce_loss(const Tensor& x, const Tensor& targets, const Tensor& weight, const Tensor& bias,
                const ClassSampler& sampler, const SampledLossOptions& options) {
  const SampledScores scores("nce_loss", x, targets, weight, bias, sampler, options);
  return reduce_losses(-(logsigmoid(scores.right - scores.right_expected) + sum(logsigmoid(-scores.others), {1})),
                       options.reduction);
}

}  // namespace functional

}  // namespace xgrad::nn
