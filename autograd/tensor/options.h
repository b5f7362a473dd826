/// How a tensor is created: its dtype, and whether it gathers gradients.
#pragma once

#include <optional>

#include "autograd/tensor/device.h"
#include "autograd/tensor/scalar_type.h"

namespace xgrad {

/// libtorch's TensorOptions, for one device: `TensorOptions().dtype(kFloat64).requires_grad(true)`.
class TensorOptions {
 public:
  TensorOptions() = default;
  TensorOptions(Dtype dtype) : dtype_(dtype) {}  // NOLINT(google-explicit-constructor): zeros({2, 3}, kFloat64)

  TensorOptions(Device /*device*/) {}                              // NOLINT(google-explicit-constructor)
  TensorOptions(DeviceType type) : TensorOptions(Device(type)) {}  // NOLINT(google-explicit-constructor)

  TensorOptions dtype(Dtype dtype) const {
    TensorOptions changed = *this;
    changed.dtype_ = dtype;
    return changed;
  }
  TensorOptions requires_grad(bool requires_grad) const {
    TensorOptions changed = *this;
    changed.requires_grad_ = requires_grad;
    return changed;
  }

  TensorOptions device(Device /*device*/) const { return *this; }
  Device device() const { return {}; }

  /// The dtype chosen, or the default dtype.
  Dtype dtype() const { return dtype_.value_or(default_dtype()); }
  Dtype dtype_or(Dtype fallback) const { return dtype_.value_or(fallback); }
  bool requires_grad() const { return requires_grad_; }

 private:
  std::optional<Dtype> dtype_;
  bool requires_grad_ = false;
};

inline TensorOptions dtype(Dtype dtype) { return {dtype}; }
inline TensorOptions device(Device device) { return {device}; }
inline TensorOptions requires_grad(bool requires_grad = true) { return TensorOptions().requires_grad(requires_grad); }

}  // namespace xgrad
