/// TensorBase: what a tensor is, without what can be computed with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "autograd/base/error.h"
#include "autograd/base/options.h"
#include "autograd/base/scalar.h"
#include "autograd/tensor/tensor_impl.h"

namespace xgrad {

/// Elements of an N-dimensional tensor by index: accessor<float, 2>()[i][j].
template <class T, std::size_t N>
class TensorAccessor {
 public:
  /// Over memory with these sizes and strides, N of each.
  TensorAccessor(T* data, const std::int64_t* sizes, const std::int64_t* strides)
      : data_(data), sizes_(sizes), strides_(strides) {}

  std::int64_t size(std::int64_t dim) const { return sizes_[dim]; }      ///< Of a dimension.
  std::int64_t stride(std::int64_t dim) const { return strides_[dim]; }  ///< Of a dimension, in elements.
  T* data() const { return data_; }                                      ///< The first element.
  /// The element, or the accessor of one dimension less, at an index, which is not checked.
  decltype(auto) operator[](std::int64_t i) const {
    if constexpr (N == 1) {
      return (data_[i * strides_[0]]);
    } else {
      return TensorAccessor<T, N - 1>(data_ + i * strides_[0], sizes_ + 1, strides_ + 1);
    }
  }

 private:
  T* data_;
  const std::int64_t* sizes_;
  const std::int64_t* strides_;
};

/// The part of Tensor that needs no operation: the array's description and its memory.
class TensorBase {
 public:
  TensorBase() = default;  ///< undefined
  /// A handle to what is there.
  explicit TensorBase(intrusive_ptr<TensorImpl> impl) : impl_(std::move(impl)) {}

  void reset() { impl_.reset(); }  ///< Makes the handle undefined.

  // What it is.
  bool defined() const { return static_cast<bool>(impl_); }  ///< Whether there is an array.
  explicit operator bool() const = delete;
  /// The number of dimensions.
  std::int64_t dim() const { return static_cast<std::int64_t>(impl()->sizes.size()); }
  std::int64_t ndimension() const { return dim(); }        ///< As dim().
  std::int64_t numel() const { return impl()->numel; }     ///< The number of elements.
  IntArrayRef sizes() const { return impl()->sizes; }      ///< Of all dimensions.
  IntArrayRef strides() const { return impl()->strides; }  ///< Of all dimensions, in elements.
  std::int64_t size(std::int64_t dim) const;               ///< The size of a dimension; negative ones count from the last.
  std::int64_t stride(std::int64_t dim) const;             ///< Its stride, in elements.
  std::int64_t storage_offset() const { return impl()->offset; }  ///< Of the first element.
  TypeMeta dtype() const { return TypeMeta(impl()->dtype); }      ///< The type of the elements.
  Dtype scalar_type() const { return impl()->dtype; }             ///< As dtype().
  TensorOptions options() const {
    return TensorOptions(dtype()).device(device()).layout(layout());
  }                                     ///< For another tensor of this dtype.
  Device device() const { return {}; }  ///< The CPU.
  bool is_cpu() const { return true; }
  bool is_cuda() const { return false; }
  /// What no tensor is, as there are no other devices, layouts and kinds of numbers: false.
  /// @{
  bool is_complex() const { return false; }
  bool is_conj() const { return false; }
  bool is_neg() const { return false; }
  bool is_quantized() const { return false; }
  bool is_sparse() const { return false; }
  bool is_sparse_csr() const { return false; }
  bool is_mkldnn() const { return false; }
  bool is_meta() const { return false; }
  bool is_distributed() const { return false; }
  bool is_pinned(std::optional<Device> /*device*/ = std::nullopt) const { return false; }
  bool has_names() const { return false; }
  bool is_hip() const { return false; }
  bool is_ipu() const { return false; }
  bool is_lazy() const { return false; }
  bool is_metal() const { return false; }
  bool is_mps() const { return false; }
  bool is_ort() const { return false; }
  bool is_vulkan() const { return false; }
  bool is_xpu() const { return false; }
  /// @}
  std::size_t element_size() const { return xgrad::element_size(dtype()); }  ///< Of an element, in bytes.
  /// The size of all elements in bytes.
  std::size_t nbytes() const { return element_size() * static_cast<std::size_t>(numel()); }
  /// Whether the elements are floating-point numbers.
  bool is_floating_point() const { return xgrad::is_floating_point(dtype()); }
  bool is_signed() const { return dtype() != kBool && dtype() != kUInt8; }  ///< Whether elements may be negative.
  bool is_contiguous() const { return impl()->contiguous; }  ///< Whether rows follow one another without gaps.
  /// The same; false for the formats of images.
  bool is_contiguous(MemoryFormat format) const {
    return is_contiguous() && (format == MemoryFormat::Contiguous || format == MemoryFormat::Preserve);
  }
  MemoryFormat suggest_memory_format() const { return MemoryFormat::Contiguous; }  ///< Row-major.
  /// Whether each element has a place of its own and there are no gaps, in whatever order the dimensions lie.
  bool is_non_overlapping_and_dense() const;
  Layout layout() const { return kStrided; }                                             ///< The one that there is.
  std::int64_t get_device() const { return -1; }                                         ///< The number of the CPU.
  std::size_t itemsize() const { return element_size(); }                                ///< As element_size().
  std::string toString() const;                                                          ///< "CPUFloatType" and so on.
  bool is_same_size(const TensorBase& other) const { return sizes() == other.sizes(); }  ///< Of one shape.
  /// Whether both lie in one storage.
  bool is_alias_of(const TensorBase& other) const { return impl()->storage.get() == other.impl()->storage.get(); }
  /// Whether both are the same elements of one storage, in the same order.
  bool is_set_to(const TensorBase& other) const;
  bool is_same(const TensorBase& other) const {
    return impl_ == other.impl_;
  }  ///< Whether both are one array with one history.

