#include "autograd/graph/grad.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <memory>
#include <unordered_map>
#include <utility>

#include "autograd/backward/require_finite.h"
#include "autograd/base/check.h"
#include "autograd/base/pool_allocator.h"
#include "autograd/base/warning.h"
#include "autograd/graph/anomaly_mode.h"
#include "autograd/graph/autograd_meta.h"
#include "autograd/graph/gradient_rows.h"
#include "autograd/graph/node.h"
#include "autograd/graph/ownership.h"
#include "autograd/graph/record_function.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/tensor/creation.h"
#include "autograd/tensor/grad_mode.h"

namespace xgrad {

namespace {

[[gnu::tls_model("initial-exec")]] constinit thread_local bool drops_saved = false;

/// Says, while it lives, what detail::backward_drops_saved() answers.
class DropsSaved {
 public:
  explicit DropsSaved(bool drops) : previous_(std::exchange(drops_saved, drops)) {}
  ~DropsSaved() { drops_saved = previous_; }
  DropsSaved(const DropsSaved&) = delete;
  DropsSaved& operator=(const DropsSaved&) = delete;

 private:
  bool previous_;
};

/// The callbacks of the outermost backward of this thread.
[[gnu::tls_model("initial-exec")]] constinit thread_local std::vector<std::function<void()>>* callbacks = nullptr;

/// One run of backward: runs the callbacks where it is the outermost one.
class Callbacks {
 public:
  Callbacks() : outermost_(callbacks == nullptr) {
    if (outermost_) callbacks = &queued_;
  }
  ~Callbacks() {
    if (outermost_) callbacks = nullptr;
  }
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  void run() {
    for (std::size_t i = 0; outermost_ && i < queued_.size(); ++i) {  // by index: a callback may queue another
      const auto callback = std::move(queued_[i]);
      callback();
    }
  }

 private:
  std::vector<std::function<void()>> queued_;
  bool outermost_;
};

/// Once in a process: who keeps the graph of a gradient in the leaf that the graph starts from keeps both.
void warn_of_cycles() {
  static std::atomic<bool> warned{false};
  if (warned.exchange(true) && !Warning::get_warnAlways()) return;
  warn(
      "backward: with create_graph, a parameter and its gradient hold one another, and their memory is not freed until the "
      "gradient is reset: use autograd::grad, or zero_grad() after use");
}

}  // namespace

bool detail::backward_drops_saved() { return drops_saved; }

/// One run of backward. Each node that it reaches gets a slot; the node remembers the slot's number while this task has
/// claimed it. Nodes claimed by another thread's task (shared leaves) are found through a map instead.
class BackwardTask {
 public:
  BackwardTask() { slots_.reserve(12); }
  BackwardTask(const BackwardTask&) = delete;
  BackwardTask& operator=(const BackwardTask&) = delete;
  ~BackwardTask() {
    for (const Slot& slot : slots_) {
      // What this task has claimed nobody else writes.
      std::atomic<void*>& owner = slot.node->claimed_by_;
      if (owner.load(std::memory_order_relaxed) == this) owner.store(nullptr, std::memory_order_release);
    }
    for (std::uint32_t root = 0; root < roots_; ++root) release_reference(slots_[root].node);
  }

  /// Before capture() and restrict_to().
  void add_root(const Tensor& output, Tensor gradient) {
    const Edge edge = edge_of(output);
    const std::uint32_t slot = slot_of(edge.function);
    if (slot == roots_) {  // a new one: kept, and with it all nodes below, whatever becomes of the output
      retain_reference(edge.function);
      ++roots_;
    }
    add_gradient(slot, edge.input_nr, std::move(gradient));
  }

  /// Delivers the gradient that arrives at an output of a node as result `position`, instead of passing it on to a leaf.
  void capture(Node* node, std::uint32_t output_number, std::size_t position) {
    const std::uint32_t slot = slot_of(node);
    slots_[slot].captured = true;
    captures_.push_back({slot, output_number, position});
    selective_ = true;
  }

  /// Runs backward only as far as this leaf's accumulator, which then adds up as usual.
  void restrict_to(Node* accumulator) {
    targets_.push_back(slot_of(accumulator));
    selective_ = true;
  }

