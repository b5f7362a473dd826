/// The memory behind tensors.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

#include "autograd/base/intrusive_ptr.h"

namespace xgrad {

/// A block of memory that tensors share. Its own memory is 64-byte aligned, and its size is rounded up to 64 bytes.
class Storage final : public RefCounted {
 public:
  static constexpr std::size_t alignment = 64;  ///< of its own memory, in bytes

  /// Uninitialised memory: header and data are one allocation. Throws MemoryError.
  static intrusive_ptr<Storage> allocate(std::size_t bytes);
  /// Memory of somebody else; `deleter`, where given, runs when the last tensor over it has gone.
  static intrusive_ptr<Storage> wrap(void* data, std::size_t bytes, std::function<void(void*)> deleter);

  std::byte* data() const { return data_; }  ///< the first byte
  std::size_t bytes() const { return bytes_; }
  bool wraps() const { return wraps_; }  ///< somebody else's memory

  /// How often the memory was written to by in-place operations: saved tensors compare it.
  std::uint32_t version() const { return version_.load(std::memory_order_relaxed); }
  /// Notes that it was written to.
  void bump_version() { version_.fetch_add(1, std::memory_order_relaxed); }

  /// What was computed from the memory and is kept with it (tensor/companion.h): made when it is first asked for.
  struct Companion;
  Companion& companion();

  /// One more handle; for intrusive_ptr.
  friend void retain_reference(Storage* storage) noexcept { storage->retain(); }
  /// One handle less; for intrusive_ptr.
  friend void release_reference(Storage* storage) noexcept {
    if (storage->drop()) destroy(storage);
  }

 private:
  Storage(std::byte* data, std::size_t bytes) : data_(data), bytes_(bytes) {}
  ~Storage() = default;
  static void destroy(Storage* storage) noexcept;

  std::atomic<std::uint32_t> version_{0};
  bool wraps_ = false;  ///< somebody else's memory
  std::byte* data_;
  std::size_t bytes_;
  std::function<void(void*)>* deleter_ = nullptr;
  std::atomic<Companion*> companion_{nullptr};
};

/// A handle to the memory of tensors. https://pytorch.org/cppdocs/api/structc10_1_1_storage.html
class StorageHandle {
 public:
  /// To this memory.
  explicit StorageHandle(intrusive_ptr<Storage> storage) : storage_(std::move(storage)) {}

  void* data() const { return storage_->data(); }      ///< The first byte.
  void* data_ptr() const { return storage_->data(); }  ///< As data().
  /// The first element, of a type that the caller knows.
  template <class T>
  T* data() const {
    return static_cast<T*>(data());
  }
  std::size_t nbytes() const { return storage_->bytes(); }
  std::size_t use_count() const { return storage_->use_count(); }     ///< How many tensors and handles share it.
  const intrusive_ptr<Storage>& storage() const { return storage_; }  ///< The memory itself.
  /// Whether both are one memory.
  bool is_alias_of(const StorageHandle& other) const { return storage_.get() == other.storage_.get(); }

 private:
  intrusive_ptr<Storage> storage_;
};

}  // namespace xgrad
