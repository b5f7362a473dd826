/// Containers whose memory comes from the pool. For .cpp files.
#pragma once

#include <cstddef>
#include <memory_resource>

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

/// The pool as a memory resource of the standard library.
class PoolResource final : public std::pmr::memory_resource {
  void* do_allocate(std::size_t bytes, std::size_t /*alignment*/) override { return pool_allocate(bytes); }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t /*alignment*/) override { pool_free(memory, bytes); }
  bool do_is_equal(const memory_resource& other) const noexcept override {
    return dynamic_cast<const PoolResource*>(&other) != nullptr;
  }
};

}  // namespace xgrad
