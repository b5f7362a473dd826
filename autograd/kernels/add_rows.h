/// Sums by an index: of the rows of a gather's gradient, of index_add and its kin.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// A running sum of so few floats keeps their digits by itself.
inline constexpr std::int64_t short_sum = 8;

/// out[o][rows[r]] += in[o][r] for each r in order, but where rows[r] is `skipped`: `out` is `outer` x `entries` x `inner`,
/// `in` `outer` x `count` x `inner`, and rows lie in [0, entries). Floats that many rows add to are summed in double
/// precision. T is any type that operations compute in. With `from`, which is for an `outer` of 1, what is added for r is
/// in[from[r]].
template <class T>
void add_rows(const std::int64_t* rows, std::int64_t count, std::int64_t entries, std::int64_t outer, std::int64_t inner,
              const T* in, T* out, std::int64_t skipped = -1, const std::int64_t* from = nullptr);

}  // namespace xgrad::kernels
