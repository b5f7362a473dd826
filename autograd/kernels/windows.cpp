#include "autograd/kernels/windows.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"

namespace xgrad::kernels {

template <class T>
void cosine_window(std::int64_t period, double c0, double c1, double c2, T* out) {
  const std::int64_t count = period / 2 + 1;
  // sin(a + b) from a sine and a cosine for each block, and for each place in a block: few of them are computed.
  const std::int64_t block = count < 16384 ? 64 : 512;
  const double step = std::numbers::pi / static_cast<double>(period);
  const Buffer<double> table(2 * block);
  double* const sines = table.data();
  double* const cosines = sines + block;
  for (std::int64_t i = 0; i < std::min(block, count); ++i) {
    sines[i] = std::sin(step * static_cast<double>(i));
    cosines[i] = std::cos(step * static_cast<double>(i));
  }
  const double base = c0 - c1 + c2;
  parallel_for(0, (count + block - 1) / block, moving_grain / block, [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t k = first * block; k < std::min(count, last * block); k += block) {
      const double sine = std::sin(step * static_cast<double>(k));
      const double cosine = std::cos(step * static_cast<double>(k));
      const std::int64_t n = std::min(block, count - k);
#pragma GCC ivdep
      for (std::int64_t i = 0; i < n; ++i) {
        const double half = sine * cosines[i] + cosine * sines[i];
        const double square = half * half;  // cos(2 a) = 1 - 2 square, and cos(4 a) = 1 - 8 square (1 - square)
        out[k + i] = static_cast<T>(base + square * (2 * c1 - 8 * c2 * (1 - square)));
      }
    }
  });
}

template <class T>
void triangle_window(std::int64_t period, T* out) {
  const auto length = static_cast<double>(period);
  parallel_for(0, period / 2 + 1, moving_grain, [=](std::int64_t first, std::int64_t last) {
    constexpr int block = 1024;  // of which the numbers are short, and become doubles in vectors
    for (std::int64_t begin = first; begin < last; begin += block) {
      const auto start = static_cast<double>(2 * begin);
      const auto count = static_cast<int>(std::min<std::int64_t>(block, last - begin));
      for (int k = 0; k < count; ++k) out[begin + k] = static_cast<T>((start + static_cast<double>(2 * k)) / length);
    }
  });
}

template void cosine_window(std::int64_t, double, double, double, float*);
template void cosine_window(std::int64_t, double, double, double, double*);
template void triangle_window(std::int64_t, float*);
template void triangle_window(std::int64_t, double*);

}  // namespace xgrad::kernels
