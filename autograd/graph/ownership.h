/// Who sees the memory of a gradient: what nobody else sees may be kept without a copy, or written over.
#pragma once

#include <cstdint>

#include "autograd/graph/autograd_meta.h"

namespace xgrad {

/// Whether a tensor's memory is seen through its `handles` alone: by no other tensor, save the base of a view of all its
/// elements where nobody else holds that.
inline bool owned_alone(const Tensor& tensor, std::uint32_t handles = 1) {
  const TensorImpl& impl = *tensor.impl();
  if (tensor.use_count() != handles) return false;
  const Tensor* base = impl.meta && impl.meta->base.defined() ? &impl.meta->base : nullptr;
  // set_data() may have given the base other memory since.
  const bool keeps_base =
      base != nullptr && base->use_count() == 1 && base->numel() == impl.numel && base->impl()->storage == impl.storage;
  return impl.storage->use_count() == (keeps_base ? 2 : 1);
}

}  // namespace xgrad
