#include "autograd/ops/margin_loss.h"

#include <algorithm>

#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/comparison.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/distance.h"
#include "autograd/ops/embedding.h"
#include "autograd/ops/indexing.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce_losses.h"
#include "autograd/ops/view.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

Tensor hinge_embedding_loss(const Tensor& input, const Tensor& target, double margin, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("hinge_embedding_loss");
  check_loss("hinge_embedding_loss", input, target);
  const Tensor apart = masked_fill(clamp(margin - input, 0), eq(target, 1), 0);
  return reduce_losses(apart + masked_fill(input, eq(target, -1), 0), reduction);
}

Tensor margin_ranking_loss(const Tensor& input1, const Tensor& input2, const Tensor& target, double margin,
                           Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("margin_ranking_loss");
  check<TypeError>(input1.is_floating_point() && input2.is_floating_point(),
                   "margin_ranking_loss: expected floating-point inputs, got {} and {}", input1.dtype(), input2.dtype());
  check<ShapeError>(input1.dim() == input2.dim() && input1.dim() == target.dim(),
                    "margin_ranking_loss: expected inputs and a target of as many dimensions, got {}, {} and {}",
                    input1.sizes(), input2.sizes(), target.sizes());
  return reduce_losses(clamp(-target * (input1 - input2) + margin, 0), reduction);
}

Tensor cosine_embedding_loss(const Tensor& input1, const Tensor& input2, const Tensor& target, double margin,
                             Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("cosine_embedding_loss");
  check_loss("cosine_embedding_loss", input1, input2);
  check<ShapeError>((input1.dim() == 1 || input1.dim() == 2) && target.dim() == input1.dim() - 1 &&
                        (target.dim() == 0 || target.size(0) == input1.size(0)),
                    "cosine_embedding_loss: inputs {} and a target {} do not fit: expected (N, D) and (N), or (D) and ()",
                    input1.sizes(), target.sizes());
  constexpr double eps = 1e-12;
  const Tensor lengths = sqrt((sum(square(input1), -1) + eps) * (sum(square(input2), -1) + eps));
  const Tensor cosine = sum(input1 * input2, -1) / lengths;
  const Tensor zero = zeros({}, cosine.dtype());
  return reduce_losses(where(eq(target, 1), 1 - cosine, zero) + where(eq(target, -1), clamp(cosine - margin, 0), zero),
                       reduction);
}

namespace {

/// Inputs as rows (N, C), and targets with one dimension in front as well.
struct Rows {
  Rows(const char* operation, const Tensor& input, const Tensor& target) : single(input.dim() == 1) {
    check<TypeError>(input.is_floating_point() && target.dtype() == kInt64,
                     "{}: expected a floating-point input and int64 targets, got {} and {}", operation, input.dtype(),
                     target.dtype());
    check<ShapeError>((single || input.dim() == 2) && input.size(-1) > 0, "{}: expected an input (N, C) or (C), got {}",
                      operation, input.sizes());
    inputs = single ? unsqueeze(input, 0) : input;
    targets = single ? unsqueeze(target, 0) : target;
    classes = inputs.size(1);
  }

  Tensor reduce(const Tensor& losses, Reduction reduction) const {
    return reduce_losses(single ? squeeze(losses, 0) : losses, reduction);
  }

  bool single;
  Tensor inputs;
  Tensor targets;
  std::int64_t classes;
};

}  // namespace

Tensor multi_margin_loss(const Tensor& input, const Tensor& target, std::int64_t p, double margin, const Tensor& weight,
                         Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("multi_margin_loss");
  const Rows of("multi_margin_loss", input, target);
  check<ValueError>(p == 1 || p == 2, "multi_margin_loss: p must be 1 or 2, got {}", p);
  const Tensor targets = of.targets.dim() == 2 && of.single ? squeeze(of.targets, 1) : of.targets;
  check<ShapeError>(targets.sizes() == IntArrayRef({of.inputs.size(0)}),
                    "multi_margin_loss: targets {} do not fit an input {}", target.sizes(), input.sizes());
  check<ShapeError>(!weight.defined() || weight.sizes() == IntArrayRef({of.classes}),
                    "multi_margin_loss: expected a weight for each of {} classes", of.classes);
  const Tensor column = unsqueeze(targets, 1);
  Tensor short_by = relu(of.inputs - gather(of.inputs, 1, column) + margin);
  if (p == 2) short_by = square(short_by);
  if (weight.defined()) short_by = short_by * unsqueeze(index_select(weight, 0, targets), 1);
  const Tensor others = masked_fill(short_by, one_hot(targets, of.classes).to(kBool), 0);
  return of.reduce(sum(others, 1) / static_cast<double>(of.classes), reduction);
}

