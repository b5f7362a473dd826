#include "autograd/kernels/running.h"

#include <algorithm>
#include <cstddef>

#include "autograd/base/parallel.h"

namespace xgrad::kernels {

namespace {

/// Columns that run together. Of rows that lie together, a few: each step waits for the one before, and several rows need
/// not wait for one another.
constexpr std::int64_t running_strip = 128;
constexpr std::int64_t running_rows = 8;

struct Plus {
  static constexpr int start = 0;
  template <class T>
  static T apply(T a, T b) {
    return a + b;
  }
};
struct Times {
  static constexpr int start = 1;
  template <class T>
  static T apply(T a, T b) {
    return a * b;
  }
};

template <class T, class Operation, std::int64_t rows>
void run_rows(const T* in, std::int64_t length, bool reversed, T* out) {
  Accumulator<T> total[rows];
  std::fill(total, total + rows, Accumulator<T>(Operation::start));
  for (std::int64_t step = 0; step < length; ++step) {
    const std::int64_t at = reversed ? length - 1 - step : step;
    for (std::int64_t k = 0; k < rows; ++k) {
      total[k] = Operation::apply(total[k], static_cast<Accumulator<T>>(in[k * length + at]));
      out[k * length + at] = static_cast<T>(total[k]);
    }
  }
}

template <class T, class Operation>
void run_columns(const T* in, std::int64_t length, std::int64_t stride, std::int64_t width, bool reversed, T* out) {
  Accumulator<T> total[running_strip];
  std::fill(total, total + width, Accumulator<T>(Operation::start));
  for (std::int64_t step = 0; step < length; ++step) {
    const std::int64_t at = (reversed ? length - 1 - step : step) * stride;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < width; ++i) {
      total[i] = Operation::apply(total[i], static_cast<Accumulator<T>>(in[at + i]));
      out[at + i] = static_cast<T>(total[i]);
    }
  }
}

template <class T, class Operation>
void run(bool reversed, const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out) {
  if (inner == 1) {
    const std::int64_t groups = (outer + running_rows - 1) / running_rows;
    const std::int64_t work = std::max<std::int64_t>(1, length * running_rows);
    parallel_for(0, groups, std::max<std::int64_t>(1, elementwise_grain / work), [=](std::int64_t first, std::int64_t last) {
      for (std::int64_t row = first * running_rows; row < std::min(outer, last * running_rows);) {
        const std::int64_t at = row * length;
        if (row + running_rows <= outer) {
          run_rows<T, Operation, running_rows>(in + at, length, reversed, out + at);
          row += running_rows;
        } else {
          run_rows<T, Operation, 1>(in + at, length, reversed, out + at);
          ++row;
        }
      }
    });
    return;
  }
  const std::int64_t strips = (inner + running_strip - 1) / running_strip;
  const std::int64_t work = std::max<std::int64_t>(1, length * std::min(inner, running_strip));
  parallel_for(
      0, outer * strips, std::max<std::int64_t>(1, moving_grain / work), [=](std::int64_t first, std::int64_t last) {
        for (std::int64_t task = first; task < last; ++task) {
          const std::int64_t column = task % strips * running_strip;
          const std::int64_t at = task / strips * length * inner + column;
          run_columns<T, Operation>(in + at, length, inner, std::min(running_strip, inner - column), reversed, out + at);
        }
      });
}

template <class T>
Accumulator<T> product_of_row(const T* in, std::int64_t n) {
  constexpr std::int64_t factors = 16;
  Accumulator<T> parts[factors];
  std::fill(parts, parts + factors, Accumulator<T>(1));
  std::int64_t i = 0;
  for (; i + factors <= n; i += factors) {
    for (std::int64_t k = 0; k < factors; ++k) parts[k] *= static_cast<Accumulator<T>>(in[i + k]);
  }
  for (; i < n; ++i) parts[0] *= static_cast<Accumulator<T>>(in[i]);
  for (std::int64_t k = 1; k < factors; ++k) parts[0] *= parts[k];
  return parts[0];
}

}  // namespace

template <class T>
void running_middle(Running operation, bool reversed, const T* in, std::int64_t outer, std::int64_t length,
                    std::int64_t inner, T* out) {
  if (operation == Running::sum) run<T, Plus>(reversed, in, outer, length, inner, out);
  else run<T, Times>(reversed, in, outer, length, inner, out);
}

template <class T>
void product_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* out) {
  const std::int64_t work = std::max<std::int64_t>(1, length * inner);
  parallel_for(0, outer, std::max<std::int64_t>(1, elementwise_grain / work), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t o = first; o < last; ++o) {
      if (inner == 1) {
        out[o] = static_cast<T>(product_of_row(in + o * length, length));
        continue;
      }
      for (std::int64_t column = 0; column < inner; column += running_strip) {
        const std::int64_t width = std::min(running_strip, inner - column);
        Accumulator<T> total[running_strip];
        std::fill(total, total + width, Accumulator<T>(1));
        for (std::int64_t r = 0; r < length; ++r) {
          const T* const row = in + (o * length + r) * inner + column;
          for (std::int64_t i = 0; i < width; ++i) total[i] *= static_cast<Accumulator<T>>(row[i]);
        }
        for (std::int64_t i = 0; i < width; ++i) out[o * inner + column + i] = static_cast<T>(total[i]);
      }
    }
  });
}

#define XGRAD_INSTANTIATE_RUNNING(T)                                                                   \
  template void running_middle(Running, bool, const T*, std::int64_t, std::int64_t, std::int64_t, T*); \
  template void product_middle(const T*, std::int64_t, std::int64_t, std::int64_t, T*);
XGRAD_INSTANTIATE_RUNNING(float)
XGRAD_INSTANTIATE_RUNNING(double)
XGRAD_INSTANTIATE_RUNNING(std::int64_t)
#undef XGRAD_INSTANTIATE_RUNNING

}  // namespace xgrad::kernels