  void run(OnlyBool retain_graph, TensorList& captured) {
    const DropsSaved drops(!retain_graph);
    Callbacks queued;
    const auto starts = static_cast<std::uint32_t>(slots_.size());
    discover();
    if (selective_) mark_needed();
    for (std::uint32_t slot = 0; slot < starts; ++slot) {
      if (slots_[slot].dependencies == 0) make_ready(slot);
    }
    while (first_ready_ != no_slot) {
      const std::uint32_t slot = first_ready_;
      first_ready_ = slots_[slot].next_ready;
      run_node(slot, retain_graph, captured);
    }
    queued.run();
  }

 private:
  static constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();

  struct Slot {
    Node* node;
    Tensor gradient;                     ///< of output 0
    std::unique_ptr<Tensor[]> more;      ///< of all outputs, where there are several
    std::uint32_t dependencies = 0;      ///< gradients that have yet to arrive
    std::uint32_t next_ready = no_slot;  ///< below it on the stack of nodes to run
    bool needed = true;                  ///< leads to something that was asked for
    bool captured = false;               ///< its gradient is itself asked for
  };
  struct Capture {
    std::uint32_t slot;
    std::uint32_t output_number;
    std::size_t position;
  };

  std::uint32_t slot_of(Node* node) {
    void* owner = node->claimed_by_.load(std::memory_order_acquire);
    if (owner == this) return node->slot_;
    return claim(node, owner);
  }

  std::uint32_t claim(Node* node, void* owner) {
    if (shared_) {  // first: its claim may have ended since this task met the node
      if (const auto found = shared_->find(node); found != shared_->end()) return found->second;
    }
    const std::uint32_t slot = new_slot(node);  // first: it may throw, and a claim must not outlive its task
    if (owner == nullptr && node->claimed_by_.compare_exchange_strong(owner, this, std::memory_order_acq_rel)) {
      node->slot_ = slot;
    } else {
      if (!shared_) shared_ = std::make_unique<std::unordered_map<Node*, std::uint32_t>>();
      shared_->emplace(node, slot);
    }
    return slot;
  }

  std::uint32_t new_slot(Node* node) {
    std::unique_ptr<Tensor[]> more;
    if (node->outputs() > 1) more = std::make_unique<Tensor[]>(node->outputs());
    slots_.push_back({.node = node, .gradient = {}, .more = std::move(more)});
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }

  /// Nodes that became ready last run first.
  void make_ready(std::uint32_t slot) { slots_[slot].next_ready = std::exchange(first_ready_, slot); }

  std::span<Tensor> gradients(Slot& slot) {
    if (slot.more) return {slot.more.get(), slot.node->outputs()};
    return {&slot.gradient, 1};
  }

  /// Whether a sum of gradients may be added to where it is.
  static bool may_write(const Tensor& sum) { return !GradMode::is_enabled() && owned_alone(sum) && sum.is_contiguous(); }

  void add_gradient(std::uint32_t slot, std::uint32_t output_number, Tensor gradient) {
    Tensor& sum = gradients(slots_[slot])[output_number];
    if (!sum.defined()) {
      sum = std::move(gradient);
    } else if (may_write(sum)) {
      xgrad::add_gradient(sum, gradient);
      keep_table(*slots_[slot].node, std::move(gradient));
    } else {
      sum = sum + gradient;
    }
  }

  /// Finds every node below the roots, and how many gradients each will get. A slot past those that existed at the start
  /// is a node not yet visited: the list of slots is the queue of the search.
  void discover() {
    for (std::size_t visited = 0; visited < slots_.size(); ++visited) {
      Node* node = slots_[visited].node;
      for (std::size_t i = 0; i < node->edges(); ++i) {
        if (Node* next = node->edge(i).function) {
          const std::uint32_t slot = slot_of(next);
          ++slots_[slot].dependencies;
        }
      }
    }
  }

