#include <fmt/core.h>

#include "labelled.h"
#include "screen.h"

namespace support {

using namespace xgrad;

void LabelledOptions::add_to(OptionParser& parser, const std::string& further) {
  parser.group("Data");
  parser.add("--data", data,
             "CSV or TSV with or without a header, JSON lines, fastText's __label__x text, or a folder of folders named by "
             "class; or " +
                 further + "; without it, made-up data");
  parser.add("--test", test, "Another such file or folder, to test with; without it, a part is held out");
  parser.add("--text", text, "The column of the texts: a name, or a number from 0; found where not given");
  parser.add("--label", label, "The column of the labels, likewise");
  add_encoding(parser, encoding);
  add_ragged_rows(parser, ragged_rows);
  split.add_to(parser);
}

namespace {

Labelled as_labelled(std::vector<data::LabeledText> texts) {
  Labelled result;
  for (data::LabeledText& text : texts) {
    result.texts.push_back(std::move(text.text));
    result.labels.push_back(text.label);
  }
  return result;
}

/// Takes a part away from `from`, of each class the same share.
Labelled hold_out(Labelled& from, double share, const Generator& generator) {
  if (share <= 0 || from.size() < 2) return {};
  const auto split = data::stratified_split(from.labels, share, generator);
  Labelled held{data::select(from.texts, split.test), data::select(from.labels, split.test)};
  from = {data::select(from.texts, split.train), data::select(from.labels, split.train)};
  return held;
}

}  // namespace

LabelledCorpus read_labelled(const LabelledOptions& options, std::uint64_t seed) {
  data::LabeledTextOptions format{.text_column = options.text, .label_column = options.label};
  format.csv.encoding = data::parse_encoding(options.encoding);
  format.csv.ragged_rows = parse_ragged_rows(options.ragged_rows);
  data::LabeledTexts read = options.test.empty() ? data::read_labeled_texts(options.data, format)
                                                 : data::read_labeled_texts(options.data, options.test, format);
  print_heading("Files");
  print_lines(read.description + "\n");
  print_paragraph(read.counts.describe());
  LabelledCorpus corpus{.classes = read.classes, .train = as_labelled(std::move(read.train))};
  corpus.test = as_labelled(std::move(read.test));
  const Generator generator(seed);
  std::string held;
  if (corpus.test.size() == 0) {
    corpus.test = hold_out(corpus.train, options.split.test_share, generator);
    held = fmt::format("{} to test with, ", grouped(corpus.test.size()));
  }
  if (corpus.test.size() == 0) throw ValueError("--test-share: there is nothing to test with; give a file with --test");
  corpus.validation = hold_out(corpus.train, options.split.validation_share, generator);
  print_paragraph(fmt::format("Held out by seed {}, of each class the same share: {}{} to validate.", seed, held,
                              grouped(corpus.validation.size())));
  return corpus;
}

}  // namespace support
