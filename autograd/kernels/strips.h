/// Loops over columns, some of them at a time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "autograd/base/parallel.h"

namespace xgrad::kernels {

/// Runs body(matrix, first column, columns) over strips of up to `strip` columns of `outer` matrices of `length` rows and
/// `inner` columns, on several threads where there are more than `grain` elements.
template <class Body>
void for_each_strip(std::int64_t outer, std::int64_t length, std::int64_t inner, std::int64_t strip, std::int64_t grain,
                    const Body& body) {
  const std::int64_t strips = (inner + strip - 1) / strip;
  const std::int64_t work = std::max<std::int64_t>(1, length * std::min(inner, strip));
  parallel_for(0, outer * strips, runs_in_part(grain, work), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t task = first; task < last; ++task) {
      const std::int64_t column = task % strips * strip;
      body(task / strips, column, std::min(strip, inner - column));
    }
  });
}

}  // namespace xgrad::kernels
