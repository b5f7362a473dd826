#include "autograd/graph/clear_gradient.h"

namespace xgrad {

void clear_gradient(const Tensor& leaf, bool set_to_none) {
  Tensor& grad = leaf.mutable_grad();
  if (!grad.defined()) return;
  if (set_to_none) {
    grad = Tensor();
  } else {
    grad.detach_();
    grad.zero_();
  }
}

}  // namespace xgrad
