#include "autograd/kernels/count.h"

#include <algorithm>
#include <atomic>
#include <type_traits>

#include "autograd/base/parallel.h"

namespace xgrad::kernels {

namespace {

template <class T>
std::int64_t count_in_row(const T* in, std::int64_t n) {
  using Count = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;  // as wide as the numbers: fewer conversions
  constexpr std::int64_t block = std::int64_t{1} << 20;
  std::int64_t total = 0;
  for (std::int64_t first = 0; first < n; first += block) {
    Count count = 0;
    for (std::int64_t i = first; i < std::min(n, first + block); ++i) count += in[i] != T(0) ? 1 : 0;
    total += count;
  }
  return total;
}

}  // namespace

template <class T>
void count_nonzero(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, std::int64_t* out) {
  if (outer == 1 && inner == 1) {
    std::atomic<std::int64_t> total{0};
    parallel_for(0, length, moving_grain, [&](std::int64_t first, std::int64_t last) {
      total.fetch_add(count_in_row(in + first, last - first), std::memory_order_relaxed);
    });
    *out = total.load(std::memory_order_relaxed);
    return;
  }
  const std::int64_t work = std::max<std::int64_t>(1, length * inner);
  parallel_for(0, outer, runs_in_part(moving_grain, work), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t o = first; o < last; ++o) {
      const T* const block = in + o * length * inner;
      if (inner == 1) {
        out[o] = count_in_row(block, length);
        continue;
      }
      std::int64_t* const counts = out + o * inner;
      std::fill_n(counts, inner, 0);
      for (std::int64_t r = 0; r < length; ++r) {
        for (std::int64_t i = 0; i < inner; ++i) counts[i] += block[r * inner + i] != T(0) ? 1 : 0;
      }
    }
  });
}

template void count_nonzero(const float*, std::int64_t, std::int64_t, std::int64_t, std::int64_t*);
template void count_nonzero(const double*, std::int64_t, std::int64_t, std::int64_t, std::int64_t*);
template void count_nonzero(const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, std::int64_t*);
template void count_nonzero(const bool*, std::int64_t, std::int64_t, std::int64_t, std::int64_t*);

}  // namespace xgrad::kernels
