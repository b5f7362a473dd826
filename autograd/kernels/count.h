/// Counts over one dimension of plain memory.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// out[o][i] = how many of in[o][r][i] are not 0, NaN among them, for contiguous arrays of `outer` x `length` x `inner`. T:
/// float, double, int64, bool.
template <class T>
void count_nonzero(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, std::int64_t* out);

}  // namespace xgrad::kernels
