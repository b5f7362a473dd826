/// What only some tensors carry: a gradient, an accumulator, hooks, a base, rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "autograd/base/memory_pool.h"
#include "autograd/graph/node.h"

namespace xgrad {

/// Of a tensor that is itself a gradient: see gradient_rows.h.
struct GradientRows {
  std::vector<std::int64_t> numbers;  ///< of the rows outside of which it is zero
  std::uint32_t version = 0;          ///< of the memory for which that holds
};

/// Where the hook of retain_grad() takes gradients, which does not keep the tensor.
struct RetainedGradient {
  std::mutex mutex;
  TensorImpl* tensor;  ///< null where it has gone
};

struct AutogradMeta {
  ~AutogradMeta();
  static void* operator new(std::size_t bytes) { return pool_allocate(bytes); }
  static void operator delete(void* memory, std::size_t bytes) { pool_free(memory, bytes); }

  Tensor grad;
  intrusive_ptr<Node> accumulator;  ///< of a leaf that requires a gradient
  Tensor base;                      ///< of a view
  std::uint32_t view_version = 0;   ///< version of the base's storage that a view's grad_fn belongs to
  bool views_leaf = false;          ///< whether a view is one of a leaf that required a gradient, if that is not the base
  bool viewed_unrecorded = false;   ///< whether a view was made while grad mode was off
  /// Of a result of a Function: that its memory is an argument's or another result's too, since view_version.
  bool shares_in_function = false;
  std::shared_ptr<RetainedGradient> retained;  ///< of a tensor that retains its gradient,
  intrusive_ptr<Node> retained_at;             ///< by a hook of this node
  unsigned retained_hook = 0;                  ///< with this number
  std::unique_ptr<GradientRows> rows;
  std::vector<std::function<void(const Tensor&)>> post_accumulate_hooks;  ///< empty functions where one was taken away
};

/// Has the gradient of this output of a node reach the tensor's grad(), and no longer that of the node before.
void retain_gradient(TensorImpl& tensor, const intrusive_ptr<Node>& node, std::uint32_t output_number);

/// Runs the hooks that wait for a leaf's gradient.
inline void run_post_accumulate_hooks(const Tensor& leaf) {
  const AutogradMeta& meta = leaf.impl()->ensure_meta();
  for (std::size_t i = 0; i < meta.post_accumulate_hooks.size(); ++i) {  // by index: a hook may register another
    const auto hook = meta.post_accumulate_hooks[i];
    if (hook) hook(leaf);
  }
}

/// Whether a result of a Function shares its memory with an argument or another result.
inline bool shares_memory_in_function(const Tensor& tensor) {
  return tensor.impl()->meta && tensor.impl()->meta->shares_in_function;
}

}  // namespace xgrad
