/// Beam search for models that say one token after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "autograd/tensor/tensor.h"

namespace xgrad::nn::decoding {

/// What a model says of the next token.
struct BeamStep {
  Tensor logits;          ///< (rows, tokens): scores, as before or after log_softmax
  Tensor attention = {};  ///< (rows, source): where each row looked, for the coverage penalty; may be undefined
};

/// One step of a model: the last token of each row (int64, (rows)), and which row of the call before each one continues
/// (int64, (rows)), so that the model takes its states from there: `state = state.index_select(0, origins)`. In the first
/// call there is a row for each of the batch, and `origins` is 0 ... batch - 1. The number of rows changes from call to
/// call.
using BeamStepFunction = std::function<BeamStep(const Tensor& tokens, const Tensor& origins)>;

/// Options of beam_search.
struct BeamSearchOptions {
  std::int64_t begin = 0;         ///< the token that the first call is given
  std::int64_t end = 0;           ///< the token that ends a hypothesis
  std::int64_t beam_width = 4;    ///< hypotheses that go on after each step; 1 is greedy search
  std::int64_t max_length = 100;  ///< tokens; what has not ended then is cut off
  std::int64_t min_length = 0;    ///< tokens before the end may come
  std::int64_t count = 1;         ///< how many hypotheses are wanted, at most beam_width
  /// The logarithm of the probability is divided by ((5 + length) / 6)^length_penalty; the length counts the end.
  double length_penalty = 0;
  /// Times the sum over the source of log(min(1, all attention to it)): added, for what is not looked at. Wu et al., 2016,
  /// https://arxiv.org/abs/1609.08144
  double coverage_penalty = 0;
};

/// What a model may say.
struct BeamHypothesis {
  std::vector<std::int64_t> tokens;  ///< without begin and end
  double log_probability = 0;        ///< of the tokens, the end included
  double score = 0;                  ///< with penalties
  bool ended = false;                ///< whether the end came before max_length
};

/// The best hypotheses for each of a batch, the best first; with a beam as wide as there are prefixes the result is exact.
/// Those that have ended come before those cut off. Runs outside the graph. Throws ValueError for options out of range,
/// ShapeError for results of `step` that do not fit.
std::vector<std::vector<BeamHypothesis>> beam_search(const BeamStepFunction& step, std::int64_t batch,
                                                     const BeamSearchOptions& options);

}  // namespace xgrad::nn::decoding
