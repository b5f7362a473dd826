/// Tensor: an n-dimensional array that remembers how it was computed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "autograd/tensor/tensor_base.h"

namespace xgrad {

class Tensor;
namespace indexing {
class TensorIndex;
}
/// What operations take and return where there are several.
using TensorList = std::vector<Tensor>;
/// Two of them, such as values and their indices.
using TensorPair = std::tuple<Tensor, Tensor>;
/// A tensor that may be left out.
using OptionalTensor = std::optional<Tensor>;

/// A handle to an n-dimensional array. Copies of a Tensor are the same array; `clone()` makes another. Methods that end
/// in `_` change the array in place; they are const, as in libtorch, for the handle stays what it is. Most methods are
/// functions of `xgrad::` as well, documented in `autograd/ops/`.
/// https://pytorch.org/cppdocs/api/classat_1_1_tensor.html
class Tensor : public TensorBase {
 public:
  Tensor() = default;
  using TensorBase::TensorBase;

  // Its elements.
  /// All elements in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector() const;

  // Its place in the graph.
  /// Whether gradients go to it or through it.
  bool requires_grad() const { return impl()->requires_grad || has_grad_fn(); }
  /// Throws GraphError on a result of the graph when asked not to require a gradient, TypeError on integers.
  const Tensor& requires_grad_(bool requires_grad = true) const;
  bool is_leaf() const { return !has_grad_fn(); }  ///< whether no recorded operation made it
  /// The node that computed this tensor; nullptr for leaves.
  intrusive_ptr<Node> grad_fn() const;
  /// Which of the results of its node it is.
  std::int64_t output_nr() const { return impl()->output_number; }
  /// The gradient gathered so far; undefined before the first backward.
  const Tensor& grad() const;
  Tensor& mutable_grad() const;  ///< As grad(), to be changed.
  /// Computes the gradients of this tensor with respect to the leaves of its graph, and adds them to their `grad()`.
  /// `gradient` may be left out for one element. The graph is freed unless `retain_graph` (by default: `create_graph`).
  /// Throws GraphError. https://pytorch.org/docs/1.13/generated/torch.Tensor.backward.html
  void backward(const Tensor& gradient = Tensor(), std::optional<bool> retain_graph = std::nullopt,
                bool create_graph = false, const std::optional<TensorList>& inputs = std::nullopt) const;
  /// The same memory, outside the graph.
  Tensor detach() const;
  /// Takes this very tensor out of the graph.
  Tensor& detach_() const;
  Tensor data() const { return detach(); }           ///< As detach().
  Tensor variable_data() const { return detach(); }  ///< As detach().
  /// Puts the memory, shape and dtype of `data` in the place of this tensor's own, for every handle to it. A gradient of
  /// another shape or dtype is dropped. Throws GraphError for a result of the graph or a view.
  void set_data(const Tensor& data) const;
  /// Keeps this result's gradient in `grad()` after backward.
  void retain_grad() const;
  bool retains_grad() const;  ///< Whether retain_grad() was called.
  /// Runs `hook` on the gradient of this tensor during backward; a defined result replaces it. Returns the number with
  /// which `remove_hook` takes it away.
  unsigned register_hook(std::function<Tensor(const Tensor&)> hook) const;
  /// Takes a hook away by its number.
  void remove_hook(unsigned position) const;
  /// Whether it shares the memory of another tensor as a view of it.
  bool is_view() const;
  /// The tensor that this one is a view of; undefined where it is none.
  Tensor base() const;
  /// How often its memory was changed in place.
  std::uint32_t version() const { return impl()->storage->version(); }
  /// Whether it was made in inference mode: see InferenceMode.
  bool is_inference() const { return impl()->inference; }

  // Copies and conversions.
  /// A copy with memory of its own, through which gradients flow.
  Tensor clone() const;
  /// The tensor itself where it is contiguous, else a copy that is.
  Tensor contiguous() const;
  /// Uninitialised elements of this tensor's dtype, unless the options give another.
  Tensor new_empty(IntArrayRef sizes, TensorOptions options = {}) const;
  /// `value` everywhere, in the same way.
  Tensor new_full(IntArrayRef sizes, Scalar value, TensorOptions options = {}) const;
  /// Zeros, in the same way.
  Tensor new_zeros(IntArrayRef sizes, TensorOptions options = {}) const { return new_full(sizes, 0, options); }
  /// Ones, in the same way.
  Tensor new_ones(IntArrayRef sizes, TensorOptions options = {}) const { return new_full(sizes, 1, options); }
  /// In another dtype; the tensor itself where it has that already, unless `copy`. There is one device.
  Tensor to(Dtype dtype, bool copy = false) const;
  Tensor to(TypeMeta dtype, bool copy = false) const { return to(dtype.toScalarType(), copy); }
  Tensor to(const TensorOptions& options) const { return to(options.dtype_or(dtype())); }
  Tensor to(Device /*device*/) const { return *this; }
  Tensor to(DeviceType type) const { return to(Device(type)); }
  Tensor to(Device /*device*/, Dtype dtype, bool /*non_blocking*/ = false, bool copy = false) const {
    return to(dtype, copy);
  }
  Tensor cpu() const { return *this; }                                     ///< The tensor itself.
  Tensor type_as(const Tensor& other) const { return to(other.dtype()); }  ///< In the dtype of another.
  Tensor toType(Dtype dtype) const { return to(dtype); }                   ///< As to(dtype).

  /// Writes "[CPUFloatType [2, 3]]" to the standard output.
  void print() const;

  // All the others, in a table.
#define XGRAD_OR(...) = __VA_ARGS__
#define XGRAD_METHOD(Result, name, parameters, ...) Result name parameters const;
#define XGRAD_BOTH(name, parameters, ...) \
  Tensor name parameters const;           \
  Tensor& name##_ parameters const;
#define XGRAD_BOTH_LINEAR XGRAD_BOTH
#define XGRAD_ALIAS(Result, name, parameters, ...) Result name parameters const;
#define XGRAD_OWN(Result, name, parameters) Result name parameters const;
#include "autograd/tensor/methods.def"

  Tensor operator[](std::int64_t index) const { return select(0, index); }
  Tensor& operator+=(const Tensor& other) { return add_(other); }
  Tensor& operator+=(Scalar other) { return add_(other); }
  Tensor& operator-=(const Tensor& other) { return sub_(other); }
  Tensor& operator-=(Scalar other) { return sub_(other); }
  Tensor& operator*=(const Tensor& other) { return mul_(other); }
  Tensor& operator*=(Scalar other) { return mul_(other); }
  Tensor& operator/=(const Tensor& other) { return div_(other); }
  Tensor& operator/=(Scalar other) { return div_(other); }

 private:
  bool has_grad_fn() const { return impl()->meta ? static_cast<bool>(grad_fn()) : static_cast<bool>(impl_->grad_fn); }
};

template <class T>
std::vector<T> Tensor::to_vector() const {
  using Stored = detail::StoredType<T>;
  const Tensor source = detach().to(dtype_of<Stored>()).contiguous();
  const Stored* first = source.data_ptr<Stored>();
  return std::vector<T>(first, first + source.numel());
}

/// Prints as PyTorch's C++ frontend does: rows of numbers in columns, then "[ CPUFloatType{2,3} ]".
std::ostream& operator<<(std::ostream& stream, const Tensor& tensor);
/// What operator<< prints.
std::string to_string(const Tensor& tensor);

}  // namespace xgrad
