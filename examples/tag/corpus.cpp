#include "corpus.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "../support/screen.h"

namespace tagging {

using namespace xgrad;

void CorpusOptions::add_to(support::OptionParser& parser) {
  parser.group("Data");
  parser.add("--data", data, "CoNLL 2003 or 2002, CoNLL-U, or lines of word/TAG; without it, made-up sentences");
  parser.add("--test", test, "Another such file, to test with; without it, a part is held out");
  parser.add("--column", format.column, "The column of the tags: a number from 0, or upos, xpos ... of CoNLL-U");
  parser.add("--word-column", format.word_column, "The column of the words, likewise");
  support::add_encoding(parser, encoding);
  split.add_to(parser);
}

Corpus read_corpus(const CorpusOptions& options, std::uint64_t seed) {
  const Generator generator(seed);
  data::TaggedTextOptions format = options.format;
  format.encoding = data::parse_encoding(options.encoding);
  const auto read = [&](const std::string& path) {
    data::TaggedTextReader reader(path, format);
    Sentences sentences;
    for (data::TaggedSentence sentence; reader.next(sentence);) sentences.push_back(sentence);
    if (sentences.empty()) throw FileError(path + ": expected sentences, got none");
    support::print_paragraph(path + ": " + reader.describe());
    support::print_paragraph("  " + reader.counts().describe());
    return sentences;
  };
  const auto hold_out = [&](Sentences& from, double share) {
    if (share <= 0 || from.size() < 2) return Sentences();
    const auto split = data::holdout_split(from.size(), share, generator);
    Sentences held = data::select(from, split.test);
    from = data::select(from, split.train);
    return held;
  };
  support::print_heading("Files");
  Corpus corpus;
  corpus.train = read(options.data);
  corpus.test = options.test.empty() ? hold_out(corpus.train, options.split.test_share) : read(options.test);
  if (corpus.test.empty()) throw ValueError("--test-share: there is nothing to test with; give a file with --test");
  corpus.validation = hold_out(corpus.train, options.split.validation_share);
  support::print_paragraph(fmt::format("Held out by seed {}: {}{} sentences to validate.", seed,
                                       options.test.empty() ? fmt::format("{} to test, ", corpus.test.size()) : "",
                                       corpus.validation.size()));
  return corpus;
}

namespace {

std::vector<std::string> texts_of(const Sentences& sentences) {
  std::vector<std::string> texts;
  for (const data::TaggedSentence& sentence : sentences) texts.push_back(fmt::format("{}", fmt::join(sentence.words, " ")));
  return texts;
}

}  // namespace

void print_report(const Corpus& corpus, const SentenceTagger& tagger) {
  support::print_heading("Data");
  std::map<std::string, std::array<std::size_t, 2>> counts;
  std::array<std::size_t, 2> words{};
  std::size_t unknown = 0;
  std::size_t unknown_tags = 0;
  for (std::size_t part = 0; part < 2; ++part) {
    for (const data::TaggedSentence& sentence : part == 0 ? corpus.train : corpus.test) {
      for (std::size_t i = 0; i < sentence.words.size(); ++i) {
        ++counts[sentence.tags[i]][part];
        ++words[part];
        unknown += tagger.words.contains(sentence.words[i]) ? 0 : 1;
        unknown_tags += tagger.tags.contains(sentence.tags[i]) ? 0 : 1;
      }
    }
  }
  if (counts.size() <= 20) {
    support::TextTable table({"tag", "train", "test"});
    for (const auto& [tag, count] : counts) table.add({tag, support::grouped(count[0]), support::grouped(count[1])});
    table.print();
  }
  support::print_paragraph(fmt::format(
      "Sentences: {} to train with, {} to validate, {} to test, with {} and {} words in the first and the last. {} different "
      "words, {} tags. Unknown in the test: {:.1f} % of the words.",
      support::grouped(corpus.train.size()), support::grouped(corpus.validation.size()),
      support::grouped(corpus.test.size()), support::grouped(words[0]), support::grouped(words[1]),
      support::grouped(tagger.words.size()), counts.size(),
      100 * static_cast<double>(unknown) / static_cast<double>(std::max<std::size_t>(1, words[1]))));
  if (unknown_tags > 0) {
    support::print_warning(fmt::format(
        "{} words of the test have a tag that the training data do not have: they count as wrong.", unknown_tags));
  }
  const auto duplicates = data::count_duplicates(texts_of(corpus.train), texts_of(corpus.test));
  if (duplicates.test_in_train > 0) {
    support::print_warning(fmt::format("{} of {} test sentences are in the training data as well.", duplicates.test_in_train,
                                       corpus.test.size()));
  }
}

}  // namespace tagging
