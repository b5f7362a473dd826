/// The largest and smallest numbers over one dimension of plain memory.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// The largest (or smallest) number over the middle dimension of `outer` x `length` x `inner`, and the index of its first
/// occurrence unless `indices` is null; NaN wins over numbers. `length` is at least 1. T is one that is computed in.
template <class T, bool largest>
void extremum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* values,
                     std::int64_t* indices);

/// The largest of n numbers, at least 1, and its first place; NaN where there is one. T: float, double.
template <class T>
T largest_of_row(const T* in, std::int64_t n, std::int64_t* index);

/// The gradient of the values: what arrives there, in equal shares for all elements that equal them, and 0 for others; NaN
/// for all where the value is NaN. T: float, double.
template <class T>
void extremum_shares(const T* grad, const T* in, const T* values, std::int64_t outer, std::int64_t length,
                     std::int64_t inner, T* out);

/// The gradient of the values where each goes to one element: out[o][r][i] = grad[o][i] for r = indices[o][i], 0 for others.
/// T: float, double.
template <class T>
void extremum_gradient(const T* grad, const std::int64_t* indices, std::int64_t outer, std::int64_t length,
                       std::int64_t inner, T* out);

}  // namespace xgrad::kernels
