#include "autograd/tensor/storage.h"

#include <limits>
#include <memory>
#include <new>

#include "autograd/base/check.h"
#include "autograd/base/memory_pool.h"
#include "autograd/tensor/companion.h"

namespace xgrad {

intrusive_ptr<Storage> Storage::allocate(std::size_t bytes) {
  static_assert(sizeof(Storage) <= alignment);
  check<MemoryError>(bytes <= std::numeric_limits<std::size_t>::max() / 2, "not enough memory: there are no {} bytes",
                     bytes);
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

Storage::Companion& Storage::companion() {
  Companion* found = companion_.load(std::memory_order_acquire);
  if (found != nullptr) return *found;
  auto made = std::make_unique<Companion>();
  // Where another thread was faster, `found` becomes what it made.
  if (companion_.compare_exchange_strong(found, made.get(), std::memory_order_acq_rel)) return *made.release();
  return *found;
}

void Storage::destroy(Storage* storage) noexcept {
  const std::size_t allocated = alignment + (storage->wraps_ ? 0 : storage->bytes_);
  if (storage->deleter_ != nullptr) {
    (*storage->deleter_)(storage->data_);
    delete storage->deleter_;
  }
  delete storage->companion_.load(std::memory_order_relaxed);
  storage->~Storage();
  pool_free(storage, allocated);
}

}  // namespace xgrad
