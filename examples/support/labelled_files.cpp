#include <fmt/core.h>

#include <algorithm>

#include "labelled.h"
#include "screen.h"
#include "text.h"

namespace support {

using namespace xgrad;

void LabelledOptions::add_to(OptionParser& parser, const std::string& further) {
  parser.group("Data");
  parser.add("--data", data,
             "CSV or TSV with or without a header, JSON lines, fastText's __label__x, or a folder of folders named by class; or " +
                 further + "; without it, made-up data");
  parser.add("--test", test, "Another such file or folder, to test with; without it, a part is held out");
  parser.add("--text", text, "The column of the texts: a name, or a number from 1; found where not given");
  parser.add("--label", label, "The column of the labels: a name, or a number from 1; found where not given");
  parser.add_choice("--encoding", encoding, {"utf-8", "latin-1"}, "Of the files");
  parser.add("--test-share", test_share, "Share of the data that is held out to test with", Range::share);
  parser.add("--validation-share", validation_share, "Share of the rest that decides which epoch is kept", Range::share);
}

LabelledCorpus read_labelled(const LabelledOptions& options, std::uint64_t seed) {
  LabelledCorpus corpus;
  Generator generator(seed);
  for (const Line& line : read_lines(options.data)) {
    const auto tab = line.text.find('\t');
    const std::string label = line.text.substr(0, tab);
    auto found = std::find(corpus.classes.begin(), corpus.classes.end(), label);
    if (found == corpus.classes.end()) found = corpus.classes.insert(corpus.classes.end(), label);
    const auto r = generator.random() % 100;
    Labelled& part = r < 20 ? corpus.test : r < 28 ? corpus.validation : corpus.train;
    part.texts.push_back(line.text.substr(tab + 1));
    part.labels.push_back(found - corpus.classes.begin());
  }
  return corpus;
}

}  // namespace support
