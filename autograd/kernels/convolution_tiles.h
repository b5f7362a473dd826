/// What the kernels of convolutions share. For .cpp files.
#pragma once

#include <algorithm>
#include <cstdint>

namespace xgrad::kernels {

inline std::int64_t ceil_divide(std::int64_t a, std::int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }
inline std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

/// target[m] = source[first + m * step] for m below `count`, and 0 where that lies outside of [0, length).
template <class T>
void copy_padded(const T* source, std::int64_t length, std::int64_t first, std::int64_t step, std::int64_t count,
                 T* target) {
  const std::int64_t begin = std::clamp<std::int64_t>(ceil_divide(-first, step), 0, count);
  const std::int64_t end = std::clamp<std::int64_t>(ceil_divide(length - first, step), begin, count);
  std::fill(target, target + begin, T(0));
  if (step == 1) {
    std::copy(source + first + begin, source + first + end, target + begin);
  } else {
    for (std::int64_t m = begin; m < end; ++m) target[m] = source[first + m * step];
  }
  std::fill(target + end, target + count, T(0));
}

/// How many jobs are worth a thread, by the multiplications of each.
inline std::int64_t grain_of(double work_per_job) {
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(2e5 / std::max(1.0, work_per_job)));
}

}  // namespace xgrad::kernels
