#include "autograd/ops/regression_loss.h"

#include <numbers>

#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/binary.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/fused_loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// d^2 / 2 within [-delta, delta], and delta (|d| - delta / 2) outside, times `scale`: both are the product of d limited to
/// that and what remains of d, which has a finite gradient for an infinite difference, too.
Tensor scaled_huber(const char* name, const Tensor& input, const Tensor& target, Reduction reduction, double delta,
                    double scale) {
  const auto gradient = [=](const Tensor& grad, const Tensor& v, const Tensor& w) {
    return grad * (clamp(v - w, -delta, delta) * scale);
  };
  return fused_loss(name, input, target, reduction, Binary::huber,
                    by(Ternary::huber_gradient, [=](auto& g, auto& v, auto& w) { return gradient(g, v, w); }),
                    by_swapped(Ternary::huber_gradient, [=](auto& g, auto& v, auto& w) { return gradient(g, w, v); }),
                    {delta, scale});
}

}  // namespace

Tensor smooth_l1_loss(const Tensor& input, const Tensor& target, Reduction reduction, double beta) {
  const autograd::profiler::RecordFunction profiled("smooth_l1_loss");
  check_loss("smooth_l1_loss", input, target);
  check<ValueError>(beta >= 0, "smooth_l1_loss: beta must not be negative, got {}", beta);
  if (beta == 0) return l1_loss(input, target, reduction);
  return scaled_huber("smooth_l1_loss", input, target, reduction, beta, 1 / beta);
}

Tensor huber_loss(const Tensor& input, const Tensor& target, Reduction reduction, double delta) {
  const autograd::profiler::RecordFunction profiled("huber_loss");
  check_loss("huber_loss", input, target);
  check<ValueError>(delta > 0, "huber_loss: delta must be positive, got {}", delta);
  return scaled_huber("huber_loss", input, target, reduction, delta, 1);
}

Tensor kl_div(const Tensor& input, const Tensor& target, Reduction reduction, bool log_target) {
  const autograd::profiler::RecordFunction profiled("kl_div");
  check_loss("kl_div", input, target);
  // Where the target is 0 the loss is 0, whatever the input is.
  if (log_target) {
    return fused_loss("kl_div", input, target, reduction, Binary::kl_div_of_logarithms,
                      by_operations([](auto& g, auto&, auto& t) { return -(g * exp(t)); }),
                      by_operations([](auto& g, auto& x, auto& t) {
                        const Tensor none = eq(exp(t.detach()), 0);
                        return g * masked_fill(exp(t) * (masked_fill(t, none, 0) - masked_fill(x, none, 0) + 1), none, 0);
                      }));
  }
  return fused_loss("kl_div", input, target, reduction, Binary::kl_div,
                    by_operations([](auto& g, auto&, auto& t) { return -(g * t); }),
                    by_operations([](auto& g, auto& x, auto& t) {
                      const Tensor none = eq(t.detach(), 0);
                      const Tensor unlikely = logical_and(none, isinf(x.detach()));
                      const Tensor difference = log(masked_fill(t, none, 1)) - masked_fill(x, unlikely, 0);
                      return g * (difference + masked_fill(ones_like(t), none, 0));
                    }));
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
