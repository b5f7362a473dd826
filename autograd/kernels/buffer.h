/// Scratch memory of kernels: aligned, uninitialised, from the same pool as tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "autograd/base/memory_pool.h"

namespace xgrad::kernels {

template <class T>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::int64_t elements)
      : data_(static_cast<T*>(pool_allocate(static_cast<std::size_t>(elements) * sizeof(T))),
              Free{static_cast<std::size_t>(elements) * sizeof(T)}) {}

  T* data() const { return data_.get(); }
  T& operator[](std::int64_t i) const { return data_[static_cast<std::size_t>(i)]; }

 private:
  struct Free {
    std::size_t bytes = 0;
    void operator()(T* memory) const noexcept { pool_free(memory, bytes); }
  };
  std::unique_ptr<T[], Free> data_;
};

}  // namespace xgrad::kernels
