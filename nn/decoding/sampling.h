/// Tokens drawn from a model's scores.
#pragma once

#include <cstdint>

#include "autograd/ops/random.h"
#include "autograd/tensor/tensor.h"

namespace xgrad::nn::decoding {

/// What is left of the scores before a token is drawn.
struct SamplingOptions {
  double temperature = 1;  ///< scores are divided by it: below 1 likely tokens become likelier; 0 takes the likeliest
  std::int64_t top_k = 0;  ///< only so many of the likeliest tokens; 0: all
  /// Only the likeliest tokens that together have this probability, after top_k: nucleus sampling. Holtzman et al., 2020,
  /// https://arxiv.org/abs/1904.09751
  double top_p = 1;
};

/// Scores (..., tokens) divided by the temperature, with -inf in place of tokens that are not to be drawn. Of equal scores
/// at the border the lower tokens stay; at least one does. For a temperature of 0, 0 for the likeliest token. Outside the
/// graph. Throws ValueError for options out of range, ShapeError without tokens, TypeError for integers.
Tensor filter_logits(const Tensor& logits, const SamplingOptions& options);

/// A token for each row of scores (..., tokens), with the probabilities of the softmax of what filter_logits leaves: int64
/// (...). Throws as it does.
Tensor sample_tokens(const Tensor& logits, const SamplingOptions& options = {}, Generator generator = default_generator());

}  // namespace xgrad::nn::decoding
