/// ExpandingArray: a number for each dimension of a layer, or one for all of them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <vector>

#include "autograd/base/array_ref.h"
#include "autograd/io/fields.h"
#include "autograd/io/value.h"

namespace xgrad {

namespace detail {
[[noreturn]] void throw_array_size(std::size_t expected, std::size_t given);
}  // namespace detail

/// D numbers; one stands for all. https://pytorch.org/cppdocs/api/classtorch_1_1_expanding_array.html
template <std::size_t D, class T = std::int64_t>
class ExpandingArray {
 public:
  /// D numbers. Throws ValueError for fewer or more.
  ExpandingArray(std::initializer_list<T> values) : ExpandingArray(ArrayRef<T>(values.begin(), values.size())) {}
  ExpandingArray(const std::vector<T>& values) : ExpandingArray(ArrayRef<T>(values)) {}  // NOLINT
  ExpandingArray(ArrayRef<T> values) {                                                   // NOLINT
    if (values.size() != D) detail::throw_array_size(D, values.size());
    std::copy(values.begin(), values.end(), values_.begin());
  }
  /// The same number D times.
  ExpandingArray(T value) { values_.fill(value); }  // NOLINT(google-explicit-constructor)
  ExpandingArray(IsBool auto value) requires(!IsBool<T>) = delete;
  ExpandingArray(const std::array<T, D>& values) : values_(values) {}  // NOLINT(google-explicit-constructor)
  std::array<T, D>& operator*() { return values_; }                    ///< the numbers
  const std::array<T, D>& operator*() const { return values_; }        ///< the numbers
  std::array<T, D>* operator->() { return &values_; }                  ///< the numbers
  const std::array<T, D>* operator->() const { return &values_; }      ///< the numbers
  operator ArrayRef<T>() const { return values_; }                     // NOLINT(google-explicit-constructor)
  std::size_t size() const noexcept { return D; }                      ///< D
  bool operator==(const ExpandingArray& other) const = default;        ///< whether all numbers are the same
  friend std::ostream& operator<<(std::ostream& stream, const ExpandingArray& array) {  ///< "[1, 2]", or "1" for one
    if constexpr (D == 1) return stream << array.values_[0];
    else return stream << ArrayRef<T>(array.values_);
  }

 private:
  std::array<T, D> values_;
};

/// As an option of a layer (autograd/io/fields.h): printed as above, saved as a list.
/// @{
template <std::size_t D>
void print_field(std::ostream& stream, const ExpandingArray<D>& option) {
  stream << option;
}
template <std::size_t D>
io::Value value_of_field(const ExpandingArray<D>& option) {
  return value_of_field(std::vector<std::int64_t>(option->begin(), option->end()));
}
template <std::size_t D>
void read_field(const io::Value& value, ExpandingArray<D>& option) {
  std::vector<std::int64_t> numbers;
  read_field(value, numbers);
  option = ExpandingArray<D>(numbers);
}
/// @}

}  // namespace xgrad
