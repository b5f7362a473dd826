#include "autograd/graph/node.h"

#include <execinfo.h>

#include <algorithm>
#include <cctype>

#include "autograd/base/check.h"
#include "autograd/graph/anomaly_mode.h"
#include "autograd/graph/saved_tensor.h"

namespace xgrad {

namespace {

/// Nodes whose last reference went while another node of this thread was being destroyed: each knows the next.
struct DestructionQueue {
  Node* first = nullptr;
  bool active = false;
};
[[gnu::tls_model("initial-exec")]] constinit thread_local DestructionQueue destruction_queue;

}  // namespace

Node::~Node() {
  for (const Edge& edge : edges_) {
    if (edge.function != nullptr) release_reference(edge.function);
  }
}

void Node::destroy(Node* node) noexcept {
  DestructionQueue& queue = destruction_queue;
  if (queue.active) {
    node->claimed_by_.store(std::exchange(queue.first, node), std::memory_order_relaxed);
    return;
  }
  queue.active = true;
  delete node;
  while (queue.first != nullptr) {
    Node* first = queue.first;
    queue.first = static_cast<Node*>(first->claimed_by_.load(std::memory_order_relaxed));
    delete first;
  }
  queue.active = false;
}

void retain_reference(Node* node) noexcept { node->retain(); }

void release_reference(Node* node) noexcept {
  if (node->drop()) Node::destroy(node);
}

std::string Node::name() const { return node_name(name_); }

std::string node_name(const char* operation) {
  std::string name;
  bool begins = true;
  for (const char* c = operation; *c != 0; ++c) {
    if (*c == '_') {
      begins = true;
    } else {
      name += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(*c))) : *c;
      begins = false;
    }
  }
  return name;
}

void Node::add_input(const Tensor& input) {
  const Edge edge = input.defined() ? edge_of(input) : Edge{};
  if (edge.is_valid()) {
    depth_ = std::max(depth_, edge.function->depth() + 1);
    edge.function->retain();
  }
  edges_.push_back(edge);
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

Edge edge_of(const Tensor& tensor) {
  const TensorImpl* impl = tensor.impl();
  if (impl->meta) static_cast<void>(tensor.grad_fn());  // brings a view's up to date
  if (impl->grad_fn) return {impl->grad_fn.get(), impl->output_number};
  if (impl->requires_grad) return {gradient_accumulator(tensor).get(), 0};
  return {};
}

std::pair<intrusive_ptr<Node>, std::uint32_t> gradient_edge(const Tensor& tensor) {
  const Edge edge = edge_of(tensor);
  return {intrusive_ptr<Node>(edge.function), edge.input_nr};
}

}  // namespace xgrad
