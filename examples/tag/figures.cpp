#include "figures.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "../support/confusion.h"
#include "../support/screen.h"

namespace tagging {

using namespace xgrad;

namespace {

TagFigures compare(const Sentences& sentences, std::vector<std::vector<std::string>> tags) {
  TagFigures figures;
  metrics::Accuracy words;
  metrics::Accuracy whole;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    for (std::size_t j = 0; j < tags[i].size(); ++j) words.update(tags[i][j] == sentences[i].tags[j]);
    whole.update(tags[i] == sentences[i].tags);
  }
  figures.words = words.compute();
  figures.sentences = whole.compute();
  figures.tags = std::move(tags);
  return figures;
}

}  // namespace

TagFigures evaluate(const SentenceTagger& tagger, const Sentences& sentences) {
  constexpr std::size_t at_once = 100;
  std::vector<std::vector<std::string>> tags;
  for (std::size_t begin = 0; begin < sentences.size(); begin += at_once) {
    const auto first = sentences.begin() + static_cast<std::ptrdiff_t>(begin);
    for (auto& found :
         tagger.tag({first, first + static_cast<std::ptrdiff_t>(std::min(at_once, sentences.size() - begin))})) {
      tags.push_back(std::move(found));
    }
  }
  return compare(sentences, std::move(tags));
}

TagFigures most_frequent_tags(const Sentences& train, const Sentences& test) {
  std::map<std::string, std::map<std::string, int>> counts;
  std::map<std::string, int> all;
  for (const data::TaggedSentence& sentence : train) {
    for (std::size_t i = 0; i < sentence.words.size(); ++i) {
      ++counts[sentence.words[i]][sentence.tags[i]];
      ++all[sentence.tags[i]];
    }
  }
  const auto most = [](const std::map<std::string, int>& tags) {
    return std::max_element(tags.begin(), tags.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
  };
  std::vector<std::vector<std::string>> tags;
  for (const data::TaggedSentence& sentence : test) {
    auto& row = tags.emplace_back();
    for (const std::string& word : sentence.words) {
      const auto found = counts.find(word);
      row.push_back(most(found != counts.end() ? found->second : all));
    }
  }
  return compare(test, std::move(tags));
}

std::optional<metrics::SpanF1> spans_of(const Sentences& sentences, const TagFigures& figures) {
  std::vector<std::vector<std::string>> right;
  for (const data::TaggedSentence& sentence : sentences) right.push_back(sentence.tags);
  metrics::TagScheme scheme{};
  if (!metrics::detect_tag_scheme(right, scheme)) return std::nullopt;
  metrics::SpanF1 spans;
  for (std::size_t i = 0; i < right.size(); ++i) spans.update(figures.tags[i], right[i]);
  return spans;
}

TagConfusion confusion_of(const Sentences& sentences, const TagFigures& figures) {
  std::vector<std::string> names;
  for (const data::TaggedSentence& sentence : sentences)
    names.insert(names.end(), sentence.tags.begin(), sentence.tags.end());
  for (const auto& tags : figures.tags) names.insert(names.end(), tags.begin(), tags.end());
  data::sort_classes(names);
  const data::Vocab numbers(names);
  metrics::ConfusionMatrix matrix(static_cast<std::int64_t>(names.size()));
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    for (std::size_t j = 0; j < sentences[i].tags.size(); ++j) {
      matrix.update(numbers[figures.tags[i][j]], numbers[sentences[i].tags[j]]);
    }
  }
  return {std::move(names), std::move(matrix)};
}

void print_figures(const Sentences& sentences, const TagFigures& figures, const TagFigures& baseline) {
  const auto spans = spans_of(sentences, figures);
  const auto baseline_spans = spans_of(sentences, baseline);
  support::print_heading("On the test");
  const auto number = [](double value) { return fmt::format("{:.4f}", value); };
  support::TextTable table({"", "words right", "sentences right", spans ? "F1 of spans" : ""});
  table.add({"this model", number(figures.words), number(figures.sentences), spans ? number(spans->compute()) : ""});
  table.add({"most frequent tag of each word", number(baseline.words), number(baseline.sentences),
             baseline_spans ? number(baseline_spans->compute()) : ""});
  table.print();
  const auto [names, matrix] = confusion_of(sentences, figures);
  if (spans) fmt::print("\n{}", spans->report());
  else if (names.size() <= support::few_classes) fmt::print("\n{}", metrics::classification_report(matrix, names));
  support::print_confusion(matrix, names);
}

}  // namespace tagging
