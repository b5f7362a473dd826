#include "nn/modules/margin_loss.h"

#include "nn/functional/loss.h"
#include "nn/modules/handle_of.h"

namespace xgrad::nn {

Tensor HingeEmbeddingLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::hinge_embedding_loss(input, target, options);
}

Tensor MarginRankingLossImpl::forward(const Tensor& input1, const Tensor& input2, const Tensor& target) const {
  return functional::margin_ranking_loss(input1, input2, target, options);
}

Tensor CosineEmbeddingLossImpl::forward(const Tensor& input1, const Tensor& input2, const Tensor& target) const {
  return functional::cosine_embedding_loss(input1, input2, target, options);
}

MultiMarginLossImpl::MultiMarginLossImpl(const MultiMarginLossOptions& options_) : Layer(options_) { reset(); }
void MultiMarginLossImpl::reset() { weight = register_buffer("weight", handle_of(options.weight())); }
Tensor MultiMarginLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::multi_margin_loss(input, target, MultiMarginLossOptions(options).weight(weight));
}

Tensor MultiLabelMarginLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::multilabel_margin_loss(input, target, options);
}

MultiLabelSoftMarginLossImpl::MultiLabelSoftMarginLossImpl(const MultiLabelSoftMarginLossOptions& options_)
    : Layer(options_) {
  reset();
}
void MultiLabelSoftMarginLossImpl::reset() { weight = register_buffer("weight", handle_of(options.weight())); }
Tensor MultiLabelSoftMarginLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::multilabel_soft_margin_loss(input, target, MultiLabelSoftMarginLossOptions(options).weight(weight));
}

Tensor SoftMarginLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::soft_margin_loss(input, target, options);
}

Tensor TripletMarginLossImpl::forward(const Tensor& anchor, const Tensor& positive, const Tensor& negative) const {
  return functional::triplet_margin_loss(anchor, positive, negative, options);
}

Tensor TripletMarginWithDistanceLossImpl::forward(const Tensor& anchor, const Tensor& positive,
                                                  const Tensor& negative) const {
  return functional::triplet_margin_with_distance_loss(anchor, positive, negative, options);
}

}  // namespace xgrad::nn
