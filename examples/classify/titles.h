/// Titles and their classes, and the vectors of the characters they are written in.
#pragma once

#include <xgrad/xgrad.h>

#include <string>

#include "../support/labelled.h"

namespace classify {

struct Titles {
  support::LabelledCorpus corpus;
  xgrad::data::WordVectors vectors;
};

/// Characters of a title that count; the others are cut.
constexpr std::int64_t longest_title = 32;

/// Whether the folder holds what read_titles reads.
bool is_titles(const std::string& folder);

/// Reads train.txt and test.txt (a line is a title, a tab, and the number of its class), class.txt (a name in each line) and
/// char_vectors.bin (word2vec's binary format). Empty lines are passed over. Throws FileError that names file and line for
/// anything else: a line without a tab, a number that is no class, bytes that are no UTF-8; and for a vector file cut short.
/// Characters without a vector count as the first word of the vector file, which is padding.
Titles read_titles(const std::string& folder, const std::string& encoding);

/// Made-up titles in Chinese, of ten classes: some characters are typical of one class, others occur in all.
Titles make_titles(std::uint64_t seed, std::int64_t train_size);

}  // namespace classify
