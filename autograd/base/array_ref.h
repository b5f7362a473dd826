/// ArrayRef: a view of a list that somebody else owns, as libtorch's.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

namespace xgrad {

/// A std::span of constants that lists and vectors convert to; it owns nothing, and must not outlive them.
/// https://pytorch.org/cppdocs/api/classc10_1_1_array_ref.html
template <class T>
class ArrayRef : public std::span<const T> {
 public:
  ArrayRef() = default;
  /// `count` elements from `data` on.
  ArrayRef(const T* data, std::size_t count) : std::span<const T>(data, count) {}
  /// All elements of a vector.
  ArrayRef(const std::vector<T>& values) : std::span<const T>(values) {}  // NOLINT(google-explicit-constructor)
  /// All elements of a span.
  ArrayRef(std::span<const T> values) : std::span<const T>(values) {}  // NOLINT(google-explicit-constructor)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Winit-list-lifetime"
  /// As an argument: valid for the full expression.
  ArrayRef(std::initializer_list<T> values) : std::span<const T>(values.begin(), values.size()) {}  // NOLINT
#pragma GCC diagnostic pop

  /// A copy of the elements.
  std::vector<T> vec() const { return {this->begin(), this->end()}; }
  /// `count` elements from `first` on; the caller checks that they are there.
  ArrayRef slice(std::size_t first, std::size_t count) const { return {this->data() + first, count}; }
};

}  // namespace xgrad
