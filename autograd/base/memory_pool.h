/// Where the memory of tensors and graph nodes comes from: TBB's scalable allocator, with two caches before it, so that a
/// step of training that repeats the one before asks the system for nothing.
#pragma once

#include <cstddef>

namespace xgrad {

/// Memory aligned to 64 bytes. Small blocks come from free lists of the calling thread, large ones from a cache of all
/// threads that keeps up to 512 MiB of those freed last. Throws MemoryError.
void* pool_allocate(std::size_t bytes);
/// `bytes` as given to pool_allocate.
void pool_free(void* memory, std::size_t bytes) noexcept;

}  // namespace xgrad
