#include "autograd/kernels/extremum.h"

#include <algorithm>
#include <limits>

#include "autograd/base/parallel.h"

namespace xgrad::kernels {

namespace {

/// Columns that are looked at together, and the width at which the parts of a row are compared.
constexpr std::int64_t extremum_strip = 256;
constexpr std::int64_t extremum_lanes = 64;

template <bool largest, class T>
bool replaces(T value, T best) {
  return ((largest ? value > best : value < best) || value != value) && best == best;
}

template <class T>
bool is_extremum(T value, T best) {
  return value == best || (value != value && best != best);
}

/// best[i] = the extremum of column i of `rows` rows, `stride` apart.
template <bool largest, class T>
void extremum_of_columns(const T* in, std::int64_t rows, std::int64_t stride, std::int64_t width, T* best) {
  std::copy(in, in + width, best);
  for (std::int64_t r = 1; r < rows; ++r) {
    const T* const row = in + r * stride;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < width; ++i) best[i] = replaces<largest>(row[i], best[i]) ? row[i] : best[i];
  }
}

template <class T>
void first_in_columns(const T* in, std::int64_t rows, std::int64_t stride, std::int64_t width, const T* best,
                      std::int64_t* indices) {
  for (std::int64_t r = rows; r-- > 0;) {
    const T* const row = in + r * stride;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < width; ++i) indices[i] = is_extremum(row[i], best[i]) ? r : indices[i];
  }
}

template <bool largest, class T>
T extremum_of_row(const T* in, std::int64_t n) {
  T best = in[0];
  std::int64_t done = 1;
  if (n >= 2 * extremum_lanes) {
    done = n / extremum_lanes * extremum_lanes;
    T parts[extremum_lanes];
    extremum_of_columns<largest>(in, n / extremum_lanes, extremum_lanes, extremum_lanes, parts);
    best = parts[0];
    for (std::int64_t i = 1; i < extremum_lanes; ++i) best = replaces<largest>(parts[i], best) ? parts[i] : best;
  }
  for (std::int64_t i = done; i < n; ++i) best = replaces<largest>(in[i], best) ? in[i] : best;
  return best;
}

template <class T>
std::int64_t first_in_row(const T* in, std::int64_t n, T best) {
  std::int64_t i = 0;
  for (; i + extremum_lanes <= n; i += extremum_lanes) {
    bool found = false;
    for (std::int64_t k = 0; k < extremum_lanes; ++k) found |= is_extremum(in[i + k], best);
    if (found) break;
  }
  while (i + 1 < n && !is_extremum(in[i], best)) ++i;
  return i;
}

/// Runs body(outer, first column, columns) over strips of columns.
template <class Body>
void for_each_strip(std::int64_t outer, std::int64_t length, std::int64_t inner, const Body& body) {
  const std::int64_t strips = (inner + extremum_strip - 1) / extremum_strip;
  const std::int64_t work = std::max<std::int64_t>(1, length * std::min(inner, extremum_strip));
  parallel_for(0, outer * strips, std::max<std::int64_t>(1, moving_grain / work),
               [&](std::int64_t first, std::int64_t last) {
                 for (std::int64_t task = first; task < last; ++task) {
                   const std::int64_t column = task % strips * extremum_strip;
                   body(task / strips, column, std::min(extremum_strip, inner - column));
                 }
               });
}

}  // namespace

template <class T, bool largest>
void extremum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* values,
                     std::int64_t* indices) {
  for_each_strip(outer, length, inner, [=](std::int64_t o, std::int64_t column, std::int64_t width) {
    const T* const first = in + o * length * inner + column;
    T* const best = values + o * inner + column;
    if (inner == 1) {
      *best = extremum_of_row<largest>(first, length);
      if (indices == nullptr) return;
      indices[o] = first_in_row(first, length, *best);
      *best = first[indices[o]];
    } else {
      extremum_of_columns<largest>(first, length, inner, width, best);
      if (indices != nullptr) first_in_columns(first, length, inner, width, best, indices + o * inner + column);
    }
  });
}

template <class T>
void extremum_shares(const T* grad, const T* in, const T* values, std::int64_t outer, std::int64_t length,
                     std::int64_t inner, T* out) {
  for_each_strip(outer, length, inner, [=](std::int64_t o, std::int64_t column, std::int64_t width) {
    const std::int64_t first = o * length * inner + column;
    const T* const best = values + o * inner + column;
    if (inner == 1) {
      std::int64_t count = 0;
      for (std::int64_t r = 0; r < length; ++r) count += in[first + r] == *best;
      const T share = grad[o] / static_cast<T>(count);
      const T other = count == 0 ? std::numeric_limits<T>::quiet_NaN() : T(0);
      for (std::int64_t r = 0; r < length; ++r) out[first + r] = in[first + r] == *best ? share : other;
      return;
    }
    T share[extremum_strip];
    std::fill(share, share + width, T(0));
    for (std::int64_t r = 0; r < length; ++r) {
      const T* const row = in + first + r * inner;
      for (std::int64_t i = 0; i < width; ++i) share[i] += row[i] == best[i] ? T(1) : T(0);
    }
    T other[extremum_strip];
    for (std::int64_t i = 0; i < width; ++i) {
      other[i] = share[i] == T(0) ? std::numeric_limits<T>::quiet_NaN() : T(0);
      share[i] = grad[o * inner + column + i] / share[i];
    }
    for (std::int64_t r = 0; r < length; ++r) {
      const T* const row = in + first + r * inner;
      T* const to = out + first + r * inner;
#pragma GCC ivdep
      for (std::int64_t i = 0; i < width; ++i) to[i] = row[i] == best[i] ? share[i] : other[i];
    }
  });
}

#define XGRAD_INSTANTIATE_EXTREMUM(T)                                                                            \
  template void extremum_middle<T, true>(const T*, std::int64_t, std::int64_t, std::int64_t, T*, std::int64_t*); \
  template void extremum_middle<T, false>(const T*, std::int64_t, std::int64_t, std::int64_t, T*, std::int64_t*);
XGRAD_INSTANTIATE_EXTREMUM(float)
XGRAD_INSTANTIATE_EXTREMUM(double)
XGRAD_INSTANTIATE_EXTREMUM(std::int64_t)
XGRAD_INSTANTIATE_EXTREMUM(bool)
#undef XGRAD_INSTANTIATE_EXTREMUM

template void extremum_shares(const float*, const float*, const float*, std::int64_t, std::int64_t, std::int64_t, float*);
template void extremum_shares(const double*, const double*, const double*, std::int64_t, std::int64_t, std::int64_t,
                              double*);

}  // namespace xgrad::kernels
