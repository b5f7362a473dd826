/// Node: one recorded operation. The graph is its nodes and the edges from each to the nodes of its inputs.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/base/intrusive_ptr.h"
#include "autograd/base/memory_pool.h"
#include "autograd/base/small_vector.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

class SavedTensor;

/// Where the gradient of one input goes: an output of the node that made the input. No node: no gradient is needed.
struct Edge {
  Node* function = nullptr;    ///< owned by the node that this edge leaves
  std::uint32_t input_nr = 0;  ///< which output of the operation, and so which input of its gradient
  bool is_valid() const { return function != nullptr; }  ///< whether it leads anywhere
};

/// One recorded operation: given the gradients of its outputs, it computes those of its inputs.
///
/// Nodes are freed one after the other, never one inside the other, however long the chain.
class Node : public RefCounted {
 public:
  /// Sees the gradient of an output; what it returns, where defined, replaces it.
  using Hook = std::function<Tensor(const Tensor&)>;

  /// An operation with so many outputs; `name` must outlive it.
  Node(const char* name, std::uint32_t outputs) : name_(name), outputs_(outputs) {}
  virtual ~Node();

  static void* operator new(std::size_t bytes) { return pool_allocate(bytes); }
  static void operator delete(void* memory, std::size_t bytes) { pool_free(memory, bytes); }

  /// Computes the inputs' gradients (one for each edge; undefined where there is none) from the outputs' gradients
  /// (undefined where an output was not used). Where `adds()`, an input's gradient may hold what other nodes have sent
  /// there, contiguous and seen by nobody else, but of any shape and dtype: then it is the sum that is to be returned.
  virtual void apply(std::span<Tensor> output_gradients, std::span<Tensor> input_gradients) = 0;

  const char* operation() const { return name_; }  ///< its name as a function: log_sigmoid
  std::string name() const;                        ///< its name as a node of the graph: LogSigmoid
  std::uint32_t outputs() const { return outputs_; }
  /// One more than the depth of the deepest input: a node comes after all nodes that are less deep.
  std::uint64_t depth() const { return depth_; }
  std::size_t edges() const { return edges_.size(); }          ///< how many inputs there are
  const Edge& edge(std::size_t i) const { return edges_[i]; }  ///< of input i
  /// libtorch's names: the node computes gradients, and takes those of the operation's outputs.
  /// @{
  ArrayRef<Edge> next_edges() const { return {edges_.begin(), edges_.size()}; }
  const Edge& next_edge(std::size_t i) const { return edges_[i]; }
  std::uint32_t num_inputs() const { return outputs_; }
  std::uint32_t num_outputs() const { return static_cast<std::uint32_t>(edges_.size()); }
  /// @}
  /// Whether input `i` needs a gradient.
  bool needs_gradient(std::size_t i) const { return edges_[i].is_valid(); }

  /// Adds the edge of one more input, in order.
  void add_input(const Tensor& input);

  /// Runs on the gradient of an output before this node does.
  unsigned add_hook(std::uint32_t output_number, Hook hook);
  /// Takes a hook away by the number that add_hook gave.
  void remove_hook(unsigned position);
  /// Applies the hooks of all outputs.
  void run_hooks(std::span<Tensor> output_gradients) const;

  /// Where the operation was called, innermost first: return addresses, gathered in anomaly mode only.
  std::span<void* const> call_site() const;
  /// Called once the node is complete. Throws GraphError where a tensor made in inference mode was saved.
  void finish_recording();

  /// Drops the tensors saved for backward. A later backward through this node is an error.
  virtual void release_saved();
  /// Whether apply() adds to gradients that it finds.
  bool adds() const { return adds_; }
  bool saved_released() const { return released_; }  ///< whether release_saved() was called

  /// One more handle; for intrusive_ptr. Not inline: the floor below knows but its declaration.
  friend void retain_reference(Node* node) noexcept;
  /// One handle less; for intrusive_ptr.
  friend void release_reference(Node* node) noexcept;

 protected:
  friend class SavedTensor;
  friend class BackwardTask;

  /// Frees a node, and those that it alone kept, one after the other.
  static void destroy(Node* node) noexcept;

  const char* name_;  ///< of the operation
  std::uint32_t outputs_;
  std::uint32_t slot_ = 0;                  ///< where the backward task that claimed the node keeps its state
  std::atomic<void*> claimed_by_{nullptr};  ///< that task; of a node that waits to be freed, the next such one
  std::uint64_t depth_ = 0;                 ///< see depth()
  SmallVector<Edge, 2> edges_;              ///< of the inputs
  SavedTensor* saved_ = nullptr;            ///< list of the tensors saved in this node
  bool released_ = false;                   ///< whether the saved tensors were dropped
  bool adds_ = false;                       ///< see adds()

 private:
  struct HookEntry {
    std::uint32_t output_number;
    Hook hook;
  };
  std::unique_ptr<std::vector<HookEntry>> hooks_;
  std::unique_ptr<std::vector<void*>> call_site_;
};

namespace autograd {
/// libtorch's names.
/// @{
using xgrad::Edge;
using xgrad::Node;
/// @}
}  // namespace autograd

/// An operation's name as that of a node: "log_sigmoid" is LogSigmoid.
std::string node_name(const char* operation);
/// The last node for a leaf: adds what arrives to the leaf's `grad()`. It belongs to the leaf, and outlives it harmlessly.
const intrusive_ptr<Node>& gradient_accumulator(const Tensor& leaf);

/// The leaf that a gradient accumulator adds to, where it still lives; undefined for other nodes.
Tensor accumulator_leaf(const Node& node);

/// The edge that the gradient of `tensor` follows: to its grad_fn, to a leaf's accumulator, or nowhere. The tensor keeps
/// the node: nothing is counted.
Edge edge_of(const Tensor& tensor);
/// The same, with a handle of the node.
std::pair<intrusive_ptr<Node>, std::uint32_t> gradient_edge(const Tensor& tensor);

}  // namespace xgrad
