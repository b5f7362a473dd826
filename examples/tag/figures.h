/// How well words are tagged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "corpus.h"

namespace tagging {

/// What was said of sentences beside what is right.
struct TagFigures {
  double words = 0;      ///< share of words whose tag is right
  double sentences = 0;  ///< share of sentences all of whose tags are
  std::vector<std::vector<std::string>> tags = {};
};

TagFigures evaluate(const SentenceTagger& tagger, const Sentences& sentences);

/// What looking at each word alone reaches: always its most frequent tag; for an unknown word, that of all words.
TagFigures most_frequent_tags(const Sentences& train, const Sentences& test);

/// Precision, recall and F1 of spans where tags mark spans, as in IOB2; nothing where they do not.
std::optional<xgrad::metrics::SpanF1> spans_of(const Sentences& sentences, const TagFigures& figures);

/// Which tags were taken for which.
struct TagConfusion {
  std::vector<std::string> names;
  xgrad::metrics::ConfusionMatrix matrix;
};
TagConfusion confusion_of(const Sentences& sentences, const TagFigures& figures);

/// The model beside the most frequent tags; then each kind of span, or each tag; then what was taken for what.
void print_figures(const Sentences& sentences, const TagFigures& figures, const TagFigures& baseline);

}  // namespace tagging
