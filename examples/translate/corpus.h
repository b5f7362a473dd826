/// Pairs of sentences of files, in parts.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/program.h"
#include "model.h"

namespace translate {

using Pairs = std::vector<xgrad::data::TextPair>;

/// The options of --help's part "Data".
struct CorpusOptions {
  std::vector<std::string> data = {};
  std::vector<std::string> test = {};
  std::string encoding = "utf-8";
  bool reverse = false;
  bool characters = false;
  std::int64_t max_length = 50;
  std::int64_t min_frequency = 2;
  support::SplitOptions split{.test_share = 0.1};

  void add_to(support::OptionParser& parser);
};

struct Corpus {
  Pairs train;
  Pairs validation;  ///< decides which epoch is kept; empty: the last one is
  Pairs test;
};

/// Reads what the options name, and says what it took for what. Throws FileError with file and line.
Corpus read_corpus(const CorpusOptions& options, std::uint64_t seed);

std::vector<std::string> sources_of(const Pairs& pairs);
std::vector<std::string> targets_of(const Pairs& pairs);

/// Lengths, unknown words, and duplicates between train and test.
void print_report(const Corpus& corpus, const SentenceTranslator& translator);

}  // namespace translate
