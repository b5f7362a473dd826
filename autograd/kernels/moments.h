/// Means and squared deviations from them over one dimension of plain memory. T: float, double.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// means[o][i] = the mean of in[o][r][i] over r, and squares[o][i] = the sum of (in[o][r][i] - mean)^2, for contiguous
/// arrays of `outer` x `length` x `inner`: in double precision, in an order that depends on the lengths alone. Where all
/// numbers are equal, so is their mean, and the squares are exactly 0.
template <class T>
void mean_and_squares(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, double* means,
                      double* squares);

/// out[o][r][i] = (in[o][r][i] - means[o][i]) * scales[o][i]
template <class T>
void scale_deviations(const T* in, const double* means, const double* scales, std::int64_t outer, std::int64_t length,
                      std::int64_t inner, T* out);

}  // namespace xgrad::kernels
