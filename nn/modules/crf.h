/// LinearChainCRF: labels of sequences that depend on their neighbours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/base/arg.h"
#include "autograd/ops/linear_chain.h"
#include "autograd/ops/loss.h"
#include "nn/layer.h"
#include "nn/utils/rnn.h"

namespace xgrad::nn {

/// Which labels may follow one another.
struct TagConstraints {
  Tensor transitions = {};  ///< (tags, tags), bool: whether the column's tag may follow the row's
  Tensor start = {};        ///< (tags), bool: whether a sequence may begin with it
  Tensor end = {};          ///< (tags), bool: whether a sequence may end with it
};

/// What a scheme allows for tags such as "B-PER": "IOB2" (I only behind B or I of its type) or "BIOES" (B, I, E of one type
/// in this order, S alone). Tags that are neither "O" nor begin with one of the scheme's letters and "-" (as an unknown tag)
/// stand outside of spans, as "O" does. Throws ValueError for another scheme.
TagConstraints tag_constraints(const std::vector<std::string>& tags, std::string_view scheme);

struct LinearChainCRFOptions {
  explicit LinearChainCRFOptions(std::int64_t num_tags) : num_tags_(num_tags) {}
  LinearChainCRFOptions(IsBool auto num_tags) = delete;
  XGRAD_ARG(std::int64_t, num_tags);
  /// Whether emissions are (batch, time, tags) instead of (time, batch, tags); tags and masks likewise.
  XGRAD_ARG(bool, batch_first) = false;
  XGRAD_ARG(Reduction, reduction) = kMean;      ///< of the losses of the sequences
  XGRAD_ARG(Tensor, allowed_transitions) = {};  ///< (tags, tags), bool; others have the probability 0. Undefined: all
  XGRAD_ARG(Tensor, allowed_start) = {};        ///< (tags), likewise
  XGRAD_ARG(Tensor, allowed_end) = {};          ///< (tags), likewise
  XGRAD_FIELDS(shown(num_tags), unless(batch_first, false), kept(reduction), kept(allowed_transitions), kept(allowed_start),
               kept(allowed_end));

  /// Sets allowed_transitions, allowed_start and allowed_end.
  LinearChainCRFOptions& constraints(const TagConstraints& allowed) {
    return allowed_transitions(allowed.transitions).allowed_start(allowed.start).allowed_end(allowed.end);
  }
};

/// A conditional random field over sequences of tags: the probability of a sequence is proportional to the exponential of
/// the sum of its tags' emissions, of the transitions between neighbours, and of the scores of its first and its last tag.
/// Lafferty et al., 2001; Lample et al., 2016, https://arxiv.org/abs/1603.01360
///
/// Emissions are (time, batch, tags), as a linear layer over the states of a recurrent net gives them; tags int64, and masks
/// bool (time, batch), true for the steps that count: the first ones of each sequence, at least one. Without a mask all
/// count. Packed sequences need no mask; results are in the order of the batch before packing. Parameters: `transitions`
/// (tags, tags) from the row's tag to the column's, `start_transitions` and `end_transitions` (tags), uniform on [-0.1,
/// 0.1]; names and layouts are those of the Python package pytorch-crf. All functions can be differentiated any number of
/// times. Throws ShapeError, TypeError; ValueError for masks with gaps; IndexError for what is no tag.
class LinearChainCRFImpl : public Layer<LinearChainCRFImpl, LinearChainCRFOptions> {
 public:
  explicit LinearChainCRFImpl(std::int64_t num_tags);
  /// Throws ValueError without tags, ShapeError and TypeError for constraints that do not fit.
  explicit LinearChainCRFImpl(const LinearChainCRFOptions& options_);

  void reset() override;
  /// Draws the parameters anew.
  void reset_parameters();
  /// The loss: the negative log-likelihoods, reduced.
  Tensor forward(const Tensor& emissions, const Tensor& tags, const Tensor& mask = {}) const;
  Tensor forward(const utils::rnn::PackedSequence& emissions, const utils::rnn::PackedSequence& tags) const;
  /// log p(tags): (batch). -inf for tags that the constraints forbid.
  Tensor log_likelihood(const Tensor& emissions, const Tensor& tags, const Tensor& mask = {}) const;
  Tensor log_likelihood(const utils::rnn::PackedSequence& emissions, const utils::rnn::PackedSequence& tags) const;
  /// The score of the tags, before normalisation: (batch).
  Tensor score(const Tensor& emissions, const Tensor& tags, const Tensor& mask = {}) const;
  /// log of the sum of the exponentials of all sequences' scores: (batch).
  Tensor log_partition(const Tensor& emissions, const Tensor& mask = {}) const;
  /// The probability of each tag at each step, in the shape of the emissions; 0 where the mask is false.
  Tensor marginals(const Tensor& emissions, const Tensor& mask = {}) const;
  /// The same, packed as the emissions are.
  utils::rnn::PackedSequence marginals(const utils::rnn::PackedSequence& emissions) const;
  /// The likeliest tags of each sequence; none of one for which all are forbidden.
  std::vector<std::vector<std::int64_t>> decode(const Tensor& emissions, const Tensor& mask = {}) const;
  std::vector<std::vector<std::int64_t>> decode(const utils::rnn::PackedSequence& emissions) const;
  /// The `count` likeliest sequences of tags, with their scores; fewer where no more are allowed.
  std::vector<std::vector<ScoredLabels>> decode_best(const Tensor& emissions, std::int64_t count,
                                                     const Tensor& mask = {}) const;

  Tensor start_transitions;  ///< (tags)
  Tensor end_transitions;    ///< (tags)
  Tensor transitions;        ///< (tags, tags), from the row's to the column's

 private:
  /// Time first, and with the constraints.
  LinearChainScores scores(const Tensor& emissions) const;
  Tensor lengths(const Tensor& emissions, const Tensor& mask) const;
  Tensor score(const LinearChainScores& scores, const Tensor& tags, const Tensor& lengths) const;
  Tensor log_likelihood(const LinearChainScores& scores, const Tensor& tags, const Tensor& lengths) const;
  Tensor marginals(const LinearChainScores& scores, const Tensor& lengths) const;
};
XGRAD_MODULE(LinearChainCRF);

}  // namespace xgrad::nn
