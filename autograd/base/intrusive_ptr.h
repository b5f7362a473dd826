/// Reference counting inside the object: one allocation per object, one pointer per handle.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace xgrad {

/// Base of counted objects. A type whose destruction is special provides its own `release_reference(Derived*)`.
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;

  void retain() const noexcept {
    // The first reference is its maker's: nobody else knows the object. A store takes a tenth of a locked addition's time.
    if (references_.load(std::memory_order_relaxed) == 0) references_.store(1, std::memory_order_relaxed);
    else references_.fetch_add(1, std::memory_order_relaxed);
  }
  /// True when the last reference has gone.
  bool drop() const noexcept {
    if (references_.load(std::memory_order_acquire) == 1) return true;  // ours is the only one: nobody can add another
    return references_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  std::uint32_t use_count() const noexcept { return references_.load(std::memory_order_acquire); }

  /// For objects that somebody may reach without a handle, who must know that they still exist: a handle more, or false
  /// where the last one has gone. Of these, drop_last() drops all handles, so that the count ends at 0.
  /// @{
  bool retain_if_alive() const noexcept {
    std::uint32_t count = references_.load(std::memory_order_relaxed);
    while (count != 0) {
      if (references_.compare_exchange_weak(count, count + 1, std::memory_order_acq_rel)) return true;
    }
    return false;
  }
  bool drop_last() const noexcept { return references_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  /// @}

 protected:
  ~RefCounted() = default;

 private:
  mutable std::atomic<std::uint32_t> references_{0};
};

/// Shared pointer to a RefCounted object. `retain_reference` and `release_reference` are found by argument-dependent
/// lookup, so that T may be incomplete here.
template <class T>
class intrusive_ptr {
 public:
  intrusive_ptr() = default;
  intrusive_ptr(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)
  explicit intrusive_ptr(T* object) : object_(object) {
    if (object_ != nullptr) retain_reference(object_);
  }
  intrusive_ptr(const intrusive_ptr& other) : intrusive_ptr(other.object_) {}
  /// Takes over a handle that retain_if_alive() gave.
  static intrusive_ptr adopt(T* object) {
    intrusive_ptr pointer;
    pointer.object_ = object;
    return pointer;
  }
  intrusive_ptr(intrusive_ptr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  intrusive_ptr& operator=(const intrusive_ptr& other) {
    intrusive_ptr(other).swap(*this);
    return *this;
  }
  intrusive_ptr& operator=(intrusive_ptr&& other) noexcept {
    intrusive_ptr(std::move(other)).swap(*this);
    return *this;
  }
  ~intrusive_ptr() {
    if (object_ != nullptr) release_reference(object_);
  }

  T* get() const noexcept { return object_; }
  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  void reset() { intrusive_ptr().swap(*this); }
  /// A shared pointer to the same object, which lives as long as either kind points to it.
  operator std::shared_ptr<T>() const {  // NOLINT(google-explicit-constructor)
    return object_ == nullptr ? nullptr : std::shared_ptr<T>(object_, [kept = *this](T* /*object*/) {});
  }
  void swap(intrusive_ptr& other) noexcept { std::swap(object_, other.object_); }
  friend bool operator==(const intrusive_ptr& a, const intrusive_ptr& b) { return a.object_ == b.object_; }

 private:
  T* object_ = nullptr;
};

}  // namespace xgrad
