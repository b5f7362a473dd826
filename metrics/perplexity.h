/// How surprised a language model is.
#pragma once

#include <cstdint>
#include <optional>

#include "autograd/tensor/tensor.h"

namespace xgrad::metrics {

/// exp(mean negative log-likelihood of the tokens). https://lightning.ai/docs/torchmetrics/stable/text/perplexity.html
class Perplexity {
 public:
  /// Tokens equal to `ignore_index` do not count.
  explicit Perplexity(std::optional<std::int64_t> ignore_index = std::nullopt) : ignore_index_(ignore_index) {}

  /// Adds tokens: scores before the softmax, of a floating dtype, [..., vocabulary], and the right tokens, int64, [...].
  /// Throws ShapeError, TypeError, IndexError for a token outside the vocabulary.
  void update(const Tensor& scores, const Tensor& targets);
  /// Adds `tokens` tokens whose mean negative log-likelihood is known, in nats, as cross_entropy gives it. Throws ValueError
  /// for a negative number.
  void update(double mean_negative_log_likelihood, std::int64_t tokens);
  /// exp(mean_negative_log_likelihood()). Throws ValueError before the first token.
  double compute() const;
  /// Forgets all tokens.
  void reset();
  /// Adds the tokens of another one.
  void merge(const Perplexity& other);

  /// The mean over all tokens, in nats: the cross entropy. Throws ValueError before the first token.
  double mean_negative_log_likelihood() const;
  /// The cross entropy in bits: bits per character where tokens are characters. Throws ValueError before the first token.
  double bits_per_token() const;
  /// The bits that all tokens take, shared among the `characters` of the text that they stand for: bits per character where
  /// tokens are words. Throws ValueError unless there are characters.
  double bits_per_character(std::int64_t characters) const;
  std::int64_t tokens() const { return tokens_; }

 private:
  std::optional<std::int64_t> ignore_index_;
  double negative_log_likelihood_ = 0;
  std::int64_t tokens_ = 0;
};

}  // namespace xgrad::metrics