  /// Keeps to the nodes that lead to what was asked for: less deep nodes are decided first.
  void mark_needed() {
    std::vector<std::uint32_t> order(slots_.size());
    for (std::uint32_t slot = 0; slot < order.size(); ++slot) {
      order[slot] = slot;
      slots_[slot].needed = false;
    }
    for (const std::uint32_t slot : targets_) slots_[slot].needed = true;
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return slots_[a].node->depth() < slots_[b].node->depth(); });
    for (const std::uint32_t slot : order) {
      const Node* node = slots_[slot].node;
      for (std::size_t i = 0; i < node->edges() && !slots_[slot].needed; ++i) {
        if (Node* next = node->edge(i).function) {
          const Slot& below = slots_[slot_of(next)];
          slots_[slot].needed = below.needed || below.captured;
        }
      }
    }
  }

  void run_node(std::uint32_t slot_number, OnlyBool retain_graph, TensorList& captured) {
    Slot& slot = slots_[slot_number];  // stays where it is: discover() has met all nodes
    Node& node = *slot.node;
    const std::unique_ptr<Tensor[]> more = std::move(slot.more);
    Tensor single = std::move(slot.gradient);
    const std::span<Tensor> incoming(more ? more.get() : &single, node.outputs());

    if (node.hooks_ && (slot.needed || slot.captured)) node.run_hooks(incoming);
    if (slot.captured) {
      for (const Capture& capture : captures_) {
        if (capture.slot == slot_number) captured[capture.position] = incoming[capture.output_number];
      }
    }

    const std::size_t edges = node.edges();
    std::array<Tensor, 4> few;
    std::unique_ptr<Tensor[]> many;
    if (edges > few.size()) many = std::make_unique<Tensor[]>(edges);
    const std::span<Tensor> outgoing(many ? many.get() : few.data(), edges);
    bool reached = false;
    for (const Tensor& gradient : incoming) reached |= gradient.defined();
    if (slot.needed && reached) {
      apply(node, incoming, outgoing);
      if (!retain_graph) node.release_saved();
    }
    for (std::size_t i = 0; i < edges; ++i) {
      const Edge& edge = node.edge(i);
      if (edge.function == nullptr) continue;
      const std::uint32_t below = slot_of(edge.function);
      if (outgoing[i].defined()) add_gradient(below, edge.input_nr, std::move(outgoing[i]));
      if (--slots_[below].dependencies == 0) make_ready(below);
    }
  }

  void apply(Node& node, std::span<Tensor> incoming, std::span<Tensor> outgoing) {
    const autograd::profiler::BackwardScope scope(node.operation());
    if (autograd::AnomalyMode::should_check_nan()) [[unlikely]] {
      const TensorList arrived(incoming.begin(), incoming.end());
      node.apply(incoming, outgoing);
      detail::require_finite(node, arrived, outgoing);
    } else {
      if (node.adds()) lend_sums(node, outgoing);
      node.apply(incoming, outgoing);
    }
  }

  /// Gives a node that adds to gradients those that have arrived where its own will go.
  void lend_sums(const Node& node, std::span<Tensor> outgoing) {
    for (std::size_t i = 0; i < node.edges(); ++i) {
      const Edge& edge = node.edge(i);
      if (edge.function == nullptr) continue;
      Tensor& sum = gradients(slots_[slot_of(edge.function)])[edge.input_nr];
      if (sum.defined() && may_write(sum)) outgoing[i] = std::move(sum);
    }
  }

  std::vector<Slot, PoolAllocator<Slot>> slots_;  ///< the roots' first
  std::uint32_t roots_ = 0;
  std::uint32_t first_ready_ = no_slot;  ///< of the stack of nodes to run
  std::vector<Capture> captures_;
  std::vector<std::uint32_t> targets_;
  std::unique_ptr<std::unordered_map<Node*, std::uint32_t>> shared_;
  bool selective_ = false;
};

