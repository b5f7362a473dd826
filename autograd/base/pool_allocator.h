/// Containers whose memory comes from the pool. For .cpp files.
#pragma once

#include <cstddef>

#include "autograd/base/memory_pool.h"

namespace xgrad {

/// A standard allocator over pool_allocate(), for what comes and goes with every step.
template <class T>
struct PoolAllocator {
  using value_type = T;

  PoolAllocator() = default;
  template <class Other>
  PoolAllocator(const PoolAllocator<Other>& /*other*/) noexcept {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) { return static_cast<T*>(pool_allocate(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept { pool_free(memory, count * sizeof(T)); }

  template <class Other>
  friend bool operator==(const PoolAllocator& /*a*/, const PoolAllocator<Other>& /*b*/) {
    return true;
  }
};

}  // namespace xgrad
