#include "autograd/ops/loss.h"

#include <array>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/fused_loss.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

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
    return fused_loss("binary_cross_entropy", input, target, reduced, Binary::binary_cross_entropy,
                      by(Ternary::binary_cross_entropy_gradient,
                         [](auto& g, auto& x, auto& t) { return g * (x - t) / clamp((1 - x) * x, 1e-12); }),
                      by_operations([](auto& g, auto& x, auto&) {
                        return g * (clamp(log1p(-x), -100.0) - clamp(log(x), -100.0));
                      }));
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

namespace {

/// The weight of each target: 0 where it is ignored. The targets are checked here.
Tensor target_weights(const char* operation, const Tensor& target, std::int64_t classes, const Tensor& weight,
                      std::int64_t ignore_index, Dtype dtype) {
  check<TypeError>(target.dtype() == kInt64, "{}: targets must be int64, got {}", operation, target.dtype());
  check<ShapeError>(!weight.defined() || weight.sizes() == IntArrayRef({classes}), "{}: weight has shape {}, expected [{}]",
                    operation, weight.defined() ? weight.sizes() : IntArrayRef(), classes);
  const auto* values = target.data_ptr<std::int64_t>();
  Tensor weights = ones(target.sizes(), dtype);
  const Tensor per_class = weight.defined() ? weight.detach().to(dtype).contiguous() : Tensor();
  visit_floating(dtype, operation, [&]<class T>() {
    T* out = weights.data_ptr<T>();
    for (std::int64_t i = 0; i < target.numel(); ++i) {
      if (values[i] == ignore_index) {
        out[i] = 0;
        continue;
      }
      if (values[i] < 0 || values[i] >= classes) {
        throw IndexError(fmt::format("{}: target {} is out of range: expected 0 to {}", operation, values[i], classes - 1));
      }
      if (per_class.defined()) out[i] = per_class.data_ptr<T>()[values[i]];
    }
  });
  return weights;
}

/// Log-probabilities as rows (N, C), targets as a vector; `shape` is that of the losses.
struct Classification {
  Classification(const char* operation, const Tensor& input, const Tensor& target) : shape(to_dims(target.sizes())) {
    bool fits = input.dim() >= 1 && target.dim() == std::max<std::int64_t>(0, input.dim() - 1);
    for (std::int64_t i = 0; fits && i < target.dim(); ++i) fits = target.size(i) == input.size(i == 0 ? 0 : i + 1);
    check<ShapeError>(fits, "{}: targets {} do not fit an input {}: expected (N, C, ...) and (N, ...)", operation,
                      target.sizes(), input.sizes());
    classes = input.size(input.dim() == 1 ? 0 : 1);
    rows = input.dim() <= 2 ? input : transpose(input, 1, -1);
    if (input.dim() > 2) shape = to_dims(transpose(target.dim() > 1 ? unsqueeze(target, 1) : target, 1, -1).sizes());
    rows = reshape(rows, {-1, classes});
    targets = target.dim() > 1 ? reshape(transpose(unsqueeze(target, 1), 1, -1), {-1}) : reshape(target, {-1});
    targets = targets.contiguous();
    has_inner = input.dim() > 2;
  }

  /// Losses of the rows in the shape of the targets.
  Tensor in_shape(const Tensor& losses) const {
    if (!has_inner) return reshape(losses, shape);
    return squeeze(transpose(reshape(losses, shape), 1, -1), 1);
  }

  DimVector shape;
  std::int64_t classes;
  Tensor rows;
  Tensor targets;
  bool has_inner;
};

/// The sum over rows of weighted losses, divided by the sum of the weights for the mean.
Tensor reduce_weighted(const Classification& of, const Tensor& losses, const Tensor& weights, Reduction reduction) {
  switch (reduction) {
    case Reduction::Mean: return sum(losses) / sum(weights);
    case Reduction::Sum: return sum(losses);
    default: return of.in_shape(losses);
  }
}

/// -weights * rows[target] for each row; its gradient touches one number a row.
Tensor pick_losses(const Tensor& rows, const Tensor& targets, const Tensor& weights) {
  const Tensor ignored = eq(weights, 0);
  const Tensor index =
      unsqueeze(where(logical_or(lt(targets, 0), ge(targets, rows.size(1))), zeros_like(targets), targets), 1);
  const Tensor picked = squeeze(gather(rows, 1, index), 1);
  return masked_fill(-picked * weights, ignored, 0);
}

}  // namespace