Tensor multilabel_margin_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("multilabel_margin_loss");
  const Rows of("multilabel_margin_loss", input, target);
  check<ShapeError>(input.sizes() == target.sizes(), "multilabel_margin_loss: input {} and target {} must have one shape",
                    input.sizes(), target.sizes());
  // Which entries of a row name a class, and which classes are named.
  const std::int64_t rows = of.inputs.size(0);
  Tensor labels = zeros({rows, of.classes}, kInt64);
  Tensor unused = ones({rows, of.classes}, kBool);
  Tensor named = zeros({rows, of.classes}, kBool);
  std::int64_t most = 0;  // how many classes a row names
  const auto values = of.targets.to_vector<std::int64_t>();
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t i = 0; i < of.classes; ++i) {
      const std::int64_t label = values[static_cast<std::size_t>(row * of.classes + i)];
      if (label == -1) break;
      check<IndexError>(label >= 0 && label < of.classes, "multilabel_margin_loss: target {} is not in [0, {})", label,
                        of.classes);
      labels.data_ptr<std::int64_t>()[row * of.classes + i] = label;
      unused.data_ptr<bool>()[row * of.classes + i] = false;
      named.data_ptr<bool>()[row * of.classes + label] = true;
      most = std::max(most, i + 1);
    }
  }
  labels = narrow(labels, 1, 0, most);
  unused = narrow(unused, 1, 0, most);
  const Tensor right = unsqueeze(gather(of.inputs, 1, labels), 2);
  Tensor short_by = relu(unsqueeze(of.inputs, 1) - right + 1);  // (rows, targets, classes)
  short_by = masked_fill(short_by, logical_or(unsqueeze(unused, 2), unsqueeze(named, 1)), 0);
  return of.reduce(sum(short_by, {1, 2}) / static_cast<double>(of.classes), reduction);
}

Tensor multilabel_soft_margin_loss(const Tensor& input, const Tensor& target, const Tensor& weight, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("multilabel_soft_margin_loss");
  check_loss("multilabel_soft_margin_loss", input, target);
  check<ShapeError>(input.dim() >= 1, "multilabel_soft_margin_loss: expected an input (..., C), got {}", input.sizes());
  const Tensor losses = binary_cross_entropy_with_logits(input, target, weight, {}, kNone);
  return reduce_losses(sum(losses, -1) / static_cast<double>(input.size(-1)), reduction);
}

Tensor soft_margin_loss(const Tensor& input, const Tensor& target, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("soft_margin_loss");
  check_loss("soft_margin_loss", input, target);
  return reduce_losses(-logsigmoid(target * input), reduction);
}

Tensor triplet_margin_with_distance_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                         const std::function<Tensor(const Tensor&, const Tensor&)>& distance, double margin,
                                         OnlyBool swap, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("triplet_margin_with_distance_loss");
  check<ValueError>(margin >= 0, "triplet_margin_loss: the margin must not be negative, got {}", margin);
  check<ValueError>(distance != nullptr, "triplet_margin_with_distance_loss: there is no distance function");
  const Tensor near = distance(anchor, positive);
  Tensor far = distance(anchor, negative);
  if (swap) far = minimum(far, distance(positive, negative));
  return reduce_losses(clamp(near - far + margin, 0), reduction);
}

Tensor triplet_margin_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative, double margin, OnlyReal p,
                           double eps, OnlyBool swap, Reduction reduction) {
  const autograd::profiler::RecordFunction profiled("triplet_margin_loss");
  check<ShapeError>(anchor.dim() == positive.dim() && anchor.dim() == negative.dim(),
                    "triplet_margin_loss: anchor {}, positive {} and negative {} differ in their numbers of dimensions",
                    anchor.sizes(), positive.sizes(), negative.sizes());
  return triplet_margin_with_distance_loss(
      anchor, positive, negative, [=](const Tensor& a, const Tensor& b) { return pairwise_distance(a, b, p, eps); }, margin,
      swap, reduction);
}

}  // namespace xgrad
