/// Sums and extrema over plain memory, in an order that depends on the lengths alone.
#pragma once

#include <cstdint>
#include <type_traits>

namespace xgrad::kernels {

/// What a running sum or product of T is kept in.
template <class T>
using Accumulator =
    std::conditional_t<std::is_same_v<T, float>, double, std::conditional_t<std::is_same_v<T, bool>, std::int64_t, T>>;

/// The sum of n numbers: blocks in vector registers, and the blocks pairwise. T is float or double.
template <class T>
T sum(const T* data, std::int64_t n);

/// out[o][i] = sum over r of in[o][r][i], for contiguous arrays of `outer` x `length` x `inner`. T: float, double, int64.
template <class T>
void sum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out);

/// The largest (or smallest) number over the middle dimension and the index of its first occurrence; NaN wins over numbers.
/// `length` is at least 1.
template <class T, bool largest>
void extremum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* values,
                     std::int64_t* indices);

}  // namespace xgrad::kernels
