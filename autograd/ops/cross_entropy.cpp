#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "autograd/base/check.h"
#include "autograd/graph/record.h"
#include "autograd/kernels/softmax.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/loss.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

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

/// The losses of rows, one each, as a node of the graph: of each, their sum, or their mean by weight. gradient(factors)
/// gives that of the rows from what arrives at each row, times its weight; with history where `factors` has one.
template <class Gradient>
Tensor reduced(const char* name, const Classification& of, const Tensor& losses, const Tensor& weights, Reduction reduction,
               const Gradient& gradient) {
  if (reduction == Reduction::None) {
    return of.in_shape(record(name, losses, {of.rows}, [gradient, weights = SavedTensor(weights)](const Tensor& grad) {
      return gradient(grad * weights.unpack());
    }));
  }
  const Tensor divisor = reduction == Reduction::Mean ? sum(weights) : Tensor();
  Tensor y = sum(losses);
  if (divisor.defined()) y = y / divisor;
  return record(name, std::move(y), {of.rows}, [gradient, weights = SavedTensor(weights), divisor](const Tensor& grad) {
    return gradient((divisor.defined() ? grad / divisor : grad) * weights.unpack());
  });
}

/// Targets as indices: those that are ignored may be anything.
Tensor indices_of(const Tensor& targets, std::int64_t classes) {
  const Tensor outside = logical_or(lt(targets, 0), ge(targets, classes));
  return unsqueeze(masked_fill(targets, outside, 0), 1);
}

/// -weights * rows[target] for each row.
Tensor pick_losses(const Tensor& rows, const Tensor& targets, const Tensor& weights) {
  const std::int64_t classes = rows.size(1);
  const Tensor values = rows.detach().contiguous();
  Tensor losses = empty({rows.size(0)}, rows.dtype());
  visit_floating(rows.dtype(), "nll_loss", [&]<class T>() {
    const auto* target = targets.data_ptr<std::int64_t>();
    const T* weight = weights.data_ptr<T>();
    const T* from = values.data_ptr<T>();
    T* out = losses.data_ptr<T>();
    for (std::int64_t i = 0; i < rows.size(0); ++i) out[i] = weight[i] == 0 ? 0 : -from[i * classes + target[i]] * weight[i];
  });
  return losses;
}

/// What arrives at rows, 0 where they have no weight: the mean of none arrives as NaN.
Tensor of_weighted(const Tensor& factors, const Tensor& weights) { return masked_fill(factors, eq(weights, 0), 0); }

/// Zeros, and `values` at the targets, one in a row that has a weight.
Tensor at_targets(const Tensor& values, const Tensor& targets, std::int64_t classes, const Tensor& weights) {
  Tensor zero = zeros({targets.size(0), classes}, values.dtype());
  if (GradMode::is_enabled()) {
    return scatter_add(zero, 1, indices_of(targets, classes), unsqueeze(of_weighted(values, weights), 1));
  }
  visit_floating(values.dtype(), "nll_loss", [&]<class T>() {
    const auto* target = targets.data_ptr<std::int64_t>();
    const Tensor source = values.contiguous();
    const T* from = source.data_ptr<T>();
    const T* weight = weights.data_ptr<T>();
    T* out = zero.data_ptr<T>();
    for (std::int64_t i = 0; i < targets.size(0); ++i) {
      if (weight[i] != 0) out[i * classes + target[i]] = from[i];
    }
  });
  return zero;
}

/// The cross entropy of each row and its target, and for each row the two parts of log(sum(e^x)).
struct CrossEntropy {
  CrossEntropy(const Tensor& rows, const Tensor& targets, const Tensor& weights)
      : losses(empty({rows.size(0)}, rows.dtype())), log_sums(empty({rows.size(0), 2}, rows.dtype())) {
    const Tensor values = rows.detach().contiguous();
    visit_floating(rows.dtype(), "cross_entropy", [&]<class T>() {
      kernels::cross_entropy_rows(values.data_ptr<T>(), rows.size(0), rows.size(1), targets.data_ptr<std::int64_t>(),
                                  weights.data_ptr<T>(), losses.data_ptr<T>(), log_sums.data_ptr<T>());
    });
  }

