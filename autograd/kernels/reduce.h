/// Sums over plain memory, in an order that depends on the lengths alone.
#pragma once

#include <cstdint>
#include <type_traits>

#include "autograd/kernels/elementwise.h"

namespace xgrad::kernels {

/// What a running sum or product of T is kept in.
template <class T>
using Accumulator =
    std::conditional_t<std::is_same_v<T, float>, double, std::conditional_t<std::is_same_v<T, bool>, std::int64_t, T>>;

/// The sum of n numbers: blocks in vector registers, and the blocks pairwise. T is float or double.
template <class T>
T sum(const T* data, std::int64_t n);

/// The sum of f(p, q) over n elements that lie together, in one pass: the same number as the sum of the values in memory.
template <class T>
T sum_of(Binary operation, std::int64_t n, const T* p, const T* q, const Parameters& parameters = {});

/// out[o][i] = sum over r of in[o][r][i], for contiguous arrays of `outer` x `length` x `inner`. T: float, double, int64.
template <class T>
void sum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out);

}  // namespace xgrad::kernels
