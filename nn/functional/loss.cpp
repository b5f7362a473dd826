#include "nn/functional/loss.h"

#include <variant>

#include "autograd/ops/arithmetic.h"

namespace xgrad::nn::functional {

Tensor kl_div(const Tensor& input, const Tensor& target, const KLDivFuncOptions& options) {
  if (const auto* reduction = std::get_if<Reduction>(&options.reduction())) {
    return xgrad::kl_div(input, target, *reduction, options.log_target());
  }
  const Tensor total = xgrad::kl_div(input, target, kSum, options.log_target());
  return input.dim() == 0 ? total : total / static_cast<double>(input.size(0));
}

Tensor triplet_margin_with_distance_loss(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                                         const TripletMarginWithDistanceLossFuncOptions& options) {
  const DistanceFunction plain = [](const Tensor& a, const Tensor& b) { return xgrad::pairwise_distance(a, b); };
  return xgrad::triplet_margin_with_distance_loss(anchor, positive, negative,
                                                  options.distance_function() ? options.distance_function() : plain,
                                                  options.margin(), options.swap(), options.reduction());
}

}  // namespace xgrad::nn::functional
