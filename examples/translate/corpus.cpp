#include "corpus.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "../support/screen.h"

namespace translate {

using namespace xgrad;

void CorpusOptions::add_to(support::OptionParser& parser) {
  parser.group("Data");
  parser.add(
      "--data", data,
      "A file with a pair in each line: source, tab, target; or two files with a sentence in each line; without it, dates");
  parser.add("--test", test, "Such files to test with; without it, a part is held out");
  parser.add_flag("--reverse", reverse, "Translate from the second language to the first");
  parser.add("--max-length", max_length, "Longer sentences are left out, in words or characters", support::Range::positive);
  parser.add_flag("--characters", characters, "Read and write characters, not words; Chinese is in any case");
  parser.add("--min-frequency", min_frequency, "Rarer words count as unknown", support::Range::positive);
  support::add_encoding(parser, encoding);
  split.add_to(parser, "sources");
}

namespace {

Pairs read_pairs(const std::vector<std::string>& paths, const CorpusOptions& options) {
  if (paths.size() > 2) throw ValueError(fmt::format("expected one file or two, got {}", paths.size()));
  const data::Encoding encoding = data::parse_encoding(options.encoding);
  data::ParallelTextReader reader = paths.size() == 1 ? data::ParallelTextReader(paths[0], encoding)
                                                      : data::ParallelTextReader(paths[0], paths[1], encoding);
  Pairs pairs;
  std::int64_t too_long = 0;
  const auto length = [&](const std::string& text) {
    const std::size_t spaces = static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
    return static_cast<std::int64_t>(options.characters ? data::tokenize_characters(text).size() : spaces + 1);
  };
  for (data::TextPair pair; reader.next(pair);) {
    if (std::max(length(pair.source), length(pair.target)) > options.max_length) {
      ++too_long;
      continue;
    }
    if (options.reverse) std::swap(pair.source, pair.target);
    pairs.push_back(pair);
  }
  if (pairs.empty()) throw FileError(paths[0] + ": expected pairs of sentences, got none");
  support::print_paragraph(fmt::format(
      "{}: {}{}", paths[0], reader.counts().describe(),
      too_long > 0 ? fmt::format("; {} longer than --max-length {} left out", too_long, options.max_length) : ""));
  return pairs;
}

/// Takes a share of the sources away, with all of their translations: one of them left behind would give the others away.
Pairs hold_out(Pairs& from, double share, const Generator& generator) {
  std::map<std::string, std::size_t> numbers;
  for (const data::TextPair& pair : from) numbers.emplace(pair.source, numbers.size());
  if (share <= 0 || numbers.size() < 2) return {};
  std::vector<bool> held(numbers.size(), false);
  for (const std::size_t number : data::holdout_split(numbers.size(), share, generator).test) held[number] = true;
  Pairs rest;
  Pairs part;
  for (data::TextPair& pair : from) (held[numbers[pair.source]] ? part : rest).push_back(std::move(pair));
  from = std::move(rest);
  return part;
}

}  // namespace

Corpus read_corpus(const CorpusOptions& options, std::uint64_t seed) {
  support::print_heading("Files");
  Corpus corpus;
  corpus.train = read_pairs(options.data, options);
  const Generator generator(seed);
  if (options.test.empty()) corpus.test = hold_out(corpus.train, options.split.test_share, generator);
  else corpus.test = read_pairs(options.test, options);
  if (corpus.test.empty()) throw ValueError("--test-share: there is nothing to test with; give a file with --test");
  corpus.validation = hold_out(corpus.train, options.split.validation_share, generator);
  support::print_paragraph(
      fmt::format("{} pairs to train with; held out by seed {}, each source with all of its translations: {}{} to validate.",
                  support::grouped(corpus.train.size()), seed,
                  options.test.empty() ? fmt::format("{} to test, ", corpus.test.size()) : "", corpus.validation.size()));
  return corpus;
}

std::vector<std::string> sources_of(const Pairs& pairs) {
  std::vector<std::string> texts;
  for (const data::TextPair& pair : pairs) texts.push_back(pair.source);
  return texts;
}

std::vector<std::string> targets_of(const Pairs& pairs) {
  std::vector<std::string> texts;
  for (const data::TextPair& pair : pairs) texts.push_back(pair.target);
  return texts;
}

void print_report(const Corpus& corpus, const SentenceTranslator& translator) {
  support::print_heading("Data");
  const auto report = [&](const char* name, const Language& language, const std::vector<std::string>& train,
                          const std::vector<std::string>& test) {
    std::vector<std::int64_t> lengths;
    for (const std::string& text : train) lengths.push_back(static_cast<std::int64_t>(language.split(text).size()));
    std::size_t tokens = 0;
    std::size_t unknown_tokens = 0;
    for (const std::string& text : test) {
      for (const std::string& token : language.split(text)) {
        ++tokens;
        unknown_tokens += language.vocabulary().contains(token) ? 0 : 1;
      }
    }
    support::print_paragraph(
        fmt::format("{}: {} {}, {} different ones known, {:.1f} % unknown in the test", name,
                    data::summarize_lengths(lengths).describe(), language.by_characters() ? "characters" : "words and marks",
                    support::grouped(static_cast<std::size_t>(language.size())),
                    100 * static_cast<double>(unknown_tokens) / static_cast<double>(std::max<std::size_t>(1, tokens))));
  };
  report("source", translator.source, sources_of(corpus.train), sources_of(corpus.test));
  report("target", translator.target, targets_of(corpus.train), targets_of(corpus.test));
  const auto duplicates = data::count_duplicates(sources_of(corpus.train), sources_of(corpus.test));
  if (duplicates.test_in_train > 0) {
    support::print_warning(fmt::format("{} of {} sources of the test are in the training data as well.",
                                       duplicates.test_in_train, corpus.test.size()));
  }
}

}  // namespace translate
