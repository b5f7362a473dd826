/// Linear chains: the scores of all sequences of labels of a batch, of which each label depends on its neighbours.
/// Lafferty, McCallum and Pereira, 2001: "Conditional random fields".
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad {

/// Scores for sequences of labels: the sum of the labels' emissions, of the transitions between neighbours, of the start of
/// the first label and the end of the last. -inf forbids a label or a transition.
struct LinearChainScores {
  Tensor emissions;    ///< (time, batch, labels), float32 or float64
  Tensor transitions;  ///< (labels, labels): from the row's label to the column's
  Tensor start;        ///< (labels)
  Tensor end;          ///< (labels)
};

/// log of the sum over all sequences y of exp(score(y)), for each of the batch: (batch). `lengths` (int64, batch) say how
/// many steps count, at least 1. Differentiable any number of times in all scores; the first gradients are the probabilities
/// of labels and of transitions. Sums are in double precision; -inf where every sequence is forbidden, and then gradients
/// are NaN. Throws ShapeError, TypeError; ValueError for a length out of range.
Tensor linear_chain_log_partition(const LinearChainScores& scores, const Tensor& lengths);

/// A sequence of labels and its score.
using ScoredLabels = std::pair<double, std::vector<std::int64_t>>;

/// For each of the batch the `count` sequences of the highest scores, the best first, by Viterbi's algorithm; fewer where no
/// more are allowed. Of equals the one with the lowest last label comes first, then that with the lowest one before it, and
/// so on. Throws as linear_chain_log_partition, and ValueError for a count below 1.
std::vector<std::vector<ScoredLabels>> linear_chain_best(const LinearChainScores& scores, const Tensor& lengths,
                                                         std::int64_t count = 1);

}  // namespace xgrad
