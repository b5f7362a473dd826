/// How fast one core moves numbers through memory: STREAM's triad, https://www.cs.virginia.edu/stream/
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

namespace benchmarks {

[[gnu::noinline]] inline void triad(std::vector<float>& a, const std::vector<float>& b, const std::vector<float>& c) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = b[i] + 0.5F * c[i];
}

/// Bytes that it reads and writes in a nanosecond: the best of several turns over so many elements.
inline double triad_bandwidth(std::int64_t elements) {
  using Clock = std::chrono::steady_clock;
  const auto size = static_cast<std::size_t>(elements);
  std::vector<float> a(size);
  const std::vector<float> b(size, 1);
  const std::vector<float> c(size, 2);
  double best = std::numeric_limits<double>::infinity();
  for (int turn = 0; turn < 15; ++turn) {
    const auto start = Clock::now();
    triad(a, b, c);
    best = std::min(best, std::chrono::duration<double, std::nano>(Clock::now() - start).count());
  }
  return 3 * sizeof(float) * static_cast<double>(elements) / best;
}

}  // namespace benchmarks
