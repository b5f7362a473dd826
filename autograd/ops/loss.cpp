#include "autograd/ops/loss.h"

#include <array>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/fused_loss.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor mse_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  check_same_shape("mse_loss", input, target);
  if (!is_floating_point(result_type(input, target))) return reduce_losses(square(input - target), reduction);
  return fused_loss(
      "mse_loss", input, target, reduction, Binary::squared_difference,
      by(Ternary::squared_difference_gradient, [](auto& g, auto& v, auto& w) { return g * ((v - w) * 2); }),
      by_swapped(Ternary::squared_difference_gradient, [](auto& g, auto& v, auto& w) { return g * ((w - v) * 2); }));
}

Tensor l1_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  check_same_shape("l1_loss", input, target);
  if (!is_floating_point(result_type(input, target))) return reduce_losses(abs(input - target), reduction);
  return fused_loss(
      "l1_loss", input, target, reduction, Binary::absolute_difference,
      by(Ternary::absolute_difference_gradient, [](auto& g, auto& v, auto& w) { return g * sign(v - w); }),
      by_swapped(Ternary::absolute_difference_gradient, [](auto& g, auto& v, auto& w) { return g * sign(w - v); }));
}

namespace {

/// Whether all elements lie in [low, high], which NaN does not.
bool all_between(const Tensor& x, double low, double high) {
  if (x.numel() == 0) return true;
  const auto smallest = amin(x.detach()).item<double>();
  return smallest >= low && amax(x.detach()).item<double>() <= high;
}

}  // namespace

Tensor binary_cross_entropy(const Tensor& input, const Tensor& target, const Tensor& weight, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("binary_cross_entropy");
  check_same_shape("binary_cross_entropy", input, target);
  check<TypeError>(input.dtype() == target.dtype() && input.is_floating_point(),
                   "binary_cross_entropy: input and target must have one floating-point dtype, got {} and {}", input.dtype(),
                   target.dtype());
  check<ValueError>(
      all_between(input, 0, 1),
      "binary_cross_entropy: the input must lie between 0 and 1; binary_cross_entropy_with_logits takes any number");
  const auto loss = [&](Reduction reduced) {
    return fused_loss(
        "binary_cross_entropy", input, target, reduced, Binary::binary_cross_entropy,
        by(Ternary::binary_cross_entropy_gradient,
           [](auto& g, auto& x, auto& t) { return g * (x - t) / clamp((1 - x) * x, 1e-12); }),
        by_operations([](auto& g, auto& x, auto&) { return g * (clamp(log1p(-x), -100.0) - clamp(log(x), -100.0)); }));
  };
  return weight.defined() ? reduce_losses(loss(Reduction::None) * weight, reduction) : loss(reduction);
}

Tensor binary_cross_entropy_with_logits(const Tensor& input, const Tensor& target, const Tensor& weight,
                                        const Tensor& pos_weight, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("binary_cross_entropy_with_logits");
  check_same_shape("binary_cross_entropy_with_logits", input, target);
  check<TypeError>(input.is_floating_point(), "binary_cross_entropy_with_logits: expected a floating-point input, got {}",
                   input.dtype());
  if (!pos_weight.defined() && input.dtype() == target.dtype()) {
    const auto loss = [&](Reduction reduced) {
      return fused_loss("binary_cross_entropy_with_logits", input, target, reduced, Binary::binary_cross_entropy_with_logits,
                        by(Ternary::binary_cross_entropy_with_logits_gradient,
                           [](auto& g, auto& x, auto& t) { return g * ((1 - t) * sigmoid(x) - t * sigmoid(-x)); }),
                        by_operations([](auto& g, auto& x, auto&) { return g * -x; }));
    };
    return weight.defined() ? reduce_losses(loss(Reduction::None) * weight, reduction) : loss(reduction);
  }
  Tensor losses;
  {
    // t w log(1 + e^-x) + (1 - t) log(1 + e^x): both logarithms keep their digits where they are small.
    const NoGradGuard no_grad;
    const Tensor positive = pos_weight.defined() ? target * pos_weight : target;
    losses =
        -(detail::product_or_zero(positive, logsigmoid(input)) + detail::product_or_zero(1 - target, logsigmoid(-input)));
  }
  losses = record("BinaryCrossEntropyWithLogits", losses, {input, target, pos_weight},
                  [input = SavedTensor(input), target = SavedTensor(target), pos_weight = SavedTensor(pos_weight)](
                      const Tensor& grad, const Node& node) {
                    const Tensor x = input.unpack();
                    const Tensor t = target.unpack();
                    const Tensor w = pos_weight.unpack();
                    std::array<Tensor, 3> gradients;
                    if (node.needs_gradient(0)) {
                      const Tensor positive = w.defined() ? t * w : t;
                      gradients[0] = sum_to(grad * ((1 - t) * sigmoid(x) - positive * sigmoid(-x)), x.sizes());
                    }
                    if (node.needs_gradient(1)) {
                      gradients[1] = sum_to(grad * (w.defined() ? logsigmoid(-x) - w * logsigmoid(x) : -x), t.sizes());
                    }
                    if (node.needs_gradient(2)) {
                      gradients[2] = sum_to(-grad * detail::product_or_zero(t, logsigmoid(x)), w.sizes());
                    }
                    return gradients;
                  });
  return reduce_losses(weight.defined() ? losses * weight : losses, reduction);
}

Tensor dropout(const Tensor& x, OnlyReal p, OnlyBool train) {
  const autograd::profiler::RecordFunction profiled("dropout");
  check<ValueError>(p >= 0 && p <= 1, "dropout: the probability must lie in [0, 1], got {}", p);
  if (!train || p == 0) return x;
  if (p == 1) return x * zeros_like(x);
  Tensor mask = empty(x.sizes(), x.dtype());  // drawn in row-major order, however x lies
  mask.bernoulli_(1 - p);
  mask.div_(1 - p);
  return x * mask;
}

}  // namespace xgrad