  Tensor losses;
  Tensor log_sums;
};

/// The gradient of rows: softmax, less 1 at the target, times the factor of each row.
Tensor cross_entropy_gradient(const Tensor& factors, const Tensor& rows, const Tensor& targets, const Tensor& weights,
                              const Tensor& log_sums) {
  if (GradMode::is_enabled()) {
    const Tensor known = masked_fill(rows, unsqueeze(eq(weights, 0), 1), 0);
    return softmax(known, 1) * unsqueeze(of_weighted(factors, weights), 1) -
           at_targets(factors, targets, rows.size(1), weights);
  }
  const Tensor each = factors.contiguous();
  const Tensor values = rows.contiguous();
  Tensor gradient = empty(rows.sizes(), rows.dtype());
  visit_floating(rows.dtype(), "cross_entropy", [&]<class T>() {
    kernels::cross_entropy_rows_backward(each.data_ptr<T>(), values.data_ptr<T>(), rows.size(0), rows.size(1),
                                         targets.data_ptr<std::int64_t>(), weights.data_ptr<T>(), log_sums.data_ptr<T>(),
                                         gradient.data_ptr<T>());
  });
  return gradient;
}

}  // namespace

Tensor nll_loss(const Tensor& input, const Tensor& target, const Tensor& weight, std::int64_t ignore_index,
                Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("nll_loss");
  const Classification of("nll_loss", input, target);
  const Tensor weights = target_weights("nll_loss", of.targets, of.classes, weight, ignore_index, input.dtype());
  return reduced("nll_loss", of, pick_losses(of.rows, of.targets, weights), weights, reduction,
                 [targets = of.targets, classes = of.classes, weights](const Tensor& factors) {
                   return at_targets(-factors, targets, classes, weights);
                 });
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
    const std::int64_t rows = input.numel() / std::max<std::int64_t>(1, classes);
    return sum(losses) / static_cast<double>(rows);
  }
  const Classification of("cross_entropy", input, target);
  const Tensor weights = target_weights("cross_entropy", of.targets, of.classes, weight, ignore_index, input.dtype());
  if (label_smoothing == 0) {
    const CrossEntropy fused(of.rows, of.targets, weights);
    return reduced("cross_entropy", of, fused.losses, weights, reduction,
                   [rows = SavedTensor(of.rows), targets = SavedTensor(of.targets), weights = SavedTensor(weights),
                    log_sums = SavedTensor(fused.log_sums)](const Tensor& factors) {
                     return cross_entropy_gradient(factors, rows.unpack(), targets.unpack(), weights.unpack(),
                                                   log_sums.unpack());
                   });
  }
  // A row that counts for nothing may hold anything: softmax of it, and its gradient, might be NaN.
  const Tensor ignored = eq(of.targets, ignore_index);
  const Tensor rows = any(ignored).item<bool>() ? masked_fill(of.rows, unsqueeze(ignored, 1), 0) : of.rows;
  const Tensor log_probabilities = log_softmax(rows, 1);
  const Tensor index = indices_of(of.targets, of.classes);
  Tensor losses = masked_fill(-squeeze(gather(log_probabilities, 1, index), 1) * weights, eq(weights, 0), 0);
  Tensor spread = -log_probabilities;
  if (weight.defined()) spread = spread * weight;
  spread = masked_fill(sum(spread, 1), ignored, 0);
  losses = losses * (1 - label_smoothing) + spread * (label_smoothing / static_cast<double>(classes));
  switch (reduction) {
    case Reduction::Mean: return sum(losses) / sum(weights);
    case Reduction::Sum: return sum(losses);
    default: return of.in_shape(losses);
  }
}

}  // namespace xgrad
