/// Where the reviews come from: the Large Movie Review Dataset, or a corpus that the program makes up.
#pragma once

#include <xgrad/xgrad.h>

#include <string>

#include "../support/labelled.h"

namespace sentiment {

/// Whether it is the extracted archive, or the folder that it lies in.
bool is_imdb(const std::string& folder);

/// Reads both splits of the extracted archive: classes "bad" and "good".
support::LabelledCorpus read_imdb(const std::string& folder);

/// Some thousands of short reviews. What decides is the order of words: "not dull", "good, but in the end I hated it",
/// "although the acting was poor, ..."; each word is as frequent in good reviews as in bad ones.
support::LabelledCorpus make_corpus(std::uint64_t seed);

}  // namespace sentiment
