/// Tensor: an n-dimensional array that remembers how it was computed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "autograd/base/only.h"
#include "autograd/tensor/generator.h"
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
  Tensor(const Tensor& other) = default;      ///< The same array.
  Tensor(Tensor&& other) noexcept = default;  ///< The same array; the other is undefined.
  ~Tensor() = default;
  Tensor& operator=(const Tensor& other) & = default;      ///< From now on the array of another.
  Tensor& operator=(Tensor&& other) & noexcept = default;  ///< The same; the other is undefined.
  /// Assignment to what is no variable, such as `x[0]`, `x.index({...})` or `x.data()`, writes into the array: as copy_()
  /// and fill_(). Throws ValueError where nothing else sees that array, as the copy that index() makes of masked elements:
  /// use index_put_().
  /// @{
  Tensor& operator=(const Tensor& value) &&;
  Tensor& operator=(Tensor&& value) &&;  // NOLINT(performance-noexcept-move-constructor): it writes, and may throw
  Tensor& operator=(Scalar value) &&;
  /// @}

  // Its elements.
  /// All elements in row-major order, converted to T.
  template <class T>
  std::vector<T> to_vector() const;

  // Its place in the graph.
  /// Whether gradients go to it or through it.
  bool requires_grad() const { return impl()->requires_grad || has_grad_fn(); }
  /// Throws GraphError on a result of the graph when asked not to require a gradient, TypeError on integers.
  const Tensor& requires_grad_(OnlyBool requires_grad = true) const;
  const Tensor& set_requires_grad(OnlyBool requires_grad) const { return requires_grad_(requires_grad); }
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
  void backward(const Tensor& gradient = Tensor(), std::optional<OnlyBool> retain_graph = std::nullopt,
                OnlyBool create_graph = false, const std::optional<TensorList>& inputs = std::nullopt) const;
  /// The same for inputs in braces.
  void backward(const Tensor& gradient, std::optional<OnlyBool> retain_graph, OnlyBool create_graph,
                std::initializer_list<Tensor> inputs) const {
    backward(gradient, retain_graph, create_graph, std::optional<TensorList>(inputs));
  }
  /// The same memory, outside the graph.
  Tensor detach() const;
  /// Takes this very tensor out of the graph.
  Tensor& detach_() const;
  Tensor alias() const { return view(sizes()); }     ///< A view of all of it.
  Tensor data() const { return detach(); }           ///< As detach().
  Tensor variable_data() const { return detach(); }  ///< As detach().
  Tensor tensor_data() const { return detach(); }    ///< As detach().
  /// Puts the memory, shape and dtype of `data` in the place of this tensor's own, for every handle to it. A gradient of
  /// another shape or dtype is dropped. Throws GraphError for a result of the graph or a view.
  void set_data(const Tensor& data) const;
  /// Keeps this result's gradient in `grad()` after backward.
  void retain_grad() const;
  bool retains_grad() const;  ///< Whether retain_grad() was called.
  /// Runs `hook` on the gradient of this tensor during backward; a defined result replaces it, and a hook may return
  /// nothing. Returns the number with which `remove_hook` takes it away.
  template <class Hook>
  unsigned register_hook(Hook hook) const {
    if constexpr (std::is_void_v<std::invoke_result_t<Hook&, const Tensor&>>) {
      return add_hook([hook = std::move(hook)](const Tensor& gradient) mutable {
        hook(gradient);
        return Tensor();
      });
    } else {
      return add_hook(std::move(hook));
    }
  }
  /// Takes a hook away by its number.
  void remove_hook(unsigned position) const;
  /// Runs `hook` on this leaf each time that backward has added to its `grad()`. Returns the number with which
  /// `remove_post_accumulate_grad_hook` takes it away. Throws GraphError where this is no leaf that requires a gradient.
  /// https://pytorch.org/docs/2.1/generated/torch.Tensor.register_post_accumulate_grad_hook.html
  unsigned register_post_accumulate_grad_hook(std::function<void(const Tensor&)> hook) const;
  /// Takes such a hook away by its number.
  void remove_post_accumulate_grad_hook(unsigned position) const;
  /// Whether it shares the memory of another tensor as a view of it.
  bool is_view() const;
  /// The tensor that this one is a view of; undefined where it is none.
  Tensor base() const;
  /// How often its memory was changed in place.
  std::uint32_t version() const { return impl()->storage->version(); }
  std::int64_t _version() const { return version(); }  ///< As version().
  /// The memory that its elements lie in.
  StorageHandle storage() const { return StorageHandle(impl()->storage); }
  /// Whether it was made in inference mode: see InferenceMode.
  bool is_inference() const { return impl()->inference; }

  // Copies and conversions.
  /// A copy with memory of its own, through which gradients flow. It is contiguous.
  Tensor clone(std::optional<MemoryFormat> format = std::nullopt) const;
  /// The tensor itself where it is contiguous, else a copy that is.
  Tensor contiguous(MemoryFormat format = MemoryFormat::Contiguous) const;
  /// Uninitialised elements of this tensor's dtype, unless the options give another.
  Tensor new_empty(IntArrayRef sizes, TensorOptions options = {}) const;
  /// `value` everywhere, in the same way.
  Tensor new_full(IntArrayRef sizes, Scalar value, TensorOptions options = {}) const;
  /// Zeros, in the same way.
  Tensor new_zeros(IntArrayRef sizes, TensorOptions options = {}) const { return new_full(sizes, 0, options); }
  /// Ones, in the same way.
  Tensor new_ones(IntArrayRef sizes, TensorOptions options = {}) const { return new_full(sizes, 1, options); }
  /// In another dtype; the tensor itself where it has that already, unless `copy`. There is one device.
  Tensor to(Dtype dtype, OnlyBool non_blocking = false, OnlyBool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const;
  Tensor to(TypeMeta dtype, OnlyBool non_blocking = false, OnlyBool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(dtype.toScalarType(), non_blocking, copy, format);
  }
  Tensor to(const TensorOptions& options = {}, OnlyBool non_blocking = false, OnlyBool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(options.dtype_or(dtype()), non_blocking, copy, format);
  }
  Tensor to(const Tensor& other, OnlyBool non_blocking = false, OnlyBool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(other.dtype(), non_blocking, copy, format);
  }
  Tensor to(Device /*device*/, OnlyBool non_blocking = false, OnlyBool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(dtype(), non_blocking, copy, format);
  }
  Tensor to(DeviceType type, OnlyBool non_blocking = false, OnlyBool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(Device(type), non_blocking, copy, format);
  }
  Tensor to(Device /*device*/, Dtype dtype, OnlyBool non_blocking = false, OnlyBool copy = false,
            std::optional<MemoryFormat> format = std::nullopt) const {
    return to(dtype, non_blocking, copy, format);
  }
  Tensor cpu() const { return *this; }  ///< The tensor itself.
  /// The tensor itself: no device copies from pinned memory.
  Tensor pin_memory(std::optional<Device> /*device*/ = std::nullopt) const { return *this; }
  /// The memory of a contiguous tensor as elements of another dtype. Where those are larger or smaller, the last dimension
  /// shrinks or grows by the factor. Outside of the graph. Throws ShapeError where the last dimension, or the place in the
  /// memory, is no multiple of it, and for no dimensions. https://pytorch.org/docs/1.13/generated/torch.Tensor.view.html
  Tensor view(Dtype dtype) const;
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
#define XGRAD_INLINE(Result, name, parameters, ...) \
  Result name parameters const { return __VA_ARGS__; }
#include "autograd/tensor/methods.def"

  void movedim(NoDimension auto source, auto destination) const = delete;
  void movedim(auto source, NoDimension auto destination) const = delete;
  void moveaxis(NoDimension auto source, auto destination) const = delete;
  void moveaxis(auto source, NoDimension auto destination) const = delete;
  void norm(IsBool auto p, auto&&... rest) const = delete;
  void norm(std::initializer_list<std::int64_t> dims) const = delete;

  /// The slice at an index of the first dimension, a view.
  Tensor operator[](std::int64_t index) const { return select(0, index); }
  /// The same for an integer of another kind. Throws TypeError for other numbers.
  Tensor operator[](Scalar index) const;
  /// The same for an integer without dimensions, which is a view too; otherwise index({index}).
  Tensor operator[](const Tensor& index) const;
  Tensor operator[](NoDimension auto index) const = delete;
  /// As add_() and so on.
  /// @{
  Tensor& operator+=(const Tensor& other) { return add_(other); }
  Tensor& operator+=(Scalar other) { return add_(other); }
  Tensor& operator-=(const Tensor& other) { return sub_(other); }
  Tensor& operator-=(Scalar other) { return sub_(other); }
  Tensor& operator*=(const Tensor& other) { return mul_(other); }
  Tensor& operator*=(Scalar other) { return mul_(other); }
  Tensor& operator/=(const Tensor& other) { return div_(other); }
  Tensor& operator/=(Scalar other) { return div_(other); }
  /// @}

 private:
  unsigned add_hook(std::function<Tensor(const Tensor&)> hook) const;
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
