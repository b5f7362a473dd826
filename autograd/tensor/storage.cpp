#include "autograd/tensor/storage.h"

#include <limits>
#include <new>

#include "autograd/base/check.h"
#include "autograd/base/memory_pool.h"

namespace xgrad {

intrusive_ptr<Storage> Storage::allocate(std::size_t bytes) {
  static_assert(sizeof(Storage) <= alignment);
  check<MemoryError>(bytes <= std::numeric_limits<std::size_t>::max() / 2, "not enough memory: there are no {} bytes", bytes);
  void* memory = pool_allocate(alignment + bytes);
  return intrusive_ptr<Storage>(new (memory) Storage(static_cast<std::byte*>(memory) + alignment, bytes));
}

intrusive_ptr<Storage> Storage::wrap(void* data, std::size_t bytes, std::function<void(void*)> deleter) {
  intrusive_ptr<Storage> storage = allocate(0);
  storage->data_ = static_cast<std::byte*>(data);
  storage->bytes_ = bytes;
  storage->wraps_ = true;
  if (deleter) storage->deleter_ = new std::function<void(void*)>(std::move(deleter));
  return storage;
}

void Storage::destroy(Storage* storage) noexcept {
  const std::size_t allocated = alignment + (storage->wraps_ ? 0 : storage->bytes_);
  if (storage->deleter_ != nullptr) {
    (*storage->deleter_)(storage->data_);
    delete storage->deleter_;
  }
  storage->~Storage();
  pool_free(storage, allocated);
}

}  // namespace xgrad
