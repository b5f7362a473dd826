#include "autograd/kernels/add_rows.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "autograd/base/parallel.h"

namespace xgrad::kernels {

namespace {

using Counts = std::vector<std::int64_t>;

/// How often each entry is named; the largest of these in `most`.
Counts count_rows(const std::int64_t* rows, std::int64_t count, std::int64_t entries, std::int64_t skipped,
                  std::int64_t& most) {
  Counts counts(static_cast<std::size_t>(entries) + 1);
  most = 0;
  for (std::int64_t r = 0; r < count; ++r) {
    if (rows[r] != skipped) most = std::max(most, ++counts[static_cast<std::size_t>(rows[r])]);
  }
  return counts;
}

/// The places in the index, entry by entry: those of entry e begin at starts[e].
struct Groups {
  Groups(const std::int64_t* rows, std::int64_t count, std::int64_t skipped, Counts counts) : starts(std::move(counts)) {
    std::int64_t total = 0;
    for (std::int64_t& start : starts) total += std::exchange(start, total);
    places.resize(static_cast<std::size_t>(total));
    for (std::int64_t r = 0; r < count; ++r) {
      if (rows[r] == skipped) continue;
      places[static_cast<std::size_t>(starts[static_cast<std::size_t>(rows[r])]++)] = r;
    }
    // Each start has moved to the next entry's.
    std::copy_backward(starts.begin(), starts.end() - 1, starts.end());
    starts.front() = 0;
  }

  Counts starts;
  Counts places;
};

/// Row by row, on several threads for large ones: each has blocks of `out`, or columns, of its own.
template <class T>
void add_in_order(const std::int64_t* rows, std::int64_t count, std::int64_t entries, std::int64_t outer, std::int64_t inner,
                  const T* in, T* out, std::int64_t skipped, const std::int64_t* from) {
  const auto add = [=](std::int64_t o, std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = 0; r < count; ++r) {
      if (rows[r] == skipped) continue;
      T* target = out + (o * entries + rows[r]) * inner;
      const T* row = in + (o * count + (from == nullptr ? r : from[r])) * inner;
      for (std::int64_t i = begin; i < end; ++i) target[i] = static_cast<T>(target[i] + row[i]);
    }
  };
  if (outer > 1) {
    parallel_for(0, outer, runs_in_part(moving_grain, count * inner), [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t o = first; o < last; ++o) add(o, 0, inner);
    });
  } else {
    parallel_for(0, inner, std::max<std::int64_t>(64, moving_grain / count),
                 [&](std::int64_t begin, std::int64_t end) { add(0, begin, end); });
  }
}

/// Single numbers: a sum in double precision for every entry.
void add_numbers(const std::int64_t* rows, std::int64_t count, std::int64_t entries, std::int64_t outer, const float* in,
                 float* out, std::int64_t skipped, const std::int64_t* from) {
  std::vector<double> sums(static_cast<std::size_t>(entries));
  for (std::int64_t o = 0; o < outer; ++o, in += count, out += entries) {
    std::copy_n(out, entries, sums.begin());
    for (std::int64_t r = 0; r < count; ++r) {
      if (rows[r] != skipped)
        sums[static_cast<std::size_t>(rows[r])] += static_cast<double>(in[from == nullptr ? r : from[r]]);
    }
    std::transform(sums.begin(), sums.end(), out, [](double sum) { return static_cast<float>(sum); });
  }
}

/// Rows, a strip of columns at a time, entry by entry.
void add_groups(const Groups& groups, std::int64_t count, std::int64_t entries, std::int64_t outer, std::int64_t inner,
                const float* in, float* out, const std::int64_t* from) {
  constexpr std::int64_t strip = 256;
  const std::int64_t work =
      std::max<std::int64_t>(1, inner * std::max<std::int64_t>(1, count / std::max<std::int64_t>(1, entries)));
  parallel_for(0, outer * entries, runs_in_part(4 * moving_grain, work), [&](std::int64_t first, std::int64_t last) {
    double sums[strip];
    for (std::int64_t task = first; task < last; ++task) {
      const auto entry = static_cast<std::size_t>(task % entries);
      const float* block = in + task / entries * count * inner;
      const std::int64_t begin = groups.starts[entry];
      const std::int64_t end = groups.starts[entry + 1];
      for (std::int64_t column = 0; begin < end && column < inner; column += strip) {
        const std::int64_t width = std::min(strip, inner - column);
        float* target = out + task * inner + column;
        std::copy_n(target, width, sums);
        for (std::int64_t place = begin; place < end; ++place) {
          const std::int64_t r = groups.places[static_cast<std::size_t>(place)];
          const float* row = block + (from == nullptr ? r : from[r]) * inner + column;
          for (std::int64_t i = 0; i < width; ++i) sums[i] += static_cast<double>(row[i]);
        }
        std::transform(sums, sums + width, target, [](double sum) { return static_cast<float>(sum); });
      }
    }
  });
}

}  // namespace

template <class T>
void add_rows(const std::int64_t* rows, std::int64_t count, std::int64_t entries, std::int64_t outer, std::int64_t inner,
              const T* in, T* out, std::int64_t skipped, const std::int64_t* from) {
  if (outer == 0 || inner == 0 || count == 0) return;
  if constexpr (std::is_same_v<T, float>) {
    if (count > short_sum) {
      if (inner == 1 && entries <= count) return add_numbers(rows, count, entries, outer, in, out, skipped, from);
      std::int64_t most = 0;
      Counts counts = count_rows(rows, count, entries, skipped, most);
      if (most > short_sum) {
        if (inner == 1) return add_numbers(rows, count, entries, outer, in, out, skipped, from);
        return add_groups(Groups(rows, count, skipped, std::move(counts)), count, entries, outer, inner, in, out, from);
      }
    }
  }
  add_in_order(rows, count, entries, outer, inner, in, out, skipped, from);
}

#define XGRAD_INSTANTIATE_ADD_ROWS(T)                                                                               \
  template void add_rows(const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, std::int64_t, const T*, T*, \
                         std::int64_t, const std::int64_t*);
XGRAD_INSTANTIATE_ADD_ROWS(float)
XGRAD_INSTANTIATE_ADD_ROWS(double)
XGRAD_INSTANTIATE_ADD_ROWS(std::int64_t)
XGRAD_INSTANTIATE_ADD_ROWS(bool)
#undef XGRAD_INSTANTIATE_ADD_ROWS

}  // namespace xgrad::kernels
