/// record(): how an operation enters the graph.
///
/// An operation computes its result, then records a closure that turns the result's gradient into its inputs':
///
///   Tensor sigmoid(const Tensor& x) {
///     Tensor y = map(...);
///     return record("Sigmoid", y, {x}, [y = SavedTensor::result(y)](const Tensor& grad) {
///       const Tensor s = y.unpack();
///       return grad * s * (1 - s);      // operations again: differentiable again
///     });
///   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>

#include "autograd/graph/node.h"
#include "autograd/graph/record_function.h"
#include "autograd/graph/saved_tensor.h"
#include "autograd/tensor/grad_mode.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// A reference to an input, so that lists of inputs copy no tensors.
struct InputRef {
  /// To a tensor that lives longer.
  InputRef(const Tensor& tensor) : tensor(&tensor) {}  // NOLINT(google-explicit-constructor)
  const Tensor* tensor;                                ///< never null
};

/// Whether an operation on these inputs must be recorded: grad mode is on, and one of them requires a gradient.
bool must_record(std::initializer_list<InputRef> inputs);
bool must_record(const TensorList& inputs);

/// Makes `result` the output of `node`. Results that are not floating-point stay outside the graph.
void set_history(const Tensor& result, intrusive_ptr<Node> node, std::uint32_t output_number);

namespace detail {

/// Puts what a closure returned where the engine wants it: a Tensor, or an array or vector of them.
template <class Result>
void store_gradients(Result&& result, std::span<Tensor> input_gradients) {
  if constexpr (std::is_same_v<std::decay_t<Result>, Tensor>) {
    input_gradients[0] = std::forward<Result>(result);
  } else {
    std::size_t i = 0;
    for (Tensor& gradient : result) {
      if (i == input_gradients.size()) break;
      input_gradients[i++] = std::move(gradient);
    }
  }
}

/// Moves a closure into a node: the SavedTensors in it learn which node they belong to.
template <class Backward>
Backward move_into(Node* node, Backward& backward) {
  const NodeConstruction construction(node);
  return Backward(std::move(backward));
}

/// A node whose gradient is a closure: `Tensor(const Tensor& grad)`, or with the node as a second argument, to ask which
/// inputs need a gradient; `std::span<Tensor>` in place of the Tensor for several outputs. A closure that adds to gradients
/// takes those as a third argument, and returns nothing.
template <class Backward>
class ClosureNode final : public Node {
  static constexpr bool adds_in_place = std::is_invocable_v<Backward&, std::span<Tensor>, const Node&, std::span<Tensor>>;

 public:
  ClosureNode(const char* name, std::uint32_t outputs, Backward&& backward)
      : Node(name, outputs), backward_(move_into(this, backward)) {
    adds_ = adds_in_place;
  }

  void apply(std::span<Tensor> output_gradients, std::span<Tensor> input_gradients) override {
    const Node& node = *this;
    if constexpr (adds_in_place) {
      backward_(output_gradients, node, input_gradients);
    } else if constexpr (std::is_invocable_v<Backward&, std::span<Tensor>, const Node&>) {
      store_gradients(backward_(output_gradients, node), input_gradients);
    } else if constexpr (std::is_invocable_v<Backward&, const Tensor&, const Node&>) {
      if (output_gradients[0].defined()) store_gradients(backward_(output_gradients[0], node), input_gradients);
    } else {
      if (output_gradients[0].defined()) store_gradients(backward_(output_gradients[0]), input_gradients);
    }
  }

 private:
  Backward backward_;
};

}  // namespace detail

/// Records an operation with one result. Costs nothing but the closure where no input needs a gradient. Returns `result`.
template <class Backward>
Tensor record(const char* name, Tensor result, std::initializer_list<InputRef> inputs, Backward&& backward) {
  if (must_record(inputs)) {
    using Closure = std::decay_t<Backward>;
    const auto make = [name](Closure&& closure) { return new detail::ClosureNode<Closure>(name, 1, std::move(closure)); };
    intrusive_ptr<Node> node;
    if constexpr (std::is_lvalue_reference_v<Backward>) node = intrusive_ptr<Node>(make(Closure(backward)));
    else node = intrusive_ptr<Node>(make(std::forward<Backward>(backward)));
    for (const InputRef& input : inputs) node->add_input(*input.tensor);
    set_history(result, std::move(node), 0);
  }
  return result;
}

/// Records an operation with any numbers of inputs and results. The closure takes a span of gradients, undefined where a
/// result was not used, and the node.
template <class Backward>
void record_all(const char* name, std::span<const Tensor> results, const TensorList& inputs, Backward backward) {
  if (!must_record(inputs)) return;
  intrusive_ptr<Node> node(
      new detail::ClosureNode<Backward>(name, static_cast<std::uint32_t>(results.size()), std::move(backward)));
  for (const Tensor& input : inputs) node->add_input(input);
  for (std::size_t i = 0; i < results.size(); ++i) set_history(results[i], node, static_cast<std::uint32_t>(i));
}

}  // namespace xgrad
