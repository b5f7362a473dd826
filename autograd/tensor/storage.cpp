#include "autograd/tensor/storage.h"

#include <oneapi/tbb/scalable_allocator.h>

#include <cstdlib>
#include <limits>
#include <new>

namespace xgrad {
namespace {

// Sanitizers watch only the memory that comes from the system's allocator.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
void* allocate_memory(std::size_t bytes) { return std::malloc(bytes); }
void free_memory(void* memory) { std::free(memory); }
void* allocate_aligned(std::size_t bytes, std::size_t alignment) { return std::aligned_alloc(alignment, bytes); }
void free_aligned(void* memory) { std::free(memory); }
#else
void* allocate_memory(std::size_t bytes) { return scalable_malloc(bytes); }
void free_memory(void* memory) { scalable_free(memory); }
void* allocate_aligned(std::size_t bytes, std::size_t alignment) { return scalable_aligned_malloc(bytes, alignment); }
void free_aligned(void* memory) { scalable_aligned_free(memory); }
#endif

}  // namespace

void* allocate_object(std::size_t bytes) {
  void* memory = allocate_memory(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void free_object(void* memory) noexcept { free_memory(memory); }

intrusive_ptr<Storage> Storage::allocate(std::size_t bytes) {
  static_assert(sizeof(Storage) <= alignment);
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* memory = allocate_aligned(alignment + rounded, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return intrusive_ptr<Storage>(new (memory) Storage(static_cast<std::byte*>(memory) + alignment, bytes));
}

intrusive_ptr<Storage> Storage::wrap(void* data, std::size_t bytes, std::function<void(void*)> deleter) {
  intrusive_ptr<Storage> storage = allocate(0);
  storage->data_ = static_cast<std::byte*>(data);
  storage->bytes_ = bytes;
  if (deleter) storage->deleter_ = new std::function<void(void*)>(std::move(deleter));
  return storage;
}

void Storage::destroy(Storage* storage) noexcept {
  if (storage->deleter_ != nullptr) {
    (*storage->deleter_)(storage->data_);
    delete storage->deleter_;
  }
  storage->~Storage();
  free_aligned(storage);
}

}  // namespace xgrad
