#include "autograd/ops/count_sampling.h"

#include <cmath>
#include <cstdint>

#include "autograd/base/check.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/promotion.h"
#include "autograd/ops/reduce.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

/// log(k!)
double log_factorial(double k) {
  int sign = 0;
  return ::lgamma_r(k + 1, &sign);
}

/// Products of uniform numbers, until they are too small.
double small_poisson(double rate, Generator& generator) {
  const double limit = std::exp(-rate);
  double count = 0;
  for (double product = generator.uniform<double>(); product > limit; product *= generator.uniform<double>()) ++count;
  return count;
}

/// Rejection from a transformed uniform number: Hoermann's PTRS.
double large_poisson(double rate, Generator& generator) {
  const double b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double sure = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = generator.uniform<double>() - 0.5;
    const double v = generator.uniform<double>();
    const double from_edge = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / from_edge + b) * u + rate + 0.43);
    if (from_edge >= 0.07 && v <= sure) return k;
    if (k < 0 || (from_edge < 0.013 && v > from_edge)) continue;
    const double log_ratio = std::log(v) + std::log(inverse_alpha) - std::log(a / (from_edge * from_edge) + b);
    if (log_ratio <= k * std::log(rate) - rate - log_factorial(k)) return k;
  }
}

/// The chances until each success, one after the other.
double small_binomial(double count, double prob, Generator& generator) {
  const double log_failure = std::log1p(-prob);
  double successes = 0;
  for (double used = 0;; ++successes) {
    used += std::ceil(std::log(generator.uniform<double>()) / log_failure);
    if (used > count) return successes;
  }
}

/// Rejection from a transformed uniform number: Hoermann's BTRS, for prob <= 1 / 2.
double large_binomial(double count, double prob, Generator& generator) {
  const double spread = std::sqrt(count * prob * (1 - prob));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * prob;
  const double c = count * prob + 0.5;
  const double sure = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * spread;
  const double log_odds = std::log(prob / (1 - prob));
  const double mode = std::floor((count + 1) * prob);
  const double at_mode = log_factorial(mode) + log_factorial(count - mode);
  for (;;) {
    const double u = generator.uniform<double>() - 0.5;
    const double v = generator.uniform<double>();
    const double from_edge = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / from_edge + b) * u + c);
    if (k < 0 || k > count) continue;
    if (from_edge >= 0.07 && v <= sure) return k;
    const double log_ratio = at_mode - log_factorial(k) - log_factorial(count - k) + (k - mode) * log_odds;
    if (std::log(v * alpha / (a / (from_edge * from_edge) + b)) <= log_ratio) return k;
  }
}

double draw_binomial(double count, double prob, Generator& generator) {
  if (count == 0 || prob == 0) return 0;
  if (prob == 1) return count;
  if (prob > 0.5) return count - draw_binomial(count, 1 - prob, generator);
  return count * prob >= 10 ? large_binomial(count, prob, generator) : small_binomial(count, prob, generator);
}

}  // namespace

Tensor poisson(const Tensor& rate, Generator generator) {
  const NoGradGuard no_grad;
  const Tensor rates = rate.detach().contiguous();
  Tensor result = empty(rates.sizes(), rates.dtype());
  visit_floating(rates.dtype(), "poisson", [&]<class T>() {
    check<ValueError>(all(ge(rates, 0)).item<bool>(), "poisson: the rates must not be negative");
    const auto lock = generator.lock();
    for (std::int64_t i = 0; i < rates.numel(); ++i) {
      const auto mean = static_cast<double>(rates.data_ptr<T>()[i]);
      const double count = mean == 0 ? 0 : mean < 10 ? small_poisson(mean, generator) : large_poisson(mean, generator);
      result.data_ptr<T>()[i] = static_cast<T>(count);
    }
  });
  return result;
}

Tensor binomial(const Tensor& count, const Tensor& prob, Generator generator) {
  const NoGradGuard no_grad;
  const Promoted operands(count, prob);
  const DimVector shape = broadcast_shapes("binomial", count.sizes(), prob.sizes());
  const Tensor counts = operands.a.expand(shape).contiguous();
  const Tensor probs = operands.b.expand(shape).contiguous();
  Tensor result = empty(shape, counts.dtype());
  visit_floating(counts.dtype(), "binomial", [&]<class T>() {
    check<ValueError>(all(logical_and(ge(probs, 0), le(probs, 1))).item<bool>(),
                      "binomial: the probabilities must be between 0 and 1");
    check<ValueError>(all(ge(counts, 0)).item<bool>(), "binomial: the counts must not be negative");
    const auto lock = generator.lock();
    for (std::int64_t i = 0; i < counts.numel(); ++i) {
      const auto drawn = draw_binomial(static_cast<double>(counts.data_ptr<T>()[i]),
                                       static_cast<double>(probs.data_ptr<T>()[i]), generator);
      result.data_ptr<T>()[i] = static_cast<T>(drawn);
    }
  });
  return result;
}

}  // namespace xgrad
