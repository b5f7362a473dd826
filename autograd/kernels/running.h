/// Running sums and products over one dimension of plain memory, and whole products. All are kept in Accumulator<T>.
#pragma once

#include <cstdint>

#include "autograd/kernels/reduce.h"

namespace xgrad::kernels {

enum class Running : std::uint8_t { sum, product };

/// out[o][r][i] = in[o][0][i] + ... + in[o][r][i], or the product, for contiguous arrays of `outer` x `length` x `inner`; from
/// the last to the first where `reversed`. `out` may be `in`. T: float, double, int64.
template <class T>
void running_middle(Running operation, bool reversed, const T* in, std::int64_t outer, std::int64_t length,
                    std::int64_t inner, T* out);

/// out[o][i] = the product over r of in[o][r][i].
template <class T>
void product_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out);

}  // namespace xgrad::kernels
