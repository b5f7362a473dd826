/// How a tensor is created: its dtype, and whether it gathers gradients.
#pragma once

#include <iosfwd>
#include <optional>

#include "autograd/base/device.h"
#include "autograd/base/scalar_type.h"
#include "autograd/base/type_meta.h"

namespace xgrad {

/// In which order elements lie. xgrad makes row-major tensors only; asking for one of the two for images is a ValueError.
enum class MemoryFormat {
  Contiguous,     ///< row-major
  Preserve,       ///< as it is; new memory is row-major
  ChannelsLast,   ///< for images
  ChannelsLast3d  ///< for volumes
};
namespace detail {
[[noreturn]] void throw_memory_format(const char* operation);
/// Throws ValueError for the formats of images.
inline void require_row_major(const char* operation, std::optional<MemoryFormat> format) {
  if (format && *format > MemoryFormat::Preserve) [[unlikely]]
    throw_memory_format(operation);
}
}  // namespace detail

/// libtorch's TensorOptions, for one device: `TensorOptions().dtype(kFloat64).requires_grad(true)`.
/// https://pytorch.org/cppdocs/api/structc10_1_1_tensor_options.html
class TensorOptions {
 public:
  TensorOptions() = default;
  /// A dtype, and the defaults otherwise.
  TensorOptions(Dtype dtype) : dtype_(dtype) {}  // NOLINT(google-explicit-constructor): zeros({2, 3}, kFloat64)
  TensorOptions(TypeMeta type) : TensorOptions(Dtype(type)) {}  // NOLINT(google-explicit-constructor): zeros({2}, x.dtype())

  /// The CPU, and the defaults otherwise.
  TensorOptions(Device device) : device_(device) {}                // NOLINT(google-explicit-constructor)
  TensorOptions(DeviceType type) : TensorOptions(Device(type)) {}  // NOLINT(google-explicit-constructor)
  TensorOptions(Layout layout) : layout_(layout) {}                // NOLINT(google-explicit-constructor)

  /// The same options with another dtype.
  TensorOptions dtype(std::optional<Dtype> dtype) const {
    TensorOptions changed = *this;
    changed.dtype_ = dtype;
    return changed;
  }
  /// The same options with the dtype of a C++ type.
  template <class T>
  TensorOptions dtype() const {
    return dtype(dtype_of<T>());
  }
  /// The same options with or without gradients.
  TensorOptions requires_grad(std::optional<bool> requires_grad) const {
    TensorOptions changed = *this;
    changed.requires_grad_ = requires_grad;
    return changed;
  }
  /// The same options with a device, which is the CPU.
  TensorOptions device(std::optional<Device> device) const {
    TensorOptions changed = *this;
    changed.device_ = device;
    return changed;
  }
  /// The same, of a type and a number.
  TensorOptions device(DeviceType type, DeviceIndex index = -1) const { return device(Device(type, index)); }
  /// The same options with a layout, of which there is one.
  TensorOptions layout(std::optional<Layout> layout) const {
    TensorOptions changed = *this;
    changed.layout_ = layout;
    return changed;
  }
  /// The same options. Throws ValueError for the formats of images.
  TensorOptions memory_format(std::optional<MemoryFormat> format) const {
    detail::require_row_major("TensorOptions", format);
    return *this;
  }
  /// The same options: no device needs pinned memory.
  TensorOptions pinned_memory(std::optional<bool> /*pinned*/) const { return *this; }

  /// The dtype chosen, or the default dtype.
  TypeMeta dtype() const { return TypeMeta(dtype_or(default_dtype())); }
  Dtype dtype_or(Dtype fallback) const { return dtype_.value_or(fallback); }  ///< the dtype chosen, or another
  std::optional<Dtype> dtype_opt() const { return dtype_; }                   ///< the dtype, where one was chosen
  bool has_dtype() const { return dtype_.has_value(); }
  Device device() const { return device_.value_or(Device()); }  ///< the CPU
  std::optional<Device> device_opt() const { return device_; }  ///< the device, where one was chosen
  bool has_device() const { return device_.has_value(); }
  Layout layout() const { return kStrided; }                    ///< by strides
  std::optional<Layout> layout_opt() const { return layout_; }  ///< the layout, where one was chosen
  bool has_layout() const { return layout_.has_value(); }
  bool requires_grad() const { return requires_grad_.value_or(false); }  ///< whether a new tensor gathers gradients
  bool has_requires_grad() const { return requires_grad_.has_value(); }  ///< whether that was chosen
  bool pinned_memory() const { return false; }

 private:
  std::optional<Dtype> dtype_;
  std::optional<Device> device_;
  std::optional<Layout> layout_;
  std::optional<bool> requires_grad_;
};

/// "TensorOptions(dtype=float, device=cpu (default), ...)".
std::ostream& operator<<(std::ostream& stream, const TensorOptions& options);

/// Options with a dtype, and the defaults otherwise.
inline TensorOptions dtype(Dtype dtype) { return {dtype}; }
/// The same, with the dtype of a C++ type.
template <class T>
TensorOptions dtype() {
  return {dtype_of<T>()};
}
inline TensorOptions device(Device device) { return {device}; }
inline TensorOptions layout(Layout layout) { return {layout}; }
/// Options with or without gradients, and the defaults otherwise.
inline TensorOptions requires_grad(bool requires_grad = true) { return TensorOptions().requires_grad(requires_grad); }

}  // namespace xgrad
