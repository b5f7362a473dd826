/// Tagged sentences of files, in parts.
#pragma once

#include <xgrad/xgrad.h>

#include <string>
#include <vector>

#include "../support/program.h"
#include "model.h"

namespace tagging {

using Sentences = std::vector<xgrad::data::TaggedSentence>;

/// The options of --help's part "Data".
struct CorpusOptions {
  std::string data = {};
  std::string test = {};
  xgrad::data::TaggedTextOptions format = {};
  std::string encoding = "utf-8";
  support::SplitOptions split = {};

  void add_to(support::OptionParser& parser);
};

struct Corpus {
  Sentences train;
  Sentences validation;  ///< decides which epoch is kept; empty: the last one is
  Sentences test;
};

/// Reads what the options name, and says what it took for what. Throws FileError with file and line.
Corpus read_corpus(const CorpusOptions& options, std::uint64_t seed);

/// Tag counts, lengths, unknown words, and duplicates between train and test.
void print_report(const Corpus& corpus, const SentenceTagger& tagger);

}  // namespace tagging
