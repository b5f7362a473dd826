#include "autograd/kernels/multinomial.h"

#include <algorithm>
#include <limits>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/search.h"

namespace xgrad::kernels {

namespace {

/// The running sums of `count` rows: side by side, since each addition waits for the one before it in its row.
template <std::int64_t count, class T>
void add_up_rows(const T* weights, std::int64_t n, double* sums) {
  std::copy_n(weights, count * n, sums);
  double totals[count] = {};
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t r = 0; r < count; ++r) sums[r * n + i] = totals[r] += sums[r * n + i];
  }
}

/// One row: each draw is looked up in the running sums as shares of their last, which is 1. The search is among the sums
/// themselves, so that only the shares around what it finds are computed.
void look_up_row(const double* sums, std::int64_t n, const double* draws, std::int64_t samples, std::int64_t* out) {
  const double total = sums[n - 1];
  for (std::int64_t i = 0; i < samples; ++i) {
    const double draw = draws[i];
    const double wanted = draw * total;
    const auto is_before = [=](std::int64_t place) { return (place == n - 1 ? 1 : sums[place] / total) < draw; };
    std::int64_t place = partition_point(n - 1, [=](std::int64_t at) { return sums[at] < wanted; });
    while (place > 0 && !is_before(place - 1)) --place;
    while (place < n - 1 && is_before(place)) ++place;
    out[i] = place;
  }
}

}  // namespace

template <class T>
WeightCounts count_weights(const T* weights, std::int64_t rows, std::int64_t n) {
  constexpr std::int64_t block = std::int64_t{1} << 20;  // for counts no wider than the weights
  WeightCounts counts{0, n};
  for (std::int64_t row = 0; row < rows; ++row) {
    std::int64_t positive = 0;
    for (std::int64_t first = row * n; first < (row + 1) * n; first += block) {
      std::int32_t wrong_here = 0;
      std::int32_t positive_here = 0;
      for (std::int64_t i = first; i < std::min((row + 1) * n, first + block); ++i) {
        wrong_here += (weights[i] >= 0) & (weights[i] <= std::numeric_limits<T>::max()) ? 0 : 1;
        positive_here += weights[i] > 0 ? 1 : 0;
      }
      counts.wrong += wrong_here;
      positive += positive_here;
    }
    counts.fewest_positive = std::min(counts.fewest_positive, positive);
  }
  return counts;
}

template <class T>
void look_up_draws(const T* weights, std::int64_t rows, std::int64_t n, const double* draws, std::int64_t samples,
                   std::int64_t* out) {
  constexpr std::int64_t together = 4;
  parallel_for(0, rows, std::max<std::int64_t>(1, 16384 / n), [=](std::int64_t first, std::int64_t last) {
    const Buffer<double> sums(together * n);
    for (std::int64_t row = first; row < last;) {
      const std::int64_t count = last - row < together ? 1 : together;
      if (count == together) add_up_rows<together>(weights + row * n, n, sums.data());
      else add_up_rows<1>(weights + row * n, n, sums.data());
      for (std::int64_t r = 0; r < count; ++r, ++row) {
        look_up_row(sums.data() + r * n, n, draws + row * samples, samples, out + row * samples);
      }
    }
  });
}

#define XGRAD_INSTANTIATE_MULTINOMIAL(T)                                     \
  template WeightCounts count_weights(const T*, std::int64_t, std::int64_t); \
  template void look_up_draws(const T*, std::int64_t, std::int64_t, const double*, std::int64_t, std::int64_t*);
XGRAD_INSTANTIATE_MULTINOMIAL(float)
XGRAD_INSTANTIATE_MULTINOMIAL(double)
#undef XGRAD_INSTANTIATE_MULTINOMIAL

}  // namespace xgrad::kernels
