#include "autograd/kernels/running.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "autograd/base/parallel.h"
#include "autograd/kernels/buffer.h"
#include "autograd/kernels/strips.h"
#include "autograd/kernels/vectors.h"

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

/// Calls body(first element, columns) for rows, which have one column, or strips of columns, on several threads.
template <class Body>
void for_each_running(std::int64_t grain, std::int64_t outer, std::int64_t length, std::int64_t inner, const Body& body) {
  for_each_strip(outer, length, inner, running_strip, grain,
                 [&](std::int64_t o, std::int64_t column, std::int64_t width) { body(o * length * inner + column, width); });
}

/// Rows go through the cache line by line: their distance may bring all of them into one set of it, which does not hold
/// them.
template <class T, class Operation, std::int64_t rows>
void run_rows(const T* in, std::int64_t length, bool reversed, T* out) {
  constexpr std::int64_t line = 64 / static_cast<std::int64_t>(sizeof(T));
  Accumulator<T> total[rows];
  std::fill(total, total + rows, Accumulator<T>(Operation::start));
  T lines[line][rows];  // turned, so that rows are vectors
  for (std::int64_t done = 0; done < length; done += line) {
    const std::int64_t count = std::min(line, length - done);
    const std::int64_t at = reversed ? length - done - count : done;
    const std::int64_t next = std::clamp<std::int64_t>(reversed ? at - line : at + line, 0, length - 1);
    for (std::int64_t k = 0; k < rows; ++k) {
      __builtin_prefetch(in + k * length + next);
      for (std::int64_t i = 0; i < count; ++i) lines[i][k] = in[k * length + at + i];
    }
    for (std::int64_t step = 0; step < count; ++step) {
      const std::int64_t i = reversed ? count - 1 - step : step;
      for (std::int64_t k = 0; k < rows; ++k) {
        total[k] = Operation::apply(total[k], static_cast<Accumulator<T>>(lines[i][k]));
        lines[i][k] = static_cast<T>(total[k]);
      }
    }
    for (std::int64_t k = 0; k < rows; ++k) {
      for (std::int64_t i = 0; i < count; ++i) out[k * length + at + i] = lines[i][k];
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
    parallel_for(0, groups, runs_in_part(2 * elementwise_grain, work), [=](std::int64_t first, std::int64_t last) {
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
  for_each_running(moving_grain, outer, length, inner, [=](std::int64_t at, std::int64_t width) {
    run_columns<T, Operation>(in + at, length, inner, width, reversed, out + at);
  });
}

/// Whether a number takes the place of the extremum of those before it.
template <bool largest, class T>
bool follows(T value, T best) {
  return value != value || (best == best && (largest ? value >= best : value <= best));
}

template <class T, bool largest>
void extremum_along_row(const T* in, std::int64_t length, T* values, std::int64_t* indices) {
  T best = in[0];
  std::int64_t place = 0;
  const auto step = [&](std::int64_t i) {
    if (follows<largest>(in[i], best)) {
      best = in[i];
      place = i;
    }
    values[i] = best;
    indices[i] = place;
  };
  std::int64_t i = 0;
  if constexpr (std::is_floating_point_v<T>) {
    constexpr auto width = static_cast<std::int64_t>(Batch<T>::size);
    for (; i + width <= length; i += width) {
      const Batch<T> x = Batch<T>::load_unaligned(in + i);
      if (xsimd::all(largest ? x < Batch<T>(best) : x > Batch<T>(best))) {  // as mostly, far into a row
        std::fill_n(values + i, width, best);
        std::fill_n(indices + i, width, place);
      } else {
        for (std::int64_t k = i; k < i + width; ++k) step(k);
      }
    }
  }
  for (; i < length; ++i) step(i);
}

template <class T, bool largest>
void extremum_along_columns(const T* in, std::int64_t length, std::int64_t stride, std::int64_t width, T* values,
                            std::int64_t* indices) {
  T best[running_strip];
  std::int64_t place[running_strip];
  std::copy_n(in, width, best);
  std::fill_n(place, width, 0);
  for (std::int64_t r = 0; r < length; ++r) {
    const std::int64_t at = r * stride;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < width; ++i) {
      const bool takes = follows<largest>(in[at + i], best[i]);
      best[i] = takes ? in[at + i] : best[i];
      place[i] = takes ? r : place[i];
      values[at + i] = best[i];
      indices[at + i] = place[i];
    }
  }
}

/// The gradient of one row: a sum for each run of indices that are the same.
template <class T>
void sums_of_runs(const T* grad, const std::int64_t* indices, std::int64_t length, T* out) {
  constexpr std::int64_t together = 16;
  std::fill_n(out, length, T(0));
  for (std::int64_t i = 0; i < length;) {
    const std::int64_t place = indices[i];
    double parts[together] = {};
    for (; i + together <= length && indices[i + together - 1] == place; i += together) {
      for (std::int64_t k = 0; k < together; ++k) parts[k] += static_cast<double>(grad[i + k]);
    }
    double sum = 0;
    for (; i < length && indices[i] == place; ++i) sum += static_cast<double>(grad[i]);
    for (std::int64_t k = 0; k < together; ++k) sum += parts[k];
    out[place] = static_cast<T>(sum);
  }
}

template <class T>
void sums_of_column_runs(const T* grad, const std::int64_t* indices, std::int64_t length, std::int64_t stride,
                         std::int64_t width, T* out) {
  double sums[running_strip] = {};
  for (std::int64_t r = length; r-- > 0;) {  // once no index of a row's own place is left before it, that sum is complete
    const std::int64_t at = r * stride;
    for (std::int64_t i = 0; i < width; ++i) {
      sums[i] += static_cast<double>(grad[at + i]);
      const bool ends = indices[at + i] == r;
      out[at + i] = ends ? static_cast<T>(sums[i]) : T(0);
      sums[i] = ends ? 0 : sums[i];
    }
  }
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
  parallel_for(0, outer, runs_in_part(elementwise_grain, work), [=](std::int64_t first, std::int64_t last) {
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

template <class T, bool largest>
void running_extremum(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* values,
                      std::int64_t* indices) {
  if (length == 0) return;
  for_each_running(elementwise_grain, outer, length, inner, [=](std::int64_t at, std::int64_t width) {
    if (inner == 1) extremum_along_row<T, largest>(in + at, length, values + at, indices + at);
    else extremum_along_columns<T, largest>(in + at, length, inner, width, values + at, indices + at);
  });
}

template <class T>
void running_extremum_gradient(const T* grad, const std::int64_t* indices, std::int64_t outer, std::int64_t length,
                               std::int64_t inner, T* out) {
  for_each_running(elementwise_grain, outer, length, inner, [=](std::int64_t at, std::int64_t width) {
    if (inner == 1) sums_of_runs(grad + at, indices + at, length, out + at);
    else sums_of_column_runs(grad + at, indices + at, length, inner, width, out + at);
  });
}

namespace {

/// Products whose results are floats are computed this much larger: what is too small for a double takes the processor long.
template <class T>
constexpr double product_scale = std::is_same_v<T, float> ? 0x1p200 : 1;

/// A product that was scaled, as a T. What is too small for one is made 0 first, as that rounding takes long too.
template <class T>
T rounded(double product) {
  if constexpr (std::is_same_v<T, float>) {
    constexpr double smallest = 0x1p-150 * product_scale<float>;
    product = std::abs(product) < smallest ? product * 0.0 : product * (1 / product_scale<float>);
  }
  return static_cast<T>(product);
}

/// Rows that run together: four of the input and four of the result have room in a set of the cache, where they are a page
/// apart.
constexpr std::int64_t product_rows = 4;

/// Of `rows` rows: the products of those before each, and then, from the end, those behind it.
template <class T, std::int64_t rows>
void products_of_others_in_rows(const T* grad, const T* in, std::int64_t length, double* before, T* out) {
  double product[rows];
  std::fill(product, product + rows, 1.0);
  for (std::int64_t r = 0; r < length; ++r) {
    for (std::int64_t k = 0; k < rows; ++k) {
      before[r * rows + k] = product[k];
      product[k] *= static_cast<double>(in[k * length + r]);
    }
  }
  for (std::int64_t k = 0; k < rows; ++k) product[k] = static_cast<double>(grad[k]) * product_scale<T>;
  for (std::int64_t r = length; r-- > 0;) {
    double factor[rows];  // all read before anything is written: rows may be a page apart, and places in them look the same
    for (std::int64_t k = 0; k < rows; ++k) factor[k] = static_cast<double>(in[k * length + r]);
    for (std::int64_t k = 0; k < rows; ++k) {
      out[k * length + r] = rounded<T>(before[r * rows + k] * product[k]);
      product[k] *= factor[k];
    }
  }
}

/// The same of a strip of columns.
template <class T>
void products_of_others_in_columns(const T* grad, const T* in, std::int64_t length, std::int64_t stride, std::int64_t width,
                                   double* before, T* out) {
  double product[running_strip];
  std::fill_n(product, width, 1.0);
  for (std::int64_t r = 0; r < length; ++r) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < width; ++i) {
      before[r * running_strip + i] = product[i];
      product[i] *= static_cast<double>(in[r * stride + i]);
    }
  }
  for (std::int64_t i = 0; i < width; ++i) product[i] = static_cast<double>(grad[i]) * product_scale<T>;
  for (std::int64_t r = length; r-- > 0;) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < width; ++i) {
      out[r * stride + i] = rounded<T>(before[r * running_strip + i] * product[i]);
      product[i] *= static_cast<double>(in[r * stride + i]);
    }
  }
}

}  // namespace

template <class T>
void product_middle_gradient(const T* grad, const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner,
                             T* out) {
  if (inner == 1) {
    const std::int64_t work = std::max<std::int64_t>(1, length * product_rows);
    parallel_for(0, (outer + product_rows - 1) / product_rows, runs_in_part(elementwise_grain, work),
                 [=](std::int64_t first, std::int64_t last) {
                   const Buffer<double> before(length * product_rows);
                   for (std::int64_t row = first * product_rows; row < std::min(outer, last * product_rows);) {
                     const bool together = row + product_rows <= outer;
                     const auto products =
                         together ? products_of_others_in_rows<T, product_rows> : products_of_others_in_rows<T, 1>;
                     products(grad + row, in + row * length, length, before.data(), out + row * length);
                     row += together ? product_rows : 1;
                   }
                 });
    return;
  }
  for_each_running(elementwise_grain, outer, length, inner, [=](std::int64_t at, std::int64_t width) {
    const Buffer<double> before(length * running_strip);
    const std::int64_t block = at / (length * inner);
    products_of_others_in_columns(grad + block * inner + at % (length * inner), in + at, length, inner, width, before.data(),
                                  out + at);
  });
}

template void product_middle_gradient(const float*, const float*, std::int64_t, std::int64_t, std::int64_t, float*);
template void product_middle_gradient(const double*, const double*, std::int64_t, std::int64_t, std::int64_t, double*);

#define XGRAD_INSTANTIATE_RUNNING_EXTREMUM(T)                                                                     \
  template void running_extremum<T, true>(const T*, std::int64_t, std::int64_t, std::int64_t, T*, std::int64_t*); \
  template void running_extremum<T, false>(const T*, std::int64_t, std::int64_t, std::int64_t, T*, std::int64_t*);
XGRAD_INSTANTIATE_RUNNING_EXTREMUM(float)
XGRAD_INSTANTIATE_RUNNING_EXTREMUM(double)
XGRAD_INSTANTIATE_RUNNING_EXTREMUM(std::int64_t)
XGRAD_INSTANTIATE_RUNNING_EXTREMUM(bool)
#undef XGRAD_INSTANTIATE_RUNNING_EXTREMUM

template void running_extremum_gradient(const float*, const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, float*);
template void running_extremum_gradient(const double*, const std::int64_t*, std::int64_t, std::int64_t, std::int64_t,
                                        double*);

#define XGRAD_INSTANTIATE_RUNNING(T)                                                                   \
  template void running_middle(Running, bool, const T*, std::int64_t, std::int64_t, std::int64_t, T*); \
  template void product_middle(const T*, std::int64_t, std::int64_t, std::int64_t, T*);
XGRAD_INSTANTIATE_RUNNING(float)
XGRAD_INSTANTIATE_RUNNING(double)
XGRAD_INSTANTIATE_RUNNING(std::int64_t)
#undef XGRAD_INSTANTIATE_RUNNING

}  // namespace xgrad::kernels
