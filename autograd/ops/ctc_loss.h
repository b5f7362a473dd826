/// Connectionist temporal classification: the loss of a sequence of labels whose places in time are unknown.
#pragma once

#include "autograd/ops/loss.h"

namespace xgrad {

/// -log of the probability that the steps of `log_probs`, each giving a label or `blank`, spell the target once repeated
/// labels are merged and blanks dropped, summed over all ways to do so, in log space. Graves et al., 2006;
/// https://pytorch.org/docs/1.13/generated/torch.nn.CTCLoss.html
///
/// log_probs (T, N, C), or (T, C) for one sequence, are logarithms of probabilities, as log_softmax gives them. Targets
/// (int64) are (N, S), padded behind each sequence, or one vector of all sequences, one after the other. Lengths (int64, (N)
/// or ()) say how many steps and labels of each sequence count. The mean divides each loss by its target's length (at least
/// 1), then by N. A target that does not fit into its steps has an infinite loss, and a gradient that is not a number, or
/// with zero_infinity both 0.
///
/// The gradient is minus the probability that each label is spelt at each step: the same at the inputs of log_softmax as
/// PyTorch's, which is stated for these. Throws ShapeError, TypeError; ValueError for lengths out of range, IndexError for
/// labels that are blank or no class.
Tensor ctc_loss(const Tensor& log_probs, const Tensor& targets, const Tensor& input_lengths, const Tensor& target_lengths,
                std::int64_t blank = 0, Reduction reduction = kMean, OnlyBool zero_infinity = false);

}  // namespace xgrad
