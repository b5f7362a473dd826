/// CTC: the probability of a sequence of labels over all its alignments with the steps. A. Graves et al., "Connectionist
/// temporal classification", 2006, https://www.cs.toronto.edu/~graves/icml_2006.pdf
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace xgrad::kernels {

/// One sequence: how many steps count, and its labels with blanks between and around them.
struct CtcAlignment {
  std::int64_t steps;
  std::vector<std::int64_t> places;

  /// Whether place s can be reached from s - 2: a label other than the one before the blank.
  bool skips(std::size_t s) const { return s >= 2 && places[s] != places[0] && places[s] != places[s - 2]; }
};

/// The negative logarithm of the probability; with `posterior`, which holds zeros, for every step and class the probability
/// that it is spelt there. Both arrays have `stride` elements a step. Where the result is infinite and `zero_infinity` set,
/// the posterior stays zero.
template <class T>
T ctc_align(const T* log_probs, std::int64_t stride, const CtcAlignment& sequence, bool zero_infinity, T* posterior);

}  // namespace xgrad::kernels
