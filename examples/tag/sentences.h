/// Sentences that the program makes up, with the part of speech of each word, or with the names in them.
#pragma once

#include <xgrad/xgrad.h>

#include <vector>

namespace tagging {

/// Most nouns are verbs as well, and some adjectives are nouns: only the words around them tell which.
std::vector<xgrad::data::TaggedSentence> make_sentences(std::uint64_t seed, std::int64_t count);

/// Names of persons, places and companies, tagged in BIOES. Many of their words are made up, so that most are seen once, and
/// others are in names of all kinds: what a name is, and where it ends, only the words around it tell.
std::vector<xgrad::data::TaggedSentence> make_sentences_with_names(std::uint64_t seed, std::int64_t count);

}  // namespace tagging
