/// What a Tensor points at.
#pragma once

#include <memory>

#include "autograd/base/intrusive_ptr.h"
#include "autograd/base/memory_pool.h"
#include "autograd/base/scalar_type.h"
#include "autograd/base/shape.h"
#include "autograd/tensor/storage.h"

namespace xgrad {

class Node;
void retain_reference(Node* node) noexcept;
void release_reference(Node* node) noexcept;

struct AutogradMeta;
/// Known to the floor above alone.
struct DeleteAutogradMeta {
  void operator()(AutogradMeta* meta) const noexcept;
};

/// A shape over shared memory, and the tensor's place in the graph.
class TensorImpl final : public RefCounted {
 public:
  TensorImpl(intrusive_ptr<Storage> storage, DimVector sizes, DimVector strides, std::int64_t offset, Dtype dtype);
  /// A whole storage, contiguous, with `numel` elements.
  TensorImpl(intrusive_ptr<Storage> storage, IntArrayRef sizes, std::int64_t numel, Dtype dtype);
  /// The same elements of the same memory, outside the graph.
  explicit TensorImpl(const TensorImpl* other);

  static void* operator new(std::size_t bytes) { return pool_allocate(bytes); }
  static void operator delete(void* memory, std::size_t bytes) { pool_free(memory, bytes); }

  AutogradMeta& ensure_meta();

  intrusive_ptr<Storage> storage;
  std::byte* data;  ///< first element
  std::int64_t numel;
  DimVector sizes;
  DimVector strides;
  std::int64_t offset;  ///< of the first element in the storage, in elements
  Dtype dtype;
  bool contiguous;
  bool inference;                   ///< made in inference mode
  bool requires_grad = false;       ///< of a leaf; a result has a grad_fn instead
  std::uint32_t output_number = 0;  ///< which of grad_fn's outputs this is
  intrusive_ptr<Node> grad_fn;
  std::unique_ptr<AutogradMeta, DeleteAutogradMeta> meta;  ///< what only some tensors have: a gradient, hooks, a base

  friend void retain_reference(TensorImpl* impl) noexcept { impl->retain(); }
  friend void release_reference(TensorImpl* impl) noexcept {
    // An only handle can go without a locked subtraction, but a leaf's: its gradient accumulator reaches it without one.
    if ((impl->use_count() == 1 && !impl->meta) || impl->drop_last()) delete impl;
  }
};

}  // namespace xgrad
