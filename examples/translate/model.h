/// Encoder-decoder with attention.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/language.h"
#include "../support/predictor.h"

namespace translate {

using support::Language;

struct ModelOptions {
  std::int64_t source_tokens = 0;
  std::int64_t target_tokens = 0;
  std::int64_t features = 32;  ///< of a token's vector
  std::int64_t hidden = 64;    ///< of the encoder in each direction; the decoder's is twice as much
  double dropout = 0;          ///< share of vectors and states that are dropped while training
};

/// What the encoder read: keys (batch, time, 2 hidden), which of them are padding (batch, time), and the decoder's
/// first state.
struct Encoded {
  xgrad::Tensor keys;
  xgrad::Tensor mask;
  xgrad::Tensor state;
};

/// The encoder is a GRU in both directions over the packed source. The decoder, a GRU as well, is given the target's
/// tokens so far; at each step its state asks the encoder's for what is relevant, and both together score the next token.
/// Luong et al., 2015, https://arxiv.org/abs/1508.04025, with the score of Bahdanau et al., 2015.
class TranslatorImpl : public xgrad::nn::Module {
 public:
  explicit TranslatorImpl(const ModelOptions& options);

  /// `source` (batch, time) is filled up with 0; `lengths` (batch).
  Encoded encode(const xgrad::Tensor& source, const xgrad::Tensor& lengths);
  /// Scores of the tokens after each of `target` (batch, steps): (batch, steps, tokens); attention (batch, steps,
  /// time); and the state after the last of them, which is left in `encoded`.
  std::tuple<xgrad::Tensor, xgrad::Tensor> decode(Encoded& encoded, const xgrad::Tensor& target);

 private:
  xgrad::nn::Embedding source_embedding_;
  xgrad::nn::GRU encoder_;
  xgrad::nn::Linear bridge_;
  xgrad::nn::Embedding target_embedding_;
  xgrad::nn::GRU decoder_;
  xgrad::nn::AdditiveAttention attention_;
  xgrad::nn::Linear combine_;
  xgrad::nn::Linear output_;
  xgrad::nn::Dropout dropout_;
};
XGRAD_MODULE(Translator);

/// The likeliest token at each step, given to the next: (batch, steps), and the attention (batch, steps, time). Ends where all
/// texts have ended, or after `steps`.
std::tuple<xgrad::Tensor, xgrad::Tensor> greedy_search(const Translator& model, Encoded encoded, std::int64_t steps);

/// A text, and the logarithm of its probability.
struct Found {
  std::vector<std::int64_t> tokens;
  double likelihood = 0;
};

/// The likeliest text of one source, as far as the `width` likeliest beginnings at each step lead to it.
Found beam_search(const Translator& model, const Encoded& encoded, std::int64_t steps, std::int64_t width);

/// Sources (batch, time), their lengths, and targets (batch, steps) from start to end; filled up.
struct Batch {
  xgrad::Tensor source;
  xgrad::Tensor lengths;
  xgrad::Tensor target;
};

/// A model with all that is needed to use it.
struct SentenceTranslator {
  ModelOptions options;
  Translator model;
  Language source;
  Language target;
  std::int64_t longest = 0;  ///< tokens of a translation

  void save(const std::string& path) const;
  static SentenceTranslator load(const std::string& path);

  Batch batch(const std::vector<xgrad::data::TextPair>& pairs) const;
  /// By greedy search, many at a time.
  std::vector<std::string> translate(const std::vector<std::string>& texts) const;
  /// By beam search, with the logarithm of its probability.
  std::pair<std::string, double> translate(const std::string& text, std::int64_t beam) const;
};

/// Answers with the translation of each line, and its probability.
support::Predictor load_predictor(const std::string& path);

}  // namespace translate
