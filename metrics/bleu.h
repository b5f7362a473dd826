/// BLEU: how much of a translation stands in its references (Papineni et al., 2002, https://aclanthology.org/P02-1040).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace xgrad::metrics {

/// The tokens that WMT's mteval-v13a makes of a line, as sacrebleu does: punctuation stands alone, but for points and commas
/// within numbers. https://github.com/mjpost/sacrebleu/blob/master/sacrebleu/tokenizers/tokenizer_13a.py
std::vector<std::string> tokenize_13a(std::string_view line);

/// What BLEU makes tokens of.
enum class BleuTokens {
  Mteval13a,   ///< `tokenize_13a`: sacrebleu's default
  Characters,  ///< each character that is no white space (sacrebleu's `char`): for Chinese and Japanese
  Spaces,      ///< what stands between white space (sacrebleu's `none`)
};

/// For designated initialisers: `{.lowercase = true}`.
struct BleuOptions {
  BleuTokens tokens = BleuTokens::Mteval13a;  ///< what is counted
  bool lowercase = false;                     ///< without regard to case, as Unicode folds it one by one
};

/// BLEU of a corpus, from 0 to 100, as sacrebleu defines it: the geometric mean of the precisions of 1 to 4 tokens in a
/// row, of all sentences together, times the brevity penalty exp(1 - r/c) where the translation's length c is below the
/// references' r, for each sentence the reference's whose length is next, the shorter one of equals. A precision without a
/// match counts as half of one match, the next as a quarter, and so on (sacrebleu's smoothing "exp"); no match at all is 0.
/// Post, 2018, https://aclanthology.org/W18-6319
class Bleu {
 public:
  /// An empty corpus.
  explicit Bleu(BleuOptions options = {}) : options_(options) {}

  /// Adds a sentence and its reference.
  void update(std::string_view prediction, std::string_view reference) {
    update(prediction, std::vector<std::string>{std::string(reference)});
  }
  /// Adds a sentence and its references. Throws ValueError where there is none.
  void update(std::string_view prediction, const std::vector<std::string>& references);
  /// From 0 to 100; 0 before the first sentence.
  double compute() const;
  /// Forgets all sentences.
  void reset();
  /// Adds the sentences of another one.
  void merge(const Bleu& other);

  /// The smoothed precisions of 1, 2, 3 and 4 tokens in a row, in percent.
  std::array<double, 4> precisions() const;
  /// 1 where the translations are long enough.
  double brevity_penalty() const;
  /// Tokens of the translations.
  std::int64_t prediction_length() const { return prediction_length_; }
  /// Tokens of the references.
  std::int64_t reference_length() const { return reference_length_; }
  /// As sacrebleu prints it: "BLEU = 48.53 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)".
  std::string to_string() const;

 private:
  std::vector<std::string> tokens(std::string_view line) const;

  BleuOptions options_;
  std::array<std::int64_t, 4> matches_{};
  std::array<std::int64_t, 4> totals_{};
  std::int64_t prediction_length_ = 0;
  std::int64_t reference_length_ = 0;
};

}  // namespace xgrad::metrics
