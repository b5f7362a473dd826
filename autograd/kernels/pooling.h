/// What pools take from windows of time, over rows of plain memory.
#pragma once

#include <cstdint>
#include <vector>

namespace xgrad::kernels {

/// Steps first, first + spread, ... below last.
struct Window {
  std::int64_t first;
  std::int64_t last;
  double divisor = 1;  ///< of a mean
};

/// y[row][w] = the sum of the window's steps of x[row] / its divisor. The spread is 1. T is float or double.
template <class T>
void window_means(const T* x, std::int64_t rows, std::int64_t length, const std::vector<Window>& windows, T* y);

/// Its transpose: the gradient of x, of that of y.
template <class T>
void spread_means(const T* y, std::int64_t rows, std::int64_t length, const std::vector<Window>& windows, T* x);

/// The first of the largest of each window, or the last NaN; and the step where it stands.
template <class T>
void window_maxima(const T* x, std::int64_t rows, std::int64_t length, const std::vector<Window>& windows,
                   std::int64_t spread, T* y, std::int64_t* steps);

}  // namespace xgrad::kernels
