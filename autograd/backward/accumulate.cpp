// The node at which a gradient ends: it adds what arrives to the gradient of a leaf.

#include <atomic>
#include <cstddef>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "autograd/base/check.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/graph/node.h"
#include "autograd/graph/ownership.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

/// A mutex that costs one exchange where nobody waits: it is taken for each leaf in each backward pass.
class LightMutex {
 public:
  void lock() {
    while (locked_.exchange(1, std::memory_order_acquire) != 0) locked_.wait(1, std::memory_order_relaxed);
  }
  void unlock() {
    locked_.store(0, std::memory_order_release);
    locked_.notify_one();
  }

 private:
  std::atomic<int> locked_{0};  ///< of the type that the system waits for: others take a locked addition to notify
};

/// Adds gradients to a leaf.
class AccumulateGradient final : public Node {
 public:
  explicit AccumulateGradient(TensorImpl* leaf) : Node("AccumulateGrad", 1), leaf_(leaf) {}

  void apply(std::span<Tensor> output_gradients, std::span<Tensor>) override {
    Tensor& gradient = output_gradients[0];
    if (!gradient.defined()) return;
    Tensor leaf;  // of the hooks, which run without the lock
    {
      const std::lock_guard lock(mutex_);
      // Nobody can ask for this gradient any more, or it is not wanted.
      if (leaf_ == nullptr || !leaf_->requires_grad) return;
      accumulate(gradient);
      if (!leaf_->meta->post_accumulate_hooks.empty()) leaf = alive();
    }
    if (leaf.defined()) run_post_accumulate_hooks(leaf);
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    leaf_ = nullptr;
    tables_.clear();
  }

  Tensor leaf() const {
    const std::lock_guard lock(mutex_);
    return alive();
  }

  Tensor take_table(IntArrayRef sizes, Dtype dtype) {
    const std::lock_guard lock(mutex_);
    while (!tables_.empty()) {
      Tensor table = std::move(tables_.back());
      tables_.pop_back();
      if (table.sizes() == sizes && table.dtype() == dtype) return table;
    }
    return zeros(sizes, dtype);
  }

  void keep_table(Tensor gradient) {
    const std::lock_guard lock(mutex_);
    keep(std::move(gradient));
  }

 private:
  /// The leaf, unless its last handle has gone, maybe in another thread, where its end waits for the lock.
  Tensor alive() const {
    if (leaf_ == nullptr || !leaf_->retain_if_alive()) return {};
    return Tensor(intrusive_ptr<TensorImpl>::adopt(leaf_));
  }

  void accumulate(Tensor& gradient) {
    check<GraphError>(IntArrayRef(leaf_->sizes) == gradient.sizes() && leaf_->dtype == gradient.dtype(),
                      "backward: a gradient of {} {} arrived at a leaf of {} {}", gradient.dtype(), gradient.sizes(),
                      leaf_->dtype, IntArrayRef(leaf_->sizes));
    Tensor& sum = leaf_->ensure_meta().grad;
    if (!sum.defined()) {
      if (!GradMode::is_enabled() && owned_alone(gradient) && gradient.is_contiguous()) {
        sum = gradient.is_view() ? gradient.detach() : std::move(gradient);
      } else {
        sum = gradient.clone();
      }
    } else if (GradMode::is_enabled()) {
      sum = sum + gradient;
    } else {
      add_gradient(sum, gradient);
      keep(std::move(gradient));
    }
  }

  void keep(Tensor gradient) {
    constexpr std::size_t most = 2;  // one for a leaf's gradient, one for what arrives to be added to it
    if (leaf_ == nullptr || tables_.size() == most || nonzero_rows(gradient) == nullptr || gradient.is_inference() ||
        !owned_alone(gradient)) {
      return;
    }
    zero_gradient(gradient);
    forget_nonzero_rows(gradient);
    tables_.push_back(std::move(gradient));
  }

  mutable LightMutex mutex_;
  TensorImpl* leaf_;
  std::vector<Tensor> tables_;  ///< zeros, for gradients to come
};

}  // namespace

AutogradMeta::~AutogradMeta() {
  // A backward in another thread may still be adding: the leaf waits for it.
  if (accumulator) static_cast<AccumulateGradient*>(accumulator.get())->leave();
  if (retained) {
    const std::lock_guard lock(retained->mutex);
    retained->tensor = nullptr;
  }
}

const intrusive_ptr<Node>& gradient_accumulator(const Tensor& leaf) {
  AutogradMeta& meta = leaf.impl()->ensure_meta();
  if (!meta.accumulator) meta.accumulator = intrusive_ptr<Node>(new AccumulateGradient(leaf.impl()));
  return meta.accumulator;
}

Tensor accumulator_leaf(const Node& node) {
  const auto* accumulator = dynamic_cast<const AccumulateGradient*>(&node);
  return accumulator != nullptr ? accumulator->leaf() : Tensor();
}

Tensor take_table(Node& accumulator, IntArrayRef sizes, Dtype dtype) {
  if (auto* node = dynamic_cast<AccumulateGradient*>(&accumulator)) return node->take_table(sizes, dtype);
  return zeros(sizes, dtype);
}

void keep_table(Node& accumulator, Tensor gradient) {
  if (nonzero_rows(gradient) == nullptr) return;
  if (auto* node = dynamic_cast<AccumulateGradient*>(&accumulator)) node->keep_table(std::move(gradient));
}

}  // namespace xgrad
