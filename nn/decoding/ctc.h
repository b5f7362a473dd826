/// The labels that connectionist temporal classification spells: decoders for models that ctc_loss trains.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::nn::decoding {

/// The likeliest label of each step, repeated labels merged and blanks dropped: for each of log-probabilities (T, N, C), or
/// (T, C) for one sequence, of which `lengths` (int64, (N)) steps count, all where undefined. Throws ShapeError, TypeError,
/// ValueError for lengths and a blank out of range.
std::vector<std::vector<std::int64_t>> ctc_greedy_decode(const Tensor& log_probs, const Tensor& lengths = {},
                                                         std::int64_t blank = 0);

/// Options of ctc_beam_search.
struct CTCBeamSearchOptions {
  std::int64_t beam_width = 16;  ///< how many prefixes are kept after each step
  std::int64_t blank = 0;        ///< the label that is none
  std::int64_t count = 1;        ///< how many hypotheses are wanted, at most beam_width
  /// log p(label | prefix), of any language model; none: all are as likely.
  std::function<double(const std::vector<std::int64_t>& prefix, std::int64_t label)> language_model = {};
  /// log of the probability that what is spelt ends there; none: 0.
  std::function<double(const std::vector<std::int64_t>& labels)> language_model_end = {};
  double language_model_weight = 1;  ///< of the language model's logarithms
  double label_bonus = 0;            ///< added for each label, against the language model's bias to short spellings
  /// Labels less likely than this at a step are not tried there.
  double least_log_probability = -1e30;
};

/// What a sequence may spell.
struct CTCHypothesis {
  std::vector<std::int64_t> labels;  ///< without blanks
  double log_probability = 0;        ///< of all ways to spell them that were kept
  double score = 0;                  ///< with the language model's part and the bonus
};

/// Prefix beam search: the best spellings, the probabilities of all ways to spell the same summed, the best first. With a
/// beam as wide as there are prefixes the result is exact. Shapes and errors as of ctc_greedy_decode; ValueError for a width
/// or count out of range. Hannun et al., 2014, https://arxiv.org/abs/1408.2873
std::vector<std::vector<CTCHypothesis>> ctc_beam_search(const Tensor& log_probs, const Tensor& lengths = {},
                                                        const CTCBeamSearchOptions& options = {});

}  // namespace xgrad::nn::decoding
