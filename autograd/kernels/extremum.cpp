#include "autograd/kernels/extremum.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "autograd/base/parallel.h"
#include "autograd/kernels/strips.h"
#include "autograd/kernels/vectors.h"

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

/// The same by vectors, for rows that fill one; of rows with NaN, or with infinities of both signs, something that is NaN.
template <bool largest, class T>
T extremum_of_vectors(const T* in, std::int64_t n) {
  using V = Batch<T>;
  constexpr auto width = static_cast<std::int64_t>(V::size);
  const auto better = [](V a, V b) { return largest ? xsimd::max(a, b) : xsimd::min(a, b); };
  V best = V::load_unaligned(in + n - width);  // the rest of the row, and some of what is before it
  V sum = best;                                // NaN where anything is
  std::int64_t i = 0;
  if (n >= 8 * width) {
    V bests[4] = {best, best, best, best};
    V sums[4] = {sum, sum, sum, sum};
    for (; i + 4 * width <= n; i += 4 * width) {
      for (std::int64_t k = 0; k < 4; ++k) {
        const V x = V::load_unaligned(in + i + k * width);
        bests[k] = better(bests[k], x);
        sums[k] += x;
      }
    }
    best = better(better(bests[0], bests[1]), better(bests[2], bests[3]));
    sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }
  for (; i + width <= n; i += width) {
    const V x = V::load_unaligned(in + i);
    best = better(best, x);
    sum += x;
  }
  if (xsimd::any(xsimd::isnan(sum))) return std::numeric_limits<T>::quiet_NaN();
  alignas(64) T lanes[V::size];
  best.store_aligned(lanes);
  for (std::size_t half = V::size / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      lanes[k] = (largest ? lanes[k] < lanes[k + half] : lanes[k + half] < lanes[k]) ? lanes[k + half] : lanes[k];
    }
  }
  return lanes[0];
}

/// The first place of a number that is in the row.
template <class T>
std::int64_t first_of_vectors(const T* in, std::int64_t n, T best) {
  using V = Batch<T>;
  constexpr auto width = static_cast<std::int64_t>(V::size);
  const V wanted(best);
  std::int64_t i = 0;
  for (; i + 4 * width <= n; i += 4 * width) {
    const auto found =
        ((V::load_unaligned(in + i) == wanted) | (V::load_unaligned(in + i + width) == wanted)) |
        ((V::load_unaligned(in + i + 2 * width) == wanted) | (V::load_unaligned(in + i + 3 * width) == wanted));
    if (xsimd::any(found)) break;
  }
  while (i + width <= n && !xsimd::any(V::load_unaligned(in + i) == wanted)) i += width;
  while (in[i] != best) ++i;
  return i;
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

/// The extremum of a row, and its first place unless `index` is null.
template <bool largest, class T>
T extremum_and_place(const T* in, std::int64_t n, std::int64_t* index) {
  if constexpr (std::is_floating_point_v<T>) {
    if (n >= static_cast<std::int64_t>(Batch<T>::size)) {
      const T best = extremum_of_vectors<largest>(in, n);
      if (best == best) {
        if (index == nullptr) return best;
        *index = first_of_vectors(in, n, best);
        return in[*index];  // of zeros, that one's sign
      }
    }
  }
  const T best = extremum_of_row<largest>(in, n);
  if (index == nullptr) return best;
  *index = first_in_row(in, n, best);
  return in[*index];
}

}  // namespace

template <class T, bool largest>
void extremum_middle(const T* in, std::int64_t outer, std::int64_t length, std::int64_t inner, T* values,
                     std::int64_t* indices) {
  for_each_strip(outer, length, inner, extremum_strip, moving_grain, [=](auto o, auto column, auto width) {
    const T* const first = in + o * length * inner + column;
    T* const best = values + o * inner + column;
    if (inner == 1) {
      *best = extremum_and_place<largest>(first, length, indices == nullptr ? nullptr : indices + o);
    } else {
      extremum_of_columns<largest>(first, length, inner, width, best);
      if (indices != nullptr) first_in_columns(first, length, inner, width, best, indices + o * inner + column);
    }
  });
}

template <class T>
T largest_of_row(const T* in, std::int64_t n, std::int64_t* index) {
  return extremum_and_place<true>(in, n, index);
}

template <class T>
void extremum_shares(const T* grad, const T* in, const T* values, std::int64_t outer, std::int64_t length,
                     std::int64_t inner, T* out) {
  for_each_strip(outer, length, inner, extremum_strip, moving_grain, [=](auto o, auto column, auto width) {
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

template <class T>
void extremum_gradient(const T* grad, const std::int64_t* indices, std::int64_t outer, std::int64_t length,
                       std::int64_t inner, T* out) {
  const std::int64_t work = std::max<std::int64_t>(1, length * inner);
  parallel_for(0, outer, runs_in_part(moving_grain, work), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t o = first; o < last; ++o) {
      T* const block = out + o * length * inner;
      std::fill_n(block, length * inner, T(0));
      for (std::int64_t i = o * inner; i < (o + 1) * inner; ++i) block[indices[i] * inner + i - o * inner] = grad[i];
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

template float largest_of_row(const float*, std::int64_t, std::int64_t*);
template double largest_of_row(const double*, std::int64_t, std::int64_t*);

template void extremum_shares(const float*, const float*, const float*, std::int64_t, std::int64_t, std::int64_t, float*);
template void extremum_shares(const double*, const double*, const double*, std::int64_t, std::int64_t, std::int64_t,
                              double*);
template void extremum_gradient(const float*, const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, float*);
template void extremum_gradient(const double*, const std::int64_t*, std::int64_t, std::int64_t, std::int64_t, double*);

}  // namespace xgrad::kernels
