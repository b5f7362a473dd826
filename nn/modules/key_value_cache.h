/// KeyValueCache: what attention keeps of the steps that it has seen.
#pragma once

#include <cstdint>
#include <exception>
#include <utility>

#include "autograd/tensor/tensor.h"

namespace xgrad::nn {

/// Keys and values (batch, heads, time, size) of one attention, for decoding step by step. Room doubles as it fills, so that
/// a step costs what it adds. Without gradients. A copy goes on by itself: what is appended to one is not in the other.
class KeyValueCache {
 public:
  KeyValueCache() = default;
  KeyValueCache(const KeyValueCache&) = default;
  KeyValueCache(KeyValueCache&& other) noexcept
      : keys_(std::move(other.keys_)), values_(std::move(other.values_)), length_(std::exchange(other.length_, 0)) {}
  KeyValueCache& operator=(const KeyValueCache&) = default;
  KeyValueCache& operator=(KeyValueCache&& other) noexcept {
    keys_ = std::move(other.keys_);
    values_ = std::move(other.values_);
    length_ = std::exchange(other.length_, 0);
    return *this;
  }
  ~KeyValueCache() = default;

  /// Adds steps behind the others. Throws ShapeError where they do not fit what is there, or one another; TypeError for
  /// another dtype.
  void append(const Tensor& keys, const Tensor& values);
  std::int64_t length() const { return length_; }  ///< steps
  bool empty() const { return length_ == 0; }
  Tensor keys() const;    ///< a view; undefined where there are none
  Tensor values() const;  ///< a view; undefined where there are none
  /// The batch as these rows (int64) of it, in this order: what beam search does to its hypotheses.
  void select(const Tensor& rows);
  /// Keeps the first steps alone. Throws ValueError for more than there are.
  void truncate(std::int64_t length);
  void clear();

 private:
  Tensor keys_;
  Tensor values_;
  std::int64_t length_ = 0;
};

namespace detail {

/// Takes back what is appended to a cache while it lives, where that ends by an exception.
class CacheUndo {
 public:
  explicit CacheUndo(KeyValueCache& cache) : cache_(cache), length_(cache.length()) {}
  ~CacheUndo() {
    if (std::uncaught_exceptions() > exceptions_) cache_.truncate(length_);
  }
  CacheUndo(const CacheUndo&) = delete;
  CacheUndo& operator=(const CacheUndo&) = delete;

 private:
  KeyValueCache& cache_;
  std::int64_t length_;
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace detail

}  // namespace xgrad::nn
