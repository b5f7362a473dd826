/// Shapes and strides, and the arithmetic on them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <vector>

#include "autograd/base/small_vector.h"

namespace xgrad {

/// A list of sizes or strides; up to four dimensions need no allocation.
using DimVector = SmallVector<std::int64_t, 4>;

/// A view of a list of integers that somebody else owns, as libtorch's.
class IntArrayRef {
 public:
  IntArrayRef() = default;
  IntArrayRef(const std::int64_t* data, std::size_t size) : data_(data), size_(size) {}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Winit-list-lifetime"
  IntArrayRef(std::initializer_list<std::int64_t> values)  // NOLINT: valid for the full expression, as an argument
      : data_(values.begin()), size_(values.size()) {}
#pragma GCC diagnostic pop
  IntArrayRef(const std::vector<std::int64_t>& values) : data_(values.data()), size_(values.size()) {}  // NOLINT
  IntArrayRef(const DimVector& values) : data_(values.data()), size_(values.size()) {}                  // NOLINT
  IntArrayRef(const std::int64_t& value) : data_(&value), size_(1) {}                                   // NOLINT

  const std::int64_t* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::int64_t operator[](std::size_t i) const { return data_[i]; }
  std::int64_t back() const { return data_[size_ - 1]; }
  std::int64_t front() const { return data_[0]; }
  const std::int64_t* begin() const { return data_; }
  const std::int64_t* end() const { return data_ + size_; }
  std::vector<std::int64_t> vec() const { return {begin(), end()}; }
  IntArrayRef slice(std::size_t first, std::size_t count) const { return {data_ + first, count}; }

  friend bool operator==(IntArrayRef a, IntArrayRef b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

 private:
  const std::int64_t* data_ = nullptr;
  std::size_t size_ = 0;
};

/// "[2, 3]"
std::string to_string(IntArrayRef shape);
std::ostream& operator<<(std::ostream& stream, IntArrayRef shape);

inline DimVector to_dims(IntArrayRef shape) { return {shape.begin(), shape.end()}; }

/// The product of the sizes. Throws ShapeError where a size is negative or the product leaves int64.
std::int64_t number_of_elements(IntArrayRef sizes);

/// Strides of a contiguous row-major array.
DimVector contiguous_strides(IntArrayRef sizes);
bool is_contiguous(IntArrayRef sizes, IntArrayRef strides);

/// The shape that both broadcast to, by NumPy's rules. Throws ShapeError that names `operation` where there is none.
DimVector broadcast_shapes(const char* operation, IntArrayRef a, IntArrayRef b);
bool is_expandable_to(IntArrayRef from, IntArrayRef to);

/// `dim` counted from the front: -1 is the last. A 0-d shape takes 0 and -1. Throws IndexError that names `operation`.
std::int64_t wrap_dim(const char* operation, std::int64_t dim, std::int64_t dims);

/// The sizes after view(requested): one -1 is worked out. Throws ShapeError where the numbers of elements differ.
DimVector infer_size(const char* operation, IntArrayRef requested, std::int64_t elements);

/// The strides with which memory of (sizes, strides) is seen under `viewed` sizes; false where only a copy can do it.
bool view_strides(IntArrayRef sizes, IntArrayRef strides, IntArrayRef viewed, DimVector& result);

}  // namespace xgrad
