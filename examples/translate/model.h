/// A translator in use: searches, batches, files.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/language.h"
#include "../support/predictor.h"
#include "network.h"

namespace translate {

using support::Language;

/// The likeliest token at each step, given to the next: (batch, steps), and the attention (batch, steps, time), undefined
/// where the model shows none. Ends where all
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
