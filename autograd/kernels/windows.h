/// Window functions over plain memory: the values up to the middle, as far as they are not the mirror image of others.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// out[k] = c0 - c1 cos(2 pi k / period) + c2 cos(4 pi k / period) for k from 0 to period / 2. T: float, double; computed in
/// double precision, and in terms of sin(pi k / period), so that windows that begin at 0 lose no digits there.
template <class T>
void cosine_window(std::int64_t period, double c0, double c1, double c2, T* out);

/// out[k] = 2 k / period for k from 0 to period / 2.
template <class T>
void triangle_window(std::int64_t period, T* out);

}  // namespace xgrad::kernels
