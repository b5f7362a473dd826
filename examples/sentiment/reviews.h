/// Where the reviews come from: the Large Movie Review Dataset, or a corpus that the program makes up.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

namespace sentiment {

/// A review as word numbers, good (1) or bad (0).
struct Review {
  std::vector<std::int64_t> words;
  float label;
};

struct Corpus {
  std::vector<xgrad::data::LabeledText> train;
  std::vector<xgrad::data::LabeledText> test;
};

/// Reads both splits of the extracted archive.
Corpus read_corpus(const std::string& folder);

/// Some thousands of short reviews. What decides is the order of words: "not dull", "good, but in the end I hated it",
/// "although the acting was poor, ..."; each word is as frequent in good reviews as in bad ones.
Corpus make_corpus(std::uint64_t seed);

/// Numbers the words of a text; unknown words get the vocabulary's default. A text without words is one unknown word.
std::vector<std::int64_t> encode(const xgrad::data::Vocab& vocabulary, const std::string& text);

}  // namespace sentiment
