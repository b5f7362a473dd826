#include "autograd/tensor/storage.h"

#include <oneapi/tbb/scalable_allocator.h>

#include <limits>
#include <new>

namespace xgrad {

void* allocate_object(std::size_t bytes) {
  void* memory = scalable_malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void free_object(void* memory) noexcept { scalable_free(memory); }

intrusive_ptr<Storage> Storage::allocate(std::size_t bytes) {
  static_assert(sizeof(Storage) <= alignment);
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* memory = scalable_aligned_malloc(alignment + rounded, alignment);
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
  scalable_aligned_free(storage);
}

}  // namespace xgrad
