/// SavedTensor: a tensor kept for the backward pass.
#pragma once

#include <cstdint>
#include <string>

#include "autograd/graph/node.h"
#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Keeps a tensor for the backward pass, with the version of its memory. Captured by a backward closure, it is freed with
/// the graph's other saved tensors after backward.
class SavedTensor {
 public:
  SavedTensor() = default;
  /// Saves an input of the operation.
  explicit SavedTensor(const Tensor& input);
  /// Saves a result of the operation itself: the tensor must not have been recorded yet. It is kept outside the graph, so
  /// that the node does not own itself; unpack() puts it back.
  static SavedTensor result(const Tensor& result, std::uint32_t output_number = 0);

  SavedTensor(const SavedTensor& other);
  SavedTensor(SavedTensor&& other) noexcept;
  SavedTensor& operator=(const SavedTensor&) = delete;
  SavedTensor& operator=(SavedTensor&&) = delete;
  ~SavedTensor() = default;

  bool defined() const { return tensor_.defined(); }
  /// The tensor as it was. Throws GraphError that names the operation where its memory was changed in place since, or where
  /// the graph was freed.
  Tensor unpack() const;
  /// The same outside the graph, without another handle: for gradients that are not themselves recorded. Lives as long as
  /// this. Throws as unpack() does.
  const Tensor& value() const;

 private:
  std::string operation() const;  ///< that saved it, for messages

  friend class Node;
  friend class NodeConstruction;

  void attach();
  void release();

  Tensor tensor_;
  Node* node_ = nullptr;         ///< that this is saved in
  SavedTensor* next_ = nullptr;  ///< saved in the same node
  std::uint32_t version_ = 0;
  std::uint32_t output_number_ = 0;
  bool is_result_ = false;
  bool released_ = false;
};

/// While it lives, SavedTensors that are moved into place belong to `node`.
class NodeConstruction {
 public:
  explicit NodeConstruction(Node* node);
  ~NodeConstruction();
  NodeConstruction(const NodeConstruction&) = delete;
  NodeConstruction& operator=(const NodeConstruction&) = delete;

 private:
  friend class SavedTensor;
  Node* previous_;
};

}  // namespace xgrad
