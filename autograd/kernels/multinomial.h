/// Draws by weights, from plain memory. T: float, double.
#pragma once

#include <cstdint>

namespace xgrad::kernels {

/// Of rows of weights: how many are negative or not finite, and how many at least are above 0 in a row.
struct WeightCounts {
  std::int64_t wrong;
  std::int64_t fewest_positive;
};

template <class T>
WeightCounts count_weights(const T* weights, std::int64_t rows, std::int64_t n);

/// For each of `samples` uniform draws of each row, out of [0, 1): the first of the row's n weights up to which their sum,
/// as a share of all, is not below the draw. On several threads.
template <class T>
void look_up_draws(const T* weights, std::int64_t rows, std::int64_t n, const double* draws, std::int64_t samples,
                   std::int64_t* out);

}  // namespace xgrad::kernels
