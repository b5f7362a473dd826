/// Sentences that the program makes up, with the part of speech of each word.
#pragma once

#include <xgrad/xgrad.h>

#include <vector>

namespace tagging {

/// Most nouns are verbs as well, and some adjectives are nouns: only the words around them tell which.
std::vector<xgrad::data::TaggedSentence> make_sentences(std::uint64_t seed, std::int64_t count);

}  // namespace tagging
