/// Products of vectors in space.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// out[o][.][i] = a[o][.][i] x b[o][.][i] for contiguous arrays of `outer` x 3 x `inner`. T: float, double, int64.
template <class T>
void cross(const T* a, const T* b, std::int64_t outer, std::int64_t inner, T* out);

}  // namespace xgrad::kernels
