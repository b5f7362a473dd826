#include "autograd/backward/checkpoint.h"

#include <memory>
#include <unordered_set>

#include "autograd/backward/function.h"
#include "autograd/base/check.h"
#include "autograd/graph/grad.h"
#include "autograd/ops/random.h"
#include "autograd/ops/view.h"

namespace xgrad::utils {

namespace {

using ListFunction = std::function<TensorList(const TensorList&)>;

/// What backward needs beside the inputs.
struct Segment {
  ListFunction function;
  std::vector<bool> needed;  ///< which inputs require a gradient
  TensorList leaves;         ///< that the function captured
  TensorList outputs;        ///< of the first run; taken by forward
  std::string rng_state;     ///< at its start; empty: not preserved
};

/// The inputs cut off from the graph, or, where gradients of gradients are wanted, as views within it.
TensorList separated(const TensorList& inputs, const std::vector<bool>& needed, bool within_graph) {
  TensorList result;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].defined()) {
      result.emplace_back();
    } else if (within_graph && needed[i]) {
      result.push_back(view(inputs[i], inputs[i].sizes()));
    } else {
      result.push_back(inputs[i].detach());
      if (needed[i]) result.back().requires_grad_();
    }
  }
  return result;
}

/// The leaves below the outputs, without the inputs.
TensorList captured_leaves(const TensorList& outputs, const TensorList& inputs) {
  std::unordered_set<const TensorImpl*> known;
  for (const Tensor& input : inputs) known.insert(input.unsafe_impl());
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> queue;
  std::vector<intrusive_ptr<Node>> roots;
  for (const Tensor& output : outputs) {
    if (!output.defined() || !output.requires_grad()) continue;
    roots.push_back(gradient_edge(output).first);
    if (seen.insert(roots.back().get()).second) queue.push_back(roots.back().get());
  }
  TensorList leaves;
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const Tensor leaf = accumulator_leaf(*queue[i]);
    if (leaf.defined() && known.insert(leaf.unsafe_impl()).second) leaves.push_back(leaf);
    for (std::size_t edge = 0; edge < queue[i]->edges(); ++edge) {
      const Node* below = queue[i]->edge(edge).function;
      if (below != nullptr && seen.insert(below).second) queue.push_back(below);
    }
  }
  return leaves;
}

/// Puts the default generator back to a state, and at the end of the scope to where it was.
class GeneratorStateGuard {
 public:
  explicit GeneratorStateGuard(const std::string& state) {
    if (state.empty()) return;
    previous_ = default_generator().get_state();
    default_generator().set_state(state);
  }
  ~GeneratorStateGuard() {
    if (!previous_.empty()) default_generator().set_state(previous_);
  }
  GeneratorStateGuard(const GeneratorStateGuard&) = delete;
  GeneratorStateGuard& operator=(const GeneratorStateGuard&) = delete;

 private:
  std::string previous_;
};

/// Takes the inputs and the captured leaves, and gives the outputs that were computed already.
struct Checkpoint : autograd::Function<Checkpoint> {
  static TensorList forward(autograd::AutogradContext* context, const TensorList& arguments,
                            const std::shared_ptr<Segment>& segment) {
    context->save_for_backward({arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(segment->needed.size())});
    context->saved_data["segment"] = segment;
    return std::move(segment->outputs);
  }

  static TensorList backward(autograd::AutogradContext* context, const TensorList& grads) {
    const auto segment = context->saved_data["segment"].to<std::shared_ptr<Segment>>();
    const bool create_graph = GradMode::is_enabled();
    const TensorList inputs = separated(context->get_saved_variables(), segment->needed, create_graph);
    TensorList outputs;
    {
      const EnableGradGuard enable_grad;
      const GeneratorStateGuard generator_state(segment->rng_state);
      outputs = segment->function(inputs);
    }
    check<GraphError>(outputs.size() == grads.size(), "checkpoint: the function gave {} results, and {} when it ran again",
                      grads.size(), outputs.size());
    TensorList recorded;
    TensorList weights;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs[i].defined() || !outputs[i].requires_grad()) continue;
      recorded.push_back(outputs[i]);
      weights.push_back(grads[i]);
    }
    TensorList targets;
    std::vector<std::size_t> places;  // of the targets among the arguments
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!segment->needed[i]) continue;
      targets.push_back(inputs[i]);
      places.push_back(i);
    }
    for (std::size_t i = 0; i < segment->leaves.size(); ++i) {
      targets.push_back(segment->leaves[i]);
      places.push_back(inputs.size() + i);
    }
    TensorList gradients = autograd::grad(recorded, targets, weights, create_graph, create_graph, true);
    TensorList result(inputs.size() + segment->leaves.size() + 1);
    for (std::size_t i = 0; i < gradients.size(); ++i) result[places[i]] = std::move(gradients[i]);
    return result;
  }
};

}  // namespace

TensorList checkpoint(const ListFunction& function, const TensorList& inputs, OnlyBool preserve_rng_state) {
  if (!GradMode::is_enabled()) return function(inputs);
  const auto segment = std::make_shared<Segment>();
  segment->function = function;
  for (const Tensor& input : inputs) segment->needed.push_back(input.defined() && input.requires_grad());
  if (preserve_rng_state) segment->rng_state = default_generator().get_state();
  {
    // Once with a graph, to find the leaves; it is freed at the end of this scope.
    const TensorList alone = separated(inputs, segment->needed, false);
    segment->outputs = function(alone);
    segment->leaves = captured_leaves(segment->outputs, alone);
    for (Tensor& output : segment->outputs) {
      if (output.defined()) output = output.detach();
    }
  }
  TensorList arguments = inputs;
  arguments.insert(arguments.end(), segment->leaves.begin(), segment->leaves.end());
  return Checkpoint::apply(arguments, segment);
}

Tensor checkpoint(const std::function<Tensor(const TensorList&)>& function, const TensorList& inputs,
                  OnlyBool preserve_rng_state) {
  const ListFunction of_list = [function](const TensorList& x) { return TensorList{function(x)}; };
  return checkpoint(of_list, inputs, preserve_rng_state)[0];
}

}  // namespace xgrad::utils
