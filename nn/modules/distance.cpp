#include "nn/modules/distance.h"

#include "nn/functional/loss.h"

namespace xgrad::nn {

Tensor CosineSimilarityImpl::forward(const Tensor& x1, const Tensor& x2) const {
  return functional::cosine_similarity(x1, x2, options);
}

Tensor PairwiseDistanceImpl::forward(const Tensor& x1, const Tensor& x2) const {
  return functional::pairwise_distance(x1, x2, options);
}

}  // namespace xgrad::nn