Tensor nll_loss(const Tensor& input, const Tensor& target, const Tensor& weight, std::int64_t ignore_index,
                Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("nll_loss");
  const Classification of("nll_loss", input, target);
  const Tensor weights = target_weights("nll_loss", of.targets, of.classes, weight, ignore_index, input.dtype());
  return reduce_weighted(of, pick_losses(of.rows, of.targets, weights), weights, reduction);
}

Tensor cross_entropy(const Tensor& input, const Tensor& target, const Tensor& weight, std::int64_t ignore_index,
                     Reduction reduction, double label_smoothing) {
  const autograd::profiler::RecordFunction profiled("cross_entropy");
  check<ValueError>(label_smoothing >= 0 && label_smoothing <= 1,
                    "cross_entropy: label_smoothing must lie in [0, 1], got {}", label_smoothing);
  check<ShapeError>(input.dim() >= 1, "cross_entropy: expected an input (N, C, ...), got {}", input.sizes());
  const std::int64_t class_dim = input.dim() == 1 ? 0 : 1;
  const std::int64_t classes = input.size(class_dim);
  if (input.sizes() == target.sizes() && target.is_floating_point()) {
    // Targets are probabilities.
    Tensor desired = target;
    if (label_smoothing > 0) desired = target * (1 - label_smoothing) + label_smoothing / static_cast<double>(classes);
    Tensor terms = detail::product_or_zero(desired, log_softmax(input, class_dim));
    if (weight.defined()) {
      check<ShapeError>(weight.sizes() == IntArrayRef({classes}), "cross_entropy: weight has shape {}, expected [{}]",
                        weight.sizes(), classes);
      DimVector shape(static_cast<std::size_t>(input.dim()), 1);
      shape[static_cast<std::size_t>(class_dim)] = classes;
      terms = terms * view(weight, shape);
    }
    const Tensor losses = -sum(terms, class_dim);
    if (reduction != Reduction::Mean) return reduce_losses(losses, reduction);
    return sum(losses) / static_cast<double>(input.numel() / std::max<std::int64_t>(1, classes));
  }
  const Classification of("cross_entropy", input, target);
  const Tensor weights = target_weights("cross_entropy", of.targets, of.classes, weight, ignore_index, input.dtype());
  // A row that counts for nothing may hold anything: softmax of it, and its gradient, might be NaN.
  const Tensor ignored = label_smoothing > 0 ? eq(of.targets, ignore_index) : eq(weights, 0);
  const Tensor rows = any(ignored).item<bool>() ? masked_fill(of.rows, unsqueeze(ignored, 1), 0) : of.rows;
  const Tensor log_probabilities = log_softmax(rows, 1);
  Tensor losses = pick_losses(log_probabilities, of.targets, weights);
  if (label_smoothing > 0) {
    Tensor spread = -log_probabilities;
    if (weight.defined()) spread = spread * weight;
    spread = masked_fill(sum(spread, 1), eq(of.targets, ignore_index), 0);
    losses = losses * (1 - label_smoothing) + spread * (label_smoothing / static_cast<double>(classes));
  }
  return reduce_weighted(of, losses, weights, reduction);
}

Tensor dropout(const Tensor& x, double p, bool train) {
  const autograd::profiler::RecordFunction profiled("dropout");
  check<ValueError>(p >= 0 && p <= 1, "dropout: the probability must lie in [0, 1], got {}", p);
  if (!train || p == 0) return x;
  if (p == 1) return x * zeros_like(x);
  Tensor mask = empty_like(x);
  mask.bernoulli_(1 - p);
  mask.div_(1 - p);
  return x * mask;
}

}  // namespace xgrad
