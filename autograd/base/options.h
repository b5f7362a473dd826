/// How a tensor is created: its dtype, and whether it gathers gradients.
#pragma once

#include <optional>

#include "autograd/base/device.h"
#include "autograd/base/scalar_type.h"

namespace xgrad {

/// libtorch's TensorOptions, for one device: `TensorOptions().dtype(kFloat64).requires_grad(true)`.
class TensorOptions {
 public:
  TensorOptions() = default;
  /// A dtype, and the defaults otherwise.
  TensorOptions(Dtype dtype) : dtype_(dtype) {}  // NOLINT(google-explicit-constructor): zeros({2, 3}, kFloat64)

  /// The defaults: there is one device.
  TensorOptions(Device /*device*/) {}                              // NOLINT(google-explicit-constructor)
  TensorOptions(DeviceType type) : TensorOptions(Device(type)) {}  // NOLINT(google-explicit-constructor)

  /// The same options with another dtype.
  TensorOptions dtype(Dtype dtype) const {
    TensorOptions changed = *this;
    changed.dtype_ = dtype;
    return changed;
  }
  /// The same options with or without gradients.
  TensorOptions requires_grad(bool requires_grad) const {
    TensorOptions changed = *this;
    changed.requires_grad_ = requires_grad;
    return changed;
  }

  TensorOptions device(Device /*device*/) const { return *this; }  ///< the same options
  Device device() const { return {}; }                             ///< the CPU
  TensorOptions layout(Layout /*layout*/) const { return *this; }  ///< the same options
  Layout layout() const { return kStrided; }                       ///< by strides

  /// The dtype chosen, or the default dtype.
  Dtype dtype() const { return dtype_.value_or(default_dtype()); }
  Dtype dtype_or(Dtype fallback) const { return dtype_.value_or(fallback); }  ///< the dtype chosen, or another
  bool requires_grad() const { return requires_grad_; }                       ///< whether a new tensor gathers gradients

 private:
  std::optional<Dtype> dtype_;
  bool requires_grad_ = false;
};

/// Options with a dtype, and the defaults otherwise.
inline TensorOptions dtype(Dtype dtype) { return {dtype}; }
/// The default options.
inline TensorOptions device(Device device) { return {device}; }
/// The default options.
inline TensorOptions layout(Layout /*layout*/) { return {}; }
/// Options with or without gradients, and the defaults otherwise.
inline TensorOptions requires_grad(bool requires_grad = true) { return TensorOptions().requires_grad(requires_grad); }

}  // namespace xgrad
