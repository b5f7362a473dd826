#include "autograd/ops/regression_loss.h"

#include <numbers>

#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce_losses.h"

namespace xgrad {

Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, Reduction reduction, double beta) {
  check_loss("smooth_l1_loss", input, target);
  check<ValueError>(beta >= 0, "smooth_l1_loss: beta must not be negative, got {}", beta);
  if (beta == 0) return l1_loss(input, target, reduction);
  const Tensor distance = abs(input - target);
  return reduce_losses(where(lt(distance.detach(), beta), square(distance) * (0.5 / beta), distance - 0.5 * beta),
                       reduction);
}

Tensor huber_loss(const Tensor& input, const Tensor& target, Reduction reduction, double delta) {
  check_loss("huber_loss", input, target);
  check<ValueError>(delta > 0, "huber_loss: delta must be positive, got {}", delta);
  const Tensor distance = abs(input - target);
  return reduce_losses(where(le(distance.detach(), delta), square(distance) * 0.5, (distance - 0.5 * delta) * delta),
                       reduction);
}

Tensor kl_div(const Tensor& input, const Tensor& target, Reduction reduction, bool log_target) {
  check_loss("kl_div", input, target);
  if (log_target) return reduce_losses(exp(target) * (target - input), reduction);
  const Tensor positive = masked_fill(target, eq(target.detach(), 0), 1);  // 0 log 0 is 0
  return reduce_losses(target * log(positive) - target * input, reduction);
}

Tensor poisson_nll_loss(const Tensor& input, const Tensor& target, bool log_input, bool full, double eps,
                        Reduction reduction) {
  check_loss("poisson_nll_loss", input, target);
  Tensor losses = log_input ? exp(input) - target * input : input - target * log(input + eps);
  if (full) {
    const Tensor small = le(target.detach(), 1);
    const Tensor t = masked_fill(target, small, 1);
    losses = losses + masked_fill(t * log(t) - t + log(t * (2 * std::numbers::pi)) * 0.5, small, 0);
  }
  return reduce_losses(losses, reduction);
}

}  // namespace xgrad
