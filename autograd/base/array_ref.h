/// ArrayRef: a view of a list that somebody else owns, as libtorch's.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "autograd/base/error.h"
#include "autograd/base/only.h"
#include "autograd/base/small_vector.h"

namespace xgrad {

/// Constants that lists, vectors, arrays and single values convert to; it owns nothing, and must not outlive them.
/// https://pytorch.org/cppdocs/api/classc10_1_1_array_ref.html
template <class T>
class ArrayRef {
 public:
  using value_type = T;                                                  ///< of the elements
  using size_type = std::size_t;                                         ///< of their number
  using const_iterator = const T*;                                       ///< over constants
  using iterator = const_iterator;                                       ///< over constants, too
  using reverse_iterator = std::reverse_iterator<iterator>;              ///< from the last to the first
  using const_reverse_iterator = std::reverse_iterator<const_iterator>;  ///< the same

  constexpr ArrayRef() = default;
  /// `count` elements from `data` on.
  constexpr ArrayRef(const T* data, std::size_t count) : data_(data), size_(count) {}
  /// The elements from one pointer to another.
  constexpr ArrayRef(const T* begin, const T* end) : data_(begin), size_(static_cast<std::size_t>(end - begin)) {}
  constexpr ArrayRef(const T& value) : data_(&value), size_(1) {}  // NOLINT(google-explicit-constructor)
  /// A list of integers is neither a bool nor a fraction.
  template <class Number>
  requires(std::integral<T> && !IsBool<T> && (IsBool<Number> || std::floating_point<Number>)) ArrayRef(Number)
  = delete;
  ArrayRef(const std::vector<T>& values) : data_(values.data()), size_(values.size()) {}  // NOLINT
  /// All elements of a small vector.
  template <std::size_t N>
  ArrayRef(const SmallVector<T, N>& values) : data_(values.data()), size_(values.size()) {}      // NOLINT
  constexpr ArrayRef(std::span<const T> values) : data_(values.data()), size_(values.size()) {}  // NOLINT
  template <std::size_t N>
  constexpr ArrayRef(const std::array<T, N>& values) : data_(values.data()), size_(N) {}  // NOLINT
  template <std::size_t N>
  constexpr ArrayRef(const T (&values)[N]) : data_(values), size_(N) {}  // NOLINT
  /// As an argument: valid for the full expression.
  constexpr ArrayRef(std::initializer_list<T> values) : data_(std::data(values)), size_(values.size()) {}  // NOLINT

  /// What is left out is an empty list, by which reductions mean all dimensions.
  ArrayRef(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)
  template <std::same_as<ArrayRef> List>
  ArrayRef(const std::optional<List>& values)
      : ArrayRef(values ? *values : ArrayRef()) {}  // NOLINT(google-explicit-constructor)

  constexpr const T* data() const { return data_; }  ///< The first element.
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }                  ///< Whether there are none.
  constexpr const T* begin() const { return data_; }                   ///< For loops.
  constexpr const T* end() const { return data_ + size_; }             ///< For loops.
  constexpr const T* cbegin() const { return begin(); }                ///< As begin().
  constexpr const T* cend() const { return end(); }                    ///< As end().
  reverse_iterator rbegin() const { return reverse_iterator(end()); }  ///< From the last one.
  reverse_iterator rend() const { return reverse_iterator(begin()); }  ///< Before the first one.

  /// An element, whose index is not checked.
  constexpr const T& operator[](std::size_t index) const { return data_[index]; }
  /// An element. Throws IndexError where there is none.
  const T& at(std::size_t index) const {
    require(index < size_, "at");
    return data_[index];
  }
  /// The first element. Throws IndexError where there is none.
  const T& front() const {
    require(!empty(), "front");
    return data_[0];
  }
  /// The last element. Throws IndexError where there is none.
  const T& back() const {
    require(!empty(), "back");
    return data_[size_ - 1];
  }

  /// Whether both have the same elements.
  bool equals(ArrayRef other) const {
    if (size_ != other.size_) return false;
    for (std::size_t i = 0; i < size_; ++i) {  // shapes are short: a call of memcmp costs more
      if (!(data_[i] == other.data_[i])) return false;
    }
    return true;
  }
  /// `count` elements from `first` on. Throws IndexError where there are fewer.
  ArrayRef slice(std::size_t first, std::size_t count) const {
    require(first <= size_ && count <= size_ - first, "slice");
    return {data_ + first, count};
  }
  /// All elements from `first` on. Throws IndexError where there are fewer than that before.
  ArrayRef slice(std::size_t first) const {
    require(first <= size_, "slice");
    return {data_ + first, size_ - first};
  }
  std::vector<T> vec() const { return {begin(), end()}; }
  /// A copy of the elements: what takes a vector takes an ArrayRef.
  operator std::vector<T>() const { return vec(); }  // NOLINT(google-explicit-constructor)

  /// Whether both have the same elements.
  friend bool operator==(ArrayRef a, ArrayRef b) { return a.equals(b); }

 private:
  void require(bool holds, const char* method) const {
    if (!holds) [[unlikely]]
      throw IndexError(std::string("ArrayRef::") + method + ": there are " + std::to_string(size_) + " elements");
  }

  const T* data_ = nullptr;
  std::size_t size_ = 0;
};

/// "[2, 3]"
template <class T>
std::ostream& operator<<(std::ostream& stream, ArrayRef<T> values) {
  stream << '[';
  for (std::size_t i = 0; i < values.size(); ++i) stream << (i > 0 ? ", " : "") << values[i];
  return stream << ']';
}

/// A view of values that lie one behind the other.
template <class T>
ArrayRef<T> makeArrayRef(const T* data, std::size_t count) {
  return {data, count};
}
/// A view of a vector.
template <class T>
ArrayRef<T> makeArrayRef(const std::vector<T>& values) {
  return values;
}

}  // namespace xgrad
