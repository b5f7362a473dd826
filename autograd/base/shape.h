/// Shapes and strides, and the arithmetic on them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>

#include "autograd/base/array_ref.h"
#include "autograd/base/small_vector.h"

namespace xgrad {

/// A list of sizes or strides; up to four dimensions need no allocation.
using DimVector = SmallVector<std::int64_t, 4>;

/// A view of a list of integers that somebody else owns: sizes, strides, dimensions.
using IntArrayRef = ArrayRef<std::int64_t>;

/// "[2, 3]"
std::string to_string(IntArrayRef shape);
std::ostream& operator<<(std::ostream& stream, IntArrayRef shape);

inline DimVector to_dims(IntArrayRef shape) { return {shape.begin(), shape.end()}; }

/// The product of the sizes. Throws ShapeError where a size is negative or the product leaves int64.
std::int64_t number_of_elements(IntArrayRef sizes);

/// Strides of a contiguous row-major array.
DimVector contiguous_strides(IntArrayRef sizes);
bool is_contiguous(IntArrayRef sizes, IntArrayRef strides);
/// Strides of an array without gaps whose dimensions lie in the order that those of the operands have: of two dimensions,
/// the first operand that repeats along neither says which is the outer one, and row-major order where none does. This is
/// how libtorch lays out results of functions of elements.
DimVector dense_strides(IntArrayRef sizes, std::initializer_list<DimVector> operand_strides);

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
