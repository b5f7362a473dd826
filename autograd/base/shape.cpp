#include "autograd/base/shape.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <ostream>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/check.h"

namespace xgrad {

std::string to_string(IntArrayRef shape) { return fmt::format("[{}]", fmt::join(shape.begin(), shape.end(), ", ")); }

std::ostream& operator<<(std::ostream& stream, IntArrayRef shape) { return stream << to_string(shape); }

std::int64_t number_of_elements(IntArrayRef sizes) {
  std::int64_t elements = 1;
  bool overflow = false;
  bool empty = false;
  for (const std::int64_t size : sizes) {
    if (size < 0) throw ShapeError(fmt::format("a tensor cannot have the negative size {} in shape {}", size, sizes));
    empty |= size == 0;
    overflow |= __builtin_mul_overflow(elements, size, &elements);
  }
  if (empty) return 0;
  if (overflow) throw ShapeError(fmt::format("shape {} holds more elements than memory can", sizes));
  return elements;
}

DimVector contiguous_strides(IntArrayRef sizes) {
  DimVector strides;
  strides.resize_for_overwrite(sizes.size());
  std::int64_t stride = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= sizes[i] > 1 ? sizes[i] : 1;
  }
  return strides;
}

bool is_contiguous(IntArrayRef sizes, IntArrayRef strides) {
  std::int64_t expected = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] == 0) return true;
    if (sizes[i] != 1 && strides[i] != expected) return false;
    expected *= sizes[i];
  }
  return true;
}

namespace {

/// Above 0 where `inner` steps further than `outer`, below 0 where it does not, 0 where no operand says.
int compare_steps(IntArrayRef sizes, std::initializer_list<DimVector> operand_strides, std::size_t inner,
                  std::size_t outer) {
  for (const DimVector& strides : operand_strides) {
    if (strides[inner] == 0 || strides[outer] == 0) continue;
    if (strides[inner] != strides[outer]) return strides[inner] > strides[outer] ? 1 : -1;
    if (sizes[inner] > sizes[outer]) return 1;
  }
  return 0;
}

}  // namespace

DimVector dense_strides(IntArrayRef sizes, std::initializer_list<DimVector> operand_strides) {
  SmallVector<std::size_t, 4> order(sizes.size());  // the innermost dimension first
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::reverse(order.begin(), order.end());
  for (std::size_t i = 1; i < order.size(); ++i) {
    std::size_t moved = i;
    for (std::size_t inner = i; inner-- > 0;) {
      const int steps = compare_steps(sizes, operand_strides, order[inner], order[moved]);
      if (steps < 0) break;
      if (steps == 0) continue;
      std::swap(order[inner], order[moved]);
      moved = inner;
    }
  }
  DimVector strides(sizes.size());
  std::int64_t stride = 1;
  for (const std::size_t dim : order) {
    strides[dim] = stride;
    stride *= std::max<std::int64_t>(sizes[dim], 1);
  }
  return strides;
}

DimVector broadcast_shapes(const char* operation, IntArrayRef a, IntArrayRef b) {
  const std::size_t dims = std::max(a.size(), b.size());
  DimVector result(dims);
  for (std::size_t i = 0; i < dims; ++i) {
    const std::int64_t size_a = i < dims - a.size() ? 1 : a[i - (dims - a.size())];
    const std::int64_t size_b = i < dims - b.size() ? 1 : b[i - (dims - b.size())];
    if (size_a != size_b && size_a != 1 && size_b != 1) {
      throw ShapeError(fmt::format("{}: shapes {} and {} do not broadcast: {} against {} in dimension {}", operation, a, b,
                                   size_a, size_b, i));
    }
    result[i] = size_a == 1 ? size_b : size_a;
  }
  return result;
}

bool is_expandable_to(IntArrayRef from, IntArrayRef to) {
  if (from.size() > to.size()) return false;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t size = from[from.size() - 1 - i];
    if (size != 1 && size != to[to.size() - 1 - i]) return false;
  }
  return true;
}

std::int64_t wrap_dim(const char* operation, std::int64_t dim, std::int64_t dims) {
  const std::int64_t range = dims == 0 ? 1 : dims;
  if (dim < -range || dim >= range) {
    throw IndexError(fmt::format("{}: dimension {} is out of range: expected {} to {}", operation, dim, -range, range - 1));
  }
  return dim < 0 ? dim + range : dim;
}

DimVector infer_size(const char* operation, IntArrayRef requested, std::int64_t elements) {
  DimVector sizes = to_dims(requested);
  std::int64_t known = 1;
  std::int64_t* unknown = nullptr;
  for (std::int64_t& size : sizes) {
    if (size == -1) {
      check<ShapeError>(unknown == nullptr, "{}: only one size of {} can be -1", operation, requested);
      unknown = &size;
    } else {
      check<ShapeError>(size >= 0, "{}: invalid size {} in shape {}", operation, size, requested);
      check<ShapeError>(!__builtin_mul_overflow(known, size, &known), "{}: shape {} is too large", operation, requested);
    }
  }
  if (unknown != nullptr) {
    check<ShapeError>(known != 0, "{}: the -1 in shape {} is ambiguous beside a size of 0", operation, requested);
    check<ShapeError>(elements % known == 0, "{}: shape {} does not fit {} elements", operation, requested, elements);
    *unknown = elements / known;
  } else {
    check<ShapeError>(known == elements, "{}: shape {} does not fit {} elements", operation, requested, elements);
  }
  return sizes;
}

bool view_strides(IntArrayRef sizes, IntArrayRef strides, IntArrayRef viewed, DimVector& result) {
  result.resize(viewed.size());
  if (number_of_elements(sizes) == 0) {
    result = contiguous_strides(viewed);
    return true;
  }
  // Walk from the back: each run of source dimensions that lie contiguously in memory must hold whole viewed dimensions.
  std::size_t viewed_dim = viewed.size();
  std::int64_t chunk_stride = 1;
  std::int64_t chunk_elements = 1;
  if (!sizes.empty()) chunk_stride = strides.back();
  for (std::size_t dim = sizes.size(); dim-- > 0;) {
    chunk_elements *= sizes[dim];
    const bool chunk_ends = dim == 0 || (sizes[dim - 1] != 1 && strides[dim - 1] != chunk_elements * chunk_stride);
    if (!chunk_ends) continue;
    std::int64_t placed = 1;
    while (viewed_dim > 0 && (placed < chunk_elements || viewed[viewed_dim - 1] == 1)) {
      result[viewed_dim - 1] = placed * chunk_stride;
      placed *= viewed[viewed_dim - 1];
      --viewed_dim;
    }
    if (placed != chunk_elements) return false;
    if (dim > 0) {
      chunk_stride = strides[dim - 1];
      chunk_elements = 1;
    }
  }
  while (viewed_dim > 0) {
    if (viewed[viewed_dim - 1] != 1) return false;
    result[--viewed_dim] = 1;
  }
  return true;
}

}  // namespace xgrad
