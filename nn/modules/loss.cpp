#include "nn/modules/loss.h"

#include "nn/functional/loss.h"
#include "nn/modules/handle_of.h"

namespace xgrad::nn {

CrossEntropyLossImpl::CrossEntropyLossImpl(const CrossEntropyLossOptions& options_) : Layer(options_) { reset(); }
void CrossEntropyLossImpl::reset() { weight = register_buffer("weight", handle_of(options.weight())); }
Tensor CrossEntropyLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::cross_entropy(input, target, CrossEntropyLossOptions(options).weight(weight));
}

NLLLossImpl::NLLLossImpl(const NLLLossOptions& options_) : Layer(options_) { reset(); }
void NLLLossImpl::reset() { weight = register_buffer("weight", handle_of(options.weight())); }
Tensor NLLLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::nll_loss(input, target, NLLLossOptions(options).weight(weight));
}

BCELossImpl::BCELossImpl(const BCELossOptions& options_) : Layer(options_) { reset(); }
void BCELossImpl::reset() { weight = register_buffer("weight", handle_of(options.weight())); }
Tensor BCELossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::binary_cross_entropy(input, target, BCELossOptions(options).weight(weight));
}

BCEWithLogitsLossImpl::BCEWithLogitsLossImpl(const BCEWithLogitsLossOptions& options_) : Layer(options_) { reset(); }
void BCEWithLogitsLossImpl::reset() {
  weight = register_buffer("weight", handle_of(options.weight()));
  pos_weight = register_buffer("pos_weight", handle_of(options.pos_weight()));
}
Tensor BCEWithLogitsLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::binary_cross_entropy_with_logits(
      input, target, BCEWithLogitsLossOptions(options).weight(weight).pos_weight(pos_weight));
}

Tensor KLDivLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::kl_div(input, target, options);
}

Tensor PoissonNLLLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::poisson_nll_loss(input, target, options);
}

Tensor CTCLossImpl::forward(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths,
                            const Tensor& target_lengths) const {
  return functional::ctc_loss(log_probs, targets, input_lengths, target_lengths, options);
}

}  // namespace xgrad::nn