namespace autograd {

namespace {

/// The gradient to start from: the one given, checked, or 1 for a single element.
Tensor root_gradient(const char* operation, const Tensor& output, const Tensor& given) {
  check<GraphError>(output.defined() && output.requires_grad(),
                    "{}: this tensor does not require a gradient and has no grad_fn: nothing that it was computed from "
                    "called requires_grad_()",
                    operation);
  if (!given.defined()) {
    check<GraphError>(output.numel() == 1,
                      "{}: a gradient can be created for one element only, and this tensor has shape {}: pass `gradient`",
                      operation, output.sizes());
    return ones(output.sizes(), output.dtype());
  }
  check<ShapeError>(given.sizes() == output.sizes(), "{}: the gradient has shape {}, the tensor {}", operation,
                    given.sizes(), output.sizes());
  return given.dtype() == output.dtype() ? given : given.to(output.dtype());
}

void add_roots(BackwardTask& task, const char* operation, std::span<const Tensor> outputs,
               std::span<const Tensor> grad_outputs) {
  check<ValueError>(!outputs.empty(), "{}: expected at least one output", operation);
  check<ValueError>(grad_outputs.empty() || grad_outputs.size() == outputs.size(),
                    "{}: {} gradients were given for {} outputs", operation, grad_outputs.size(), outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    task.add_root(outputs[i], root_gradient(operation, outputs[i], grad_outputs.empty() ? Tensor() : grad_outputs[i]));
  }
}

void run_backward(std::span<const Tensor> outputs, std::span<const Tensor> grad_outputs,
                  std::optional<OnlyBool> retain_graph, OnlyBool create_graph, const std::optional<TensorList>& inputs) {
  if (create_graph) warn_of_cycles();
  if (inputs) {
    check<ValueError>(!inputs->empty(), "backward: the list of inputs is empty");
    bool leaves = true;
    for (const Tensor& input : *inputs) {
      check<GraphError>(input.requires_grad(), "backward: one of the inputs does not require a gradient");
      leaves &= input.is_leaf();
    }
    if (!leaves) {
      const TensorList gradients = grad({outputs.begin(), outputs.end()}, *inputs,
                                        {grad_outputs.begin(), grad_outputs.end()}, retain_graph, create_graph, true);
      const AutoGradMode mode(create_graph);
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        const Tensor& input = (*inputs)[i];
        const auto is_input = [&](const Tensor& other) { return other.impl() == input.impl(); };
        const bool repeated = std::any_of(inputs->begin(), inputs->begin() + static_cast<std::ptrdiff_t>(i), is_input);
        if (!gradients[i].defined() || input.retains_grad() || repeated) continue;
        Tensor& sum = input.mutable_grad();
        if (sum.defined()) {
          sum = sum + gradients[i];
        } else {
          // Memory of its own: another input may have got the same gradient, or a view of it.
          sum = gradients[i].clone();
          if (const auto* rows = nonzero_rows(gradients[i])) set_nonzero_rows(sum, *rows);
        }
        if (input.is_leaf()) run_post_accumulate_hooks(input);
      }
      return;
    }
  }
  const AutoGradMode mode(create_graph);
  BackwardTask task;
  add_roots(task, "backward", outputs, grad_outputs);
  if (inputs) {
    for (const Tensor& input : *inputs) task.restrict_to(gradient_accumulator(input).get());
  }
  TensorList captured;
  task.run(retain_graph.value_or(create_graph), captured);
}

}  // namespace

void backward(const TensorList& outputs, const TensorList& grad_outputs, std::optional<OnlyBool> retain_graph,
              OnlyBool create_graph, const std::optional<TensorList>& inputs) {
  run_backward(outputs, grad_outputs, retain_graph, create_graph, inputs);
}

TensorList grad(const TensorList& outputs, const TensorList& inputs, const TensorList& grad_outputs,
                std::optional<OnlyBool> retain_graph, OnlyBool create_graph, OnlyBool allow_unused) {
  check<ValueError>(!inputs.empty(), "grad: expected at least one input");
  std::vector<intrusive_ptr<Node>> kept;
  TensorList captured(inputs.size());
  {
    const AutoGradMode mode(create_graph);
    BackwardTask task;
    add_roots(task, "grad", outputs, grad_outputs);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      check<GraphError>(inputs[i].defined() && inputs[i].requires_grad(), "grad: input {} does not require a gradient", i);
      auto [node, output_number] = gradient_edge(inputs[i]);
      task.capture(node.get(), output_number, i);
      kept.push_back(std::move(node));
    }
    task.run(retain_graph.value_or(create_graph), captured);
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check<GraphError>(allow_unused || captured[i].defined(),
                      "grad: the outputs do not depend on input {}: pass allow_unused = true to get an undefined tensor", i);
  }
  return captured;
}

void queue_callback(std::function<void()> callback) {
  check<GraphError>(callbacks != nullptr, "queue_callback: no backward runs on this thread");
  callbacks->push_back(std::move(callback));
}

}  // namespace autograd

void Tensor::backward(const Tensor& gradient, std::optional<OnlyBool> retain_graph, OnlyBool create_graph,
                      const std::optional<TensorList>& inputs) const {
  autograd::run_backward({this, 1}, {&gradient, 1}, retain_graph, create_graph, inputs);
}

}  // namespace xgrad
