/// What the kernels of convolutions share. For .cpp files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "autograd/kernels/register_block.h"

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

/// Columns that a tile may have: as many as let it stay in the second-level cache beside a block of weights.
template <class T>
std::int64_t most_columns(std::int64_t numbers_per_column) {
  constexpr std::int64_t panel = panel_vectors * vector_width<T>;
  constexpr std::int64_t cache = 524288 / sizeof(T);
  return panel * std::clamp<std::int64_t>(cache / (panel * std::max<std::int64_t>(1, numbers_per_column)), 1, 8);
}

/// The columns of a batch, in lines that are cut into tiles: a line for each sequence, or, where they are short, one for all
/// of them, so that blocks are whole and weights are read once. The columns of sequence n of a line begin at n * period, and
/// so does what it reads; columns between one sequence and the next are computed and dropped.
template <class T>
struct Lines {
  /// `period`: columns from one sequence of a line to the next. `products`: of each element of the result.
  Lines(std::int64_t batch, std::int64_t columns, std::int64_t period, std::int64_t numbers_per_column,
        std::int64_t products)
      : columns(columns) {
    const std::int64_t most = most_columns<T>(numbers_per_column);
    constexpr std::int64_t enough = 128;  // for the results to be copied to their places
    const bool joined = batch > 1 && products >= enough && columns <= 2 * most && 16 * period <= 17 * columns_worth(columns);
    sequences = joined ? batch : 1;
    count = joined ? 1 : batch;
    this->period = joined ? period : std::numeric_limits<std::int64_t>::max();
    length = joined ? (batch - 1) * period + columns : columns;
    tiles = std::max<std::int64_t>(1, (length + most - 1) / most);
    tile = round_up((length + tiles - 1) / tiles, vector_width<T>);
    tiles = (length + tile - 1) / tile;
  }

  /// Calls part(sequence of the line, its column, number of them, place among these) for columns [begin, begin + width).
  template <class Part>
  void for_each_sequence(std::int64_t begin, std::int64_t width, const Part& part) const {
    for (std::int64_t at = 0; at < width;) {
      const std::int64_t offset = (begin + at) % period;
      const std::int64_t next = std::min(width - at, period - offset);
      part((begin + at) / period, offset, next, at);
      at += next;
    }
  }

  /// target[m] = what column begin + m is given, for one channel: source(sequence, column, count, target) writes it.
  template <class Source>
  void gather(std::int64_t begin, std::int64_t width, T* target, const Source& source) const {
    for_each_sequence(begin, width, [&](std::int64_t n, std::int64_t column, std::int64_t number, std::int64_t at) {
      if (n < sequences) source(n, column, number, target + at);
      else std::fill(target + at, target + at + number, T(0));
    });
  }

  std::int64_t columns;    ///< of a sequence
  std::int64_t sequences;  ///< of a line
  std::int64_t count;      ///< of lines
  std::int64_t period;
  std::int64_t length;  ///< columns of a line
  std::int64_t tiles;   ///< of a line
  std::int64_t tile;    ///< columns of a tile

 private:
  /// How many columns of whole blocks cost what these cost, where thin blocks wait for the numbers that they multiply by.
  static std::int64_t columns_worth(std::int64_t columns) {
    std::int64_t worth = 0;
    for (std::int64_t vectors = 0; columns > 0; columns -= vectors * vector_width<T>) {
      vectors = next_vectors<T>(columns);
      worth += vectors * vector_width<T> + (panel_vectors - vectors) * vector_width<T> / 8;
    }
    return worth;
  }
};

}  // namespace xgrad::kernels
