/// Euclidean distances between rows of plain memory, and their gradients. T: float, double.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// out[b][i][j] = |a[b][i] - c[b][j]| for rows of `width` numbers, `n` and `k` of them in each of `batches`. The
/// differences, their squares and the sums are taken in double precision.
template <class T>
void euclidean_distances(const T* a, const T* c, std::int64_t batches, std::int64_t n, std::int64_t k, std::int64_t width,
                         T* out);

/// out[i] = grad[i] / y[i], and 0 where y is: by what a difference of two rows is multiplied in the gradient of its length.
template <class T>
void difference_scales(const T* grad, const T* y, std::int64_t n, T* out);

/// The same for a symmetric matrix of n rows whose numbers above the diagonal are given row by row, and which is 0 on it.
template <class T>
void symmetric_difference_scales(const T* grad, const T* y, std::int64_t n, T* out);

/// out[b][i] = the sum over j of scales[b][i][j] (a[b][i] - c[b][j]). Sums of floats are carried on in double precision
/// every few summands.
template <class T>
void sum_differences(const T* scales, const T* a, const T* c, std::int64_t batches, std::int64_t n, std::int64_t k,
                     std::int64_t width, T* out);

}  // namespace xgrad::kernels
