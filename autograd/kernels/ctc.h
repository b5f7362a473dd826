/// Connectionist temporal classification: of all ways to spell a sequence of labels, with repeats and blanks between them, the
/// probability, and how it is shared out to steps and classes. A. Graves et al., "Connectionist Temporal Classification"
/// (2006), https://www.cs.toronto.edu/~graves/icml_2006.pdf
#pragma once

#include <cstdint>
#include <vector>

namespace xgrad::kernels {

/// One sequence: how many steps count, and its labels with blanks between and around them.
struct Alignment {
  std::int64_t steps;
  std::vector<std::int64_t> labels;

  /// Whether place s can be reached from s - 2: a label other than the one before the blank.
  bool skips(std::size_t s, std::int64_t blank) const { return s >= 2 && labels[s] != blank && labels[s] != labels[s - 2]; }
};

/// The loss of one sequence; with `posterior`, which holds zeros, for every step and class the probability that it is spelt
/// there. Both arrays have `stride` elements a step. Where the loss is infinite and is to be 0, so is the posterior.
template <class T>
T ctc_loss(const T* log_probs, std::int64_t stride, const Alignment& one, std::int64_t blank, bool zero_infinity,
           T* posterior);

}  // namespace xgrad::kernels
