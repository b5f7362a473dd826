/// Scratch memory of kernels: aligned, uninitialised, from the same pool as tensors.
#pragma once

#include <cstdint>

#include "autograd/tensor/storage.h"

namespace xgrad::kernels {

template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::int64_t elements)
      : storage_(Storage::allocate(static_cast<std::size_t>(elements) * sizeof(T))),
        data_(reinterpret_cast<T*>(storage_->data())) {}

  T* data() const { return data_; }
  T& operator[](std::int64_t i) const { return data_[i]; }

 private:
  intrusive_ptr<Storage> storage_;
  T* data_ = nullptr;
};

}  // namespace xgrad::kernels
