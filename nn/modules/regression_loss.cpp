#include "nn/modules/regression_loss.h"

#include "nn/functional/loss.h"

namespace xgrad::nn {

Tensor MSELossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::mse_loss(input, target, options);
}

Tensor L1LossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::l1_loss(input, target, options);
}

Tensor SmoothL1LossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::smooth_l1_loss(input, target, options);
}

Tensor HuberLossImpl::forward(const Tensor& input, const Tensor& target) const {
  return functional::huber_loss(input, target, options);
}

}  // namespace xgrad::nn
