/// The order of dimensions in memory. For .cpp files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "autograd/base/shape.h"

namespace xgrad {

/// Sorts dimensions by their strides, the smallest first; equal ones stay in order. There are few: each is put in its place.
inline void sort_by_stride(DimVector& dims, IntArrayRef strides) {
  for (std::size_t i = 1; i < dims.size(); ++i) {
    for (std::size_t j = i; j > 0 && strides[dims[j]] < strides[dims[j - 1]]; --j) std::swap(dims[j], dims[j - 1]);
  }
}

}  // namespace xgrad
