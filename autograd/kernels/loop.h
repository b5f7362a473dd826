/// Loops over operands of any strides: dimensions are merged and ordered first, so that most loops become one flat run.
#pragma once

#include <array>
#include <cstdint>

#include "autograd/base/parallel.h"
#include "autograd/base/shape.h"

namespace xgrad::kernels {

/// The common shape of N operands and the strides of each, in elements. Operand 0 is the one that is written.
template <std::size_t N>
struct Loop {
  DimVector sizes;
  std::array<DimVector, N> strides;
};

/// Drops dimensions of size 1, moves the written operand's smallest stride to the end, and merges neighbours that all
/// operands step through evenly.
template <std::size_t N>
void simplify(Loop<N>& loop) {
  if (loop.sizes.size() == 1 && loop.sizes[0] != 1) return;
  DimVector sizes;
  std::array<DimVector, N> strides;
  for (std::size_t dim = 0; dim < loop.sizes.size(); ++dim) {
    if (loop.sizes[dim] == 1) continue;
    sizes.push_back(loop.sizes[dim]);
    for (std::size_t k = 0; k < N; ++k) strides[k].push_back(loop.strides[k][dim]);
  }
  // Insertion sort by descending stride of operand 0: shapes are short, and usually in order.
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    for (std::size_t j = i; j > 0 && strides[0][j - 1] < strides[0][j]; --j) {
      std::swap(sizes[j - 1], sizes[j]);
      for (std::size_t k = 0; k < N; ++k) std::swap(strides[k][j - 1], strides[k][j]);
    }
  }
  for (std::size_t dim = sizes.size(); dim-- > 1;) {
    bool merges = true;
    for (std::size_t k = 0; k < N; ++k) merges &= strides[k][dim - 1] == strides[k][dim] * sizes[dim];
    if (!merges) continue;
    sizes[dim - 1] *= sizes[dim];
    sizes.erase(sizes.begin() + dim);
    for (std::size_t k = 0; k < N; ++k) {
      strides[k][dim - 1] = strides[k][dim];
      strides[k].erase(strides[k].begin() + dim);
    }
  }
  if (sizes.empty()) {
    sizes.push_back(1);
    for (std::size_t k = 0; k < N; ++k) strides[k].push_back(1);
  }
  loop.sizes = std::move(sizes);
  loop.strides = std::move(strides);
}

/// Calls run(offsets, length, strides) for every innermost run of a simplified loop, on several threads where there are more
/// than `grain` elements. `offsets` are those of the operands' first elements.
template <std::size_t N, class Run>
void for_each_run(const Loop<N>& loop, std::int64_t grain, const Run& run) {
  const std::size_t outer_dims = loop.sizes.size() - 1;
  const std::int64_t length = loop.sizes.back();
  std::array<std::int64_t, N> inner;
  for (std::size_t k = 0; k < N; ++k) inner[k] = loop.strides[k].back();
  std::int64_t runs = 1;
  for (std::size_t dim = 0; dim < outer_dims; ++dim) runs *= loop.sizes[dim];
  if (runs == 0 || length == 0) return;

  if (runs == 1 && length <= grain) {
    run(std::array<std::int64_t, N>{}, length, inner);
    return;
  }
  if (runs == 1) {
    parallel_for(0, length, grain, [&](std::int64_t first, std::int64_t last) {
      // Cuts on cache lines keep the parts aligned.
      const auto cut = [&](std::int64_t i) { return i == length ? i : i / 64 * 64; };
      std::array<std::int64_t, N> offsets;
      for (std::size_t k = 0; k < N; ++k) offsets[k] = cut(first) * inner[k];
      if (cut(last) > cut(first)) run(offsets, cut(last) - cut(first), inner);
    });
    return;
  }
  parallel_for(0, runs, runs_in_part(grain, length), [&](std::int64_t first, std::int64_t last) {
    DimVector index(outer_dims);
    std::array<std::int64_t, N> offsets{};
    std::int64_t rest = first;
    for (std::size_t dim = outer_dims; dim-- > 0;) {
      index[dim] = rest % loop.sizes[dim];
      rest /= loop.sizes[dim];
      for (std::size_t k = 0; k < N; ++k) offsets[k] += index[dim] * loop.strides[k][dim];
    }
    for (std::int64_t i = first; i < last; ++i) {
      run(offsets, length, inner);
      for (std::size_t dim = outer_dims; dim-- > 0;) {
        const bool carries = ++index[dim] == loop.sizes[dim];
        for (std::size_t k = 0; k < N; ++k) {
          offsets[k] += carries ? -(loop.sizes[dim] - 1) * loop.strides[k][dim] : loop.strides[k][dim];
        }
        if (!carries) break;
        index[dim] = 0;
      }
    }
  });
}

}  // namespace xgrad::kernels
