/// Titles and their classes, and the vectors of the characters they are written in.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

namespace classify {

struct Title {
  std::string text;
  std::int64_t label;
};

struct Corpus {
  std::vector<Title> train;
  std::vector<Title> test;
  std::vector<std::string> classes;
  xgrad::data::WordVectors vectors;
};

/// Reads train.txt and test.txt (a line is a title, a tab, and the number of its class), class.txt (a name in each line) and
/// char_vectors.bin (word2vec's binary format). Empty lines are passed over. Throws FileError that names file and line for
/// anything else: a line without a tab, a number that is no class, bytes that are no UTF-8; and for a vector file cut short.
Corpus read_corpus(const std::string& folder);

/// Made-up titles in Chinese, of ten classes: some characters are typical of one class, others occur in all.
Corpus make_corpus(std::uint64_t seed, std::int64_t train_size);

/// The numbers of the first 32 characters. Characters without a vector count as the first word of the vector file, which is
/// padding; so does a title without any.
std::vector<std::int64_t> encode(const xgrad::data::Vocab& vocabulary, const std::string& text);

}  // namespace classify