  // Its elements.
  void* data_ptr() const { return impl()->data; }  ///< The first element.
  /// The first element. Throws TypeError unless T is the tensor's type.
  template <class T>
  T* data_ptr() const {
    require_type(dtype_of<T>(), "data_ptr");
    return reinterpret_cast<T*>(impl_->data);
  }
  /// The only element, converted to T. Throws ShapeError unless there is exactly one.
  template <class T>
  T item() const {
    return item().to<T>();
  }
  /// The only element, as a number of its dtype.
  Scalar item() const;
  /// Whether the only element is not 0. Throws ShapeError unless there is exactly one.
  bool is_nonzero() const { return item<bool>(); }
  /// Throws ShapeError unless the tensor has N dimensions, TypeError unless T is its type.
  template <class T, std::size_t N>
  TensorAccessor<T, N> accessor() const {
    require_type(dtype_of<T>(), "accessor");
    require_dim(N, "accessor");
    return {data_ptr<T>(), impl_->sizes.data(), impl_->strides.data()};
  }

  /// What the handle points to. Throws an Error where it is undefined.
  TensorImpl* impl() const {
    if (!impl_) [[unlikely]]
      throw_undefined();
    return impl_.get();
  }
  TensorImpl* unsafe_impl() const noexcept { return impl_.get(); }          ///< Null where undefined.
  TensorImpl* unsafeGetTensorImpl() const noexcept { return impl_.get(); }  ///< As unsafe_impl().
  /// How many handles there are.
  std::uint32_t use_count() const noexcept { return impl_ ? impl_->use_count() : 0; }

 protected:
  /// The handle itself.
  intrusive_ptr<TensorImpl> impl_;  // NOLINT(misc-non-private-member-variables-in-classes): Tensor is its other half

 private:
  [[noreturn]] static void throw_undefined();
  void require_type(Dtype expected, const char* method) const {
    if (impl()->dtype != expected) [[unlikely]]
      throw_type(expected, method);
  }
  [[noreturn]] void throw_type(Dtype expected, const char* method) const;
  void require_dim(std::size_t expected, const char* method) const;
};

}  // namespace xgrad
