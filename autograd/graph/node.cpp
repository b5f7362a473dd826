#include "autograd/graph/node.h"

#include <execinfo.h>

#include "autograd/graph/anomaly_mode.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/grad_mode.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/graph/ownership.h"
#include "autograd/graph/saved_tensor.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/tensor/check.h"
#include "autograd/tensor/creation.h"

namespace xgrad {

namespace {

/// Nodes whose last reference went while another node of this thread was being destroyed.
struct DestructionQueue {
  std::vector<Node*> waiting;
  bool active = false;
};
thread_local DestructionQueue destruction_queue;

/// Adds gradients to a leaf.
class AccumulateGradient final : public Node {
 public:
  explicit AccumulateGradient(TensorImpl* leaf) : Node("AccumulateGrad", 1), leaf_(leaf) {}

  void apply(std::span<Tensor> output_gradients, std::span<Tensor>) override {
    Tensor& gradient = output_gradients[0];
    if (!gradient.defined()) return;
    const std::lock_guard lock(mutex_);
    if (leaf_ == nullptr) return;  // nobody can ask for this gradient any more
    check<GraphError>(IntArrayRef(leaf_->sizes) == gradient.sizes() && leaf_->dtype == gradient.dtype(),
                      "backward: a gradient of {} {} arrived at a leaf of {} {}", gradient.dtype(), gradient.sizes(),
                      leaf_->dtype, IntArrayRef(leaf_->sizes));
    Tensor& sum = leaf_->ensure_meta().grad;
    if (!sum.defined()) {
      if (GradMode::is_enabled()) {
        sum = gradient.clone();
      } else if (owned_alone(gradient) && gradient.is_contiguous()) {
        sum = gradient.is_view() ? gradient.detach() : std::move(gradient);
      } else {
        sum = gradient.detach().clone();
      }
    } else if (GradMode::is_enabled()) {
      sum = sum + gradient;
    } else {
      add_gradient(sum, gradient);
      keep(std::move(gradient));
    }
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    leaf_ = nullptr;
    tables_.clear();
  }

  TensorImpl* leaf() const { return leaf_; }

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

  std::mutex mutex_;
  TensorImpl* leaf_;
  std::vector<Tensor> tables_;  ///< zeros, for gradients to come
};

}  // namespace

AutogradMeta::~AutogradMeta() {
  // A backward in another thread may still be adding: the leaf waits for it.
  if (accumulator) static_cast<AccumulateGradient*>(accumulator.get())->leave();
}

Node::~Node() {
  for (const Edge& edge : edges_) {
    if (edge.node != nullptr) release_reference(edge.node);
  }
}

void Node::destroy(Node* node) noexcept {
  DestructionQueue& queue = destruction_queue;
  if (queue.active) {
    queue.waiting.push_back(node);
    return;
  }
  queue.active = true;
  delete node;
  while (!queue.waiting.empty()) {
    Node* next = queue.waiting.back();
    queue.waiting.pop_back();
    delete next;
  }
  queue.active = false;
}

void Node::add_input(const Tensor& input) {
  if (!input.defined() || !input.requires_grad()) {
    edges_.push_back(Edge{});
    return;
  }
  auto [node, output_number] = gradient_edge(input);
  add_edge(std::move(node), output_number);
}

void Node::add_edge(intrusive_ptr<Node> node, std::uint32_t output_number) {
  if (!node) {
    edges_.push_back(Edge{});
    return;
  }
  depth_ = std::max(depth_, node->depth() + 1);
  retain_reference(node.get());
  edges_.push_back(Edge{node.get(), output_number});
}

unsigned Node::add_hook(std::uint32_t output_number, Hook hook) {
  if (!hooks_) hooks_ = std::make_unique<std::vector<HookEntry>>();
  hooks_->push_back({output_number, std::move(hook)});
  return static_cast<unsigned>(hooks_->size() - 1);
}

void Node::remove_hook(unsigned position) {
  check<IndexError>(hooks_ && position < hooks_->size() && (*hooks_)[position].hook, "remove_hook: there is no hook {}",
                    position);
  (*hooks_)[position].hook = nullptr;
}

void Node::run_hooks(std::span<Tensor> output_gradients) const {
  if (!hooks_) return;
  for (std::size_t i = 0; i < hooks_->size(); ++i) {  // by index: a hook may register another
    const std::uint32_t output = (*hooks_)[i].output_number;
    const Hook hook = (*hooks_)[i].hook;
    if (!hook || !output_gradients[output].defined()) continue;
    Tensor replaced = hook(output_gradients[output]);
    if (!replaced.defined()) continue;
    check<ShapeError>(replaced.sizes() == output_gradients[output].sizes(),
                      "register_hook: the hook returned a gradient of shape {} for one of {}", replaced.sizes(),
                      output_gradients[output].sizes());
    output_gradients[output] = std::move(replaced);
  }
}

std::span<void* const> Node::call_site() const {
  return call_site_ ? std::span<void* const>(*call_site_) : std::span<void* const>();
}

void Node::finish_recording() {
  for (const SavedTensor* saved = saved_; saved != nullptr; saved = saved->next_) {
    check<GraphError>(!saved->tensor_.defined() || !saved->tensor_.is_inference(),
                      "{}: a tensor made in inference mode cannot be saved for backward; clone() it outside of it first",
                      name_);
  }
  if (autograd::AnomalyMode::is_enabled()) [[unlikely]] {
    constexpr int deepest = 32;
    call_site_ = std::make_unique<std::vector<void*>>(deepest);
    call_site_->resize(static_cast<std::size_t>(::backtrace(call_site_->data(), deepest)));
    const std::size_t own = std::min<std::size_t>(call_site_->size(), 2);  // this function and the one that records
    call_site_->erase(call_site_->begin(), call_site_->begin() + static_cast<std::ptrdiff_t>(own));
  }
}

void Node::release_saved() {
  if (saved_ == nullptr) return;
  for (SavedTensor* saved = saved_; saved != nullptr; saved = saved->next_) saved->release();
  released_ = true;
}

intrusive_ptr<Node> gradient_accumulator(const Tensor& leaf) {
  AutogradMeta& meta = leaf.impl()->ensure_meta();
  if (!meta.accumulator) meta.accumulator = intrusive_ptr<Node>(new AccumulateGradient(leaf.impl()));
  return meta.accumulator;
}

Tensor accumulator_leaf(const Node& node) {
  const auto* accumulator = dynamic_cast<const AccumulateGradient*>(&node);
  if (accumulator == nullptr || accumulator->leaf() == nullptr) return {};
  return Tensor(intrusive_ptr<TensorImpl>(accumulator->leaf()));
}

Tensor take_table(Node& accumulator, IntArrayRef sizes, Dtype dtype) {
  if (auto* node = dynamic_cast<AccumulateGradient*>(&accumulator)) return node->take_table(sizes, dtype);
  return zeros(sizes, dtype);
}

void keep_table(Node& accumulator, Tensor gradient) {
  if (nonzero_rows(gradient) == nullptr) return;
  if (auto* node = dynamic_cast<AccumulateGradient*>(&accumulator)) node->keep_table(std::move(gradient));
}

std::pair<intrusive_ptr<Node>, std::uint32_t> gradient_edge(const Tensor& tensor) {
  if (intrusive_ptr<Node> node = tensor.grad_fn()) return {std::move(node), tensor.impl()->output_number};
  if (tensor.impl()->requires_grad) return {gradient_accumulator(tensor), 0};
  return {nullptr, 0};
}

}  // namespace xgrad
