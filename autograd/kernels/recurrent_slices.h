/// How a batch of sequences is shared between threads, and where the rows of a slice lie.
#pragma once

#include <algorithm>
#include <vector>

#include "autograd/base/parallel.h"
#include "autograd/kernels/panel_gemm.h"
#include "autograd/kernels/recurrent.h"

namespace xgrad::kernels {

/// The sequences [first, last) of a batch.
struct Slice {
  std::int64_t first;
  std::int64_t last;

  /// How many of them run at a step.
  std::int64_t running(const RecurrentShape& shape, std::int64_t step) const {
    return std::clamp<std::int64_t>(shape.batch_sizes[step] - first, 0, last - first);
  }
  std::int64_t row(const RecurrentShape& shape, std::int64_t step) const { return shape.offsets[step] + first; }
};

/// Cuts the batch into one slice for each thread, of about equal numbers of rows: with sequences in order of their lengths,
/// the slice of the long ones holds fewer.
inline std::vector<Slice> slices_of(const RecurrentShape& shape) {
  constexpr double work_worth_a_thread = 4e5;
  const double work = static_cast<double>(shape.tokens()) *
                      static_cast<double>((shape.input + shape.hidden) * shape.hidden) *
                      static_cast<double>(gates_of(shape.cell));
  const std::int64_t wanted = std::clamp<std::int64_t>(static_cast<std::int64_t>(work / work_worth_a_thread), 1,
                                                       std::min<std::int64_t>(get_num_threads(), shape.batch));
  std::vector<Slice> slices;
  if (wanted <= 1) {
    slices.push_back({0, shape.batch});
    return slices;
  }
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(shape.batch));
  for (std::int64_t step = 0; step < shape.steps; ++step) {
    for (std::int64_t b = 0; b < shape.batch_sizes[step]; ++b) ++lengths[static_cast<std::size_t>(b)];
  }
  std::int64_t first = 0;
  std::int64_t done = 0;
  std::int64_t rows = 0;
  for (std::int64_t b = 0; b < shape.batch; ++b) {
    rows += lengths[static_cast<std::size_t>(b)];
    const auto part = static_cast<std::int64_t>(slices.size()) + 1;
    const std::int64_t target = (shape.tokens() * part + wanted - 1) / wanted;
    if (b + 1 == shape.batch || (rows >= target && done < rows)) {
      slices.push_back({first, b + 1});
      first = b + 1;
      done = rows;
    }
  }
  return slices;
}

/// The step that came before `step` in the direction of the layer, or -1.
inline std::int64_t step_before(const RecurrentShape& shape, std::int64_t step) {
  if (!shape.reverse) return step - 1;
  return step + 1 < shape.steps ? step + 1 : -1;
}

/// The states that sequences start from: rows of `given`, or zeros.
template <class T>
class InitialStates {
 public:
  InitialStates(const T* given, std::int64_t hidden)
      : given_(given), hidden_(hidden), zeros_(given == nullptr ? hidden : 0) {
    if (given == nullptr) std::fill(zeros_.data(), zeros_.data() + hidden, T(0));
  }
  const T* row(std::int64_t b) const { return given_ == nullptr ? zeros_.data() : given_ + b * hidden_; }

 private:
  const T* given_;
  std::int64_t hidden_;
  Buffer<T> zeros_;
};

/// A state (h or c) of sequence `b` before `step`: a row of `states` (tokens x hidden), or of the initial states.
template <class T>
const T* state_before(const RecurrentShape& shape, const T* states, const InitialStates<T>& initial, std::int64_t step,
                      std::int64_t b) {
  const std::int64_t before = step_before(shape, step);
  if (before < 0 || b >= shape.batch_sizes[before]) return initial.row(b);
  return states + (shape.offsets[before] + b) * shape.hidden;
}

}  // namespace xgrad::kernels
