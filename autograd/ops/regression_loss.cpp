#include "autograd/ops/regression_loss.h"

#include <numbers>

#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce_losses.h"

namespace xgrad {

namespace {

/// d^2 / 2 within [-delta, delta], and delta (|d| - delta / 2) outside: both are the product of d limited to that and what
/// remains of d, which has a finite gradient for an infinite difference, too.
Tensor huber(const Tensor& difference, double delta) {
  const Tensor limited = clamp(difference, -delta, delta);
  return limited * (difference - limited * 0.5);
}

}  // namespace

Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, Reduction reduction, double beta) {
  const autograd::profiler::RecordFunction profiled("smooth_l1_loss");
  check_loss("smooth_l1_loss", input, target);
  check<ValueError>(beta >= 0, "smooth_l1_loss: beta must not be negative, got {}", beta);
  if (beta == 0) return l1_loss(input, target, reduction);
  return reduce_losses(huber(input - target, beta) / beta, reduction);
}

Tensor huber_loss(const Tensor& input, const Tensor& target, Reduction reduction, double delta) {
  const autograd::profiler::RecordFunction profiled("huber_loss");
  check_loss("huber_loss", input, target);
  check<ValueError>(delta > 0, "huber_loss: delta must be positive, got {}", delta);
  return reduce_losses(huber(input - target, delta), reduction);
}

Tensor kl_div(const Tensor& input, const Tensor& target, Reduction reduction, bool log_target) {
  const autograd::profiler::RecordFunction profiled("kl_div");
  check_loss("kl_div", input, target);
  // Where the target is 0 the loss is 0, whatever the input is.
  if (log_target) {
    const Tensor none = eq(exp(target.detach()), 0);
    const Tensor difference = masked_fill(target, none, 0) - masked_fill(input, none, 0);
    return reduce_losses(exp(target) * difference, reduction);
  }
  const Tensor none = eq(target.detach(), 0);
  const Tensor unlikely = logical_and(none, isinf(input.detach()));
  return reduce_losses(target * (log(masked_fill(target, none, 1)) - masked_fill(input, unlikely, 0)), reduction);
}

Tensor poisson_nll_loss(const Tensor& input, const Tensor& target, bool log_input, bool full, double eps,
                        Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("poisson_nll_loss");
  check_loss("poisson_nll_loss", input, target);
  Tensor losses = log_input ? exp(input) - detail::product_or_zero(target, input) : input - xlogy(target, input + eps);
  if (full) {
    const Tensor small = le(target.detach(), 1);
    const Tensor t = masked_fill(target, small, 1);
    losses = losses + masked_fill(t * log(t) - t + log(t * (2 * std::numbers::pi)) * 0.5, small, 0);
  }
  return reduce_losses(losses, reduction);
}

}  // namespace xgrad
