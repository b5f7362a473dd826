#include "autograd/backward/clear_gradient.h"

#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/gradient_rows.h"

namespace xgrad {

void clear_gradient(const Tensor& leaf, OnlyBool set_to_none) {
  if (!leaf.grad().defined()) return;
  AutogradMeta& meta = *leaf.impl()->meta;
  if (set_to_none) {
    Tensor dropped = std::move(meta.grad);
    if (meta.accumulator) keep_table(*meta.accumulator, std::move(dropped));
  } else {
    meta.grad.detach_();
    zero_gradient(meta.grad);
  }
}

}  // namespace xgrad
