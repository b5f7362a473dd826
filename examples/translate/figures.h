/// How good translations are.
#pragma once

#include <string>
#include <vector>

#include "../support/plot.h"
#include "corpus.h"

namespace translate {

/// Exact matches and BLEU of translations; all translations that the test has of a source are its references.
struct TranslationFigures {
  double exact_match = 0;
  double bleu = 0;
};
TranslationFigures compare(const std::vector<std::string>& found, const Pairs& pairs, bool characters);

/// What simpler means reach: the translation of the training sentence that the fewest edits of words lead to.
std::vector<std::string> nearest_translations(const Language& language, const Pairs& train,
                                              const std::vector<std::string>& texts);

/// What the decoder looked at, for each token that it wrote.
support::Heatmap attention_map(const SentenceTranslator& translator, const std::string& text);

}  // namespace translate
