/// Copies of elements that keep their bits, between operands of any strides.
#pragma once

#include <cstddef>

#include "autograd/kernels/loop.h"

namespace xgrad::kernels {

/// Elements of `size` bytes: 1, 2, 4 or 8. Strides are in elements, and may be negative.
void copy_elements(std::size_t size, void* out, const void* in, Loop<2> loop);

/// The same for elements that lie together, so many bytes of them.
void copy_elements(std::size_t bytes, void* out, const void* in);

}  // namespace xgrad::kernels
