/// Reading and writing by an index for each element: what gather, scatter and their kin do, over plain contiguous memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "autograd/base/shape.h"

namespace xgrad::kernels {

/// The least and the largest of n numbers, but no more than 0 and no less than -1.
std::pair<std::int64_t, std::int64_t> index_range(const std::int64_t* values, std::int64_t n);

/// An index of this shape into a tensor with these strides: along `axis` the index says where an element lies, along the
/// other dimensions it lies where it lies in the index. `entries` is the tensor's size along the axis.
struct GatherIndex {
  const std::int64_t* values;
  DimVector sizes;
  DimVector strides;
  std::size_t axis;
  std::int64_t entries;
};

/// out[i] = where i lies.
void places(std::int64_t* out, GatherIndex index);
/// out[i] = in[where i lies], of elements of `size` bytes: 1, 2, 4 or 8. On several threads for large ones. False where a
/// value of the index is not in [0, entries): then some of `out` is missing.
bool gather(std::size_t size, void* out, const void* in, GatherIndex index);
/// out[where i lies] = in[i]; of several for one place, the last stays. False as gather(). The index of the other functions
/// here has been checked.
bool scatter(std::size_t size, void* out, const void* in, GatherIndex index);
/// out[i] = in[where i lies] where scatter() has left the i that it wrote there, and 0 where a later one replaced it.
void gather_last(std::size_t size, void* out, const void* in, GatherIndex index);
/// out[where i lies] += in[i], in the order of i. Floats that many may be added to are summed in double precision.
template <class T>
void scatter_add(T* out, const T* in, GatherIndex index);

}  // namespace xgrad::kernels
