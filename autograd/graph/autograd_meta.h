/// What only some tensors carry: a gradient, an accumulator, hooks, a base.
#pragma once

#include <memory>
#include <mutex>

#include "autograd/graph/node.h"

namespace xgrad {

struct AutogradMeta {
  ~AutogradMeta();

  Tensor grad;
  intrusive_ptr<Node> accumulator;  ///< of a leaf that requires a gradient
  Tensor base;                      ///< of a view
  std::uint32_t view_version = 0;   ///< version of the base's storage that a view's grad_fn belongs to
  bool retains_grad = false;
  std::shared_ptr<int> alive;  ///< tells the hook of retain_grad whether the tensor still exists
};

}  // namespace xgrad
