#include "autograd/kernels/pooling.h"

#include <algorithm>

#include "autograd/base/parallel.h"
#include "autograd/kernels/extremum.h"

namespace xgrad::kernels {

namespace {

/// Rows for which a thread is worth its while.
std::int64_t row_grain(std::int64_t length) { return runs_in_part(elementwise_grain, length); }

}  // namespace

template <class T>
void window_means(const T* x, std::int64_t rows, std::int64_t length, const std::vector<Window>& windows, T* y) {
  parallel_for(0, rows, row_grain(length), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const T* in = x + row * length;
      T* out = y + row * static_cast<std::int64_t>(windows.size());
      for (const Window& window : windows) {
        T sum = 0;
        for (std::int64_t step = window.first; step < window.last; ++step) sum += in[step];
        *out++ = sum / static_cast<T>(window.divisor);
      }
    }
  });
}

template <class T>
void spread_means(const T* y, std::int64_t rows, std::int64_t length, const std::vector<Window>& windows, T* x) {
  parallel_for(0, rows, row_grain(length), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const T* in = y + row * static_cast<std::int64_t>(windows.size());
      T* out = x + row * length;
      std::fill(out, out + length, T(0));
      for (const Window& window : windows) {
        const T share = *in++ / static_cast<T>(window.divisor);
        for (std::int64_t step = window.first; step < window.last; ++step) out[step] += share;
      }
    }
  });
}

template <class T>
void window_maxima(const T* x, std::int64_t rows, std::int64_t length, const std::vector<Window>& windows,
                   std::int64_t spread, T* y, std::int64_t* steps) {
  constexpr std::int64_t by_vectors = 32;  // steps from which on a window is worth it
  parallel_for(0, rows, row_grain(length), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const T* in = x + row * length;
      const std::int64_t place = row * static_cast<std::int64_t>(windows.size());
      T* out = y + place;
      std::int64_t* where = steps + place;
      for (const Window& window : windows) {
        std::int64_t best = window.first;
        if (spread == 1 && window.last - window.first >= by_vectors) {
          const T largest = largest_of_row(in + window.first, window.last - window.first, &best);
          best += window.first;
          if (largest == largest) {
            *out++ = largest;
            *where++ = best;
            continue;
          }
        }
        for (std::int64_t step = window.first + spread; step < window.last; step += spread) {
          if (in[step] > in[best] || in[step] != in[step]) best = step;
        }
        *out++ = in[best];
        *where++ = best;
      }
    }
  });
}

template void window_means(const float*, std::int64_t, std::int64_t, const std::vector<Window>&, float*);
template void window_means(const double*, std::int64_t, std::int64_t, const std::vector<Window>&, double*);
template void spread_means(const float*, std::int64_t, std::int64_t, const std::vector<Window>&, float*);
template void spread_means(const double*, std::int64_t, std::int64_t, const std::vector<Window>&, double*);
template void window_maxima(const float*, std::int64_t, std::int64_t, const std::vector<Window>&, std::int64_t, float*,
                            std::int64_t*);
template void window_maxima(const double*, std::int64_t, std::int64_t, const std::vector<Window>&, std::int64_t, double*,
                            std::int64_t*);

}  // namespace xgrad::kernels
