#include "nn/decoding/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/base/dtype_limits.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/scatter.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/statistics.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad::nn::decoding {

namespace {

constexpr double never = -std::numeric_limits<double>::infinity();

void require_logits(const char* operation, const Tensor& logits, const SamplingOptions& options) {
  check<ShapeError>(logits.dim() >= 1 && logits.size(-1) > 0, "{}: expected scores (..., tokens), got {}", operation,
                    logits.sizes());
  check<TypeError>(logits.is_floating_point(), "{}: expected floating-point scores, got {}", operation, logits.dtype());
  check<ValueError>(options.temperature >= 0 && std::isfinite(options.temperature),
                    "{}: the temperature must be finite, and not negative, got {}", operation, options.temperature);
  check<ValueError>(options.top_k >= 0, "{}: top_k must not be negative, got {}", operation, options.top_k);
  check<ValueError>(options.top_p > 0 && options.top_p <= 1, "{}: top_p must be above 0 and at most 1, got {}", operation,
                    options.top_p);
}

/// The scores divided by the temperature; where that leaves the dtype's range, counted from the largest of their row on,
/// which gives the same probabilities.
Tensor divided(const Tensor& logits, double temperature) {
  if (temperature == 1) return logits;
  // A larger one would be infinite in the dtype.
  Tensor scaled = logits / std::min(temperature, xgrad::detail::float_limits(logits.dtype()).largest);
  if (temperature > 1) return scaled;
  if (logical_or(isfinite(scaled), logical_not(isfinite(logits))).all().item<bool>()) return scaled;
  // A smaller one would be 0 in the dtype.
  const double smallest = xgrad::detail::float_limits(logits.dtype()).smallest_normal;
  const Tensor below_largest = logits - amax(logits, {-1}, true);
  return masked_fill(below_largest / std::max(temperature, smallest), isneginf(logits), never);
}

}  // namespace

Tensor filter_logits(const Tensor& logits, const SamplingOptions& options) {
  require_logits("filter_logits", logits, options);
  const NoGradGuard no_grad;
  const std::int64_t tokens = logits.size(-1);
  if (options.temperature == 0) {
    const Tensor likeliest = one_hot(argmax(logits, -1), tokens);
    return masked_fill(zeros_like(logits), eq(likeliest, 0), never);
  }
  const Tensor scaled = divided(logits.detach(), options.temperature);
  const bool some = options.top_k > 0 && options.top_k < tokens;
  if (!some && options.top_p == 1) return scaled.clone();
  const auto [sorted, order] = sort(scaled, -1, true);
  Tensor dropped = ge(arange(tokens), some ? options.top_k : tokens).expand(sorted.sizes());
  if (options.top_p < 1) {
    const Tensor p = softmax(masked_fill(sorted, dropped, never), -1);
    // What lies before a token already has the probability.
    dropped = logical_or(dropped, ge(cumsum(p, -1) - p, options.top_p));
    select(dropped, -1, 0).fill_(false);
  }
  return scatter(scaled, -1, order, masked_fill(sorted, dropped, never));
}

Tensor sample_tokens(const Tensor& logits, const SamplingOptions& options, Generator generator) {
  require_logits("sample_tokens", logits, options);
  const NoGradGuard no_grad;
  if (options.temperature == 0) return argmax(logits, -1);
  const Tensor p = softmax(filter_logits(logits, options), -1);
  const DimVector sizes(logits.sizes().begin(), logits.sizes().end() - 1);
  if (number_of_elements(sizes) == 0) return empty(sizes, kInt64);
  return multinomial(p.reshape({-1, p.size(-1)}), 1, true, std::move(generator)).view(sizes);
}

}  // namespace xgrad::nn::decoding
