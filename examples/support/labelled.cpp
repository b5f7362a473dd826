#include "labelled.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "screen.h"

namespace support {

using namespace xgrad;

namespace {

/// More classes than this are not shown one by one.
constexpr std::size_t few_classes = 20;

std::vector<std::size_t> class_counts(const Labelled& part, std::size_t classes) {
  std::vector<std::size_t> counts(classes, 0);
  for (const std::int64_t label : part.labels) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::size_t count_common(const std::vector<std::string>& train, const std::vector<std::string>& test) {
  const std::unordered_set<std::string> known(train.begin(), train.end());
  return static_cast<std::size_t>(std::count_if(test.begin(), test.end(), [&](const auto& text) { return known.contains(text); }));
}

void print_lengths(const LabelledCorpus& corpus, const TextCoder& coder) {
  std::vector<std::size_t> lengths;
  for (const std::string& text : corpus.train.texts) lengths.push_back(coder.split(text).size());
  std::sort(lengths.begin(), lengths.end());
  std::size_t tokens = 0;
  std::size_t unknown = 0;
  for (const std::string& text : corpus.test.texts) {
    for (const std::string& token : coder.split(text)) {
      ++tokens;
      unknown += coder.vocabulary().contains(token) ? 0 : 1;
    }
  }
  const char* unit = coder.unit() == Unit::characters ? "characters" : "words";
  print_paragraph(fmt::format("Lengths: median {}, longest {} {}. Vocabulary: {}. Unknown in the test: {:.1f} % of the {}.",
                              lengths.empty() ? 0 : lengths[lengths.size() / 2], lengths.empty() ? 0 : lengths.back(), unit,
                              grouped(static_cast<std::size_t>(coder.size())), 100 * share(unknown, tokens), unit));
}

}  // namespace

void print_report(const LabelledCorpus& corpus, const TextCoder& coder) {
  print_heading("Data");
  const std::size_t classes = corpus.classes.size();
  const auto train = class_counts(corpus.train, classes);
  const auto validation = class_counts(corpus.validation, classes);
  const auto test = class_counts(corpus.test, classes);
  if (classes <= few_classes) {
    TextTable table({"class", "train", "validation", "test", "share"});
    const std::size_t all = corpus.train.size() + corpus.validation.size() + corpus.test.size();
    for (std::size_t i = 0; i < classes; ++i) {
      table.add({corpus.classes[i], grouped(train[i]), grouped(validation[i]), grouped(test[i]),
                 fmt::format("{:.1f} %", 100 * share(train[i] + validation[i] + test[i], all))});
    }
    table.add({"all", grouped(corpus.train.size()), grouped(corpus.validation.size()), grouped(corpus.test.size()), ""});
    table.print();
  } else {
    print_paragraph(fmt::format("{} classes; {} texts to train with, {} to validate, {} to test.", classes,
                                grouped(corpus.train.size()), grouped(corpus.validation.size()),
                                grouped(corpus.test.size())));
  }
  print_lengths(corpus, coder);
  const std::size_t again = count_common(corpus.train.texts, corpus.test.texts);
  if (again > 0) {
    print_warning(fmt::format("{} of {} test texts ({:.1f} %) are in the training data as well: what is reached on them says "
                              "little about new ones.",
                              grouped(again), grouped(corpus.test.size()), 100 * share(again, corpus.test.size())));
  }
  const auto most = std::max_element(test.begin(), test.end());
  if (most != test.end() && share(*most, corpus.test.size()) > 0.8) {
    print_warning(fmt::format("{:.1f} % of the test are '{}': a model that says nothing else has that accuracy. Look at the "
                              "balanced accuracy and the F1 of each class.",
                              100 * share(*most, corpus.test.size()),
                              corpus.classes[static_cast<std::size_t>(most - test.begin())]));
  }
  for (std::size_t i = 0; i < classes && classes <= few_classes; ++i) {
    if (train[i] < 10) print_warning(fmt::format("only {} texts of '{}' to train with.", train[i], corpus.classes[i]));
  }
}

ClassFigures evaluate(const ProbabilitiesOf& probabilities, const std::vector<std::vector<std::int64_t>>& sequences,
                      const std::vector<std::int64_t>& labels, std::size_t classes) {
  constexpr std::size_t at_once = 250;
  ClassFigures figures{.confusion = std::vector(classes, std::vector<std::int64_t>(classes, 0))};
  std::size_t right = 0;
  for (std::size_t begin = 0; begin < sequences.size(); begin += at_once) {
    const std::size_t end = std::min(sequences.size(), begin + at_once);
    const Tensor found = probabilities({sequences.begin() + static_cast<std::ptrdiff_t>(begin),
                                        sequences.begin() + static_cast<std::ptrdiff_t>(end)});
    const auto values = found.to_vector<double>();
    const auto best = found.argmax(1).to_vector<std::int64_t>();
    for (std::size_t i = begin; i < end; ++i) {
      const auto label = static_cast<std::size_t>(labels[i]);
      figures.loss -= std::log(std::max(1e-12, values[(i - begin) * classes + label]));
      ++figures.confusion[label][static_cast<std::size_t>(best[i - begin])];
      right += best[i - begin] == labels[i] ? 1 : 0;
    }
  }
  figures.loss /= static_cast<double>(std::max<std::size_t>(1, sequences.size()));
  figures.accuracy = share(right, sequences.size());
  double occurring = 0;
  for (std::size_t i = 0; i < classes; ++i) {
    std::int64_t said = 0;
    for (std::size_t j = 0; j < classes; ++j) said += figures.confusion[j][i];
    const auto truth = std::accumulate(figures.confusion[i].begin(), figures.confusion[i].end(), std::int64_t{0});
    const auto hits = static_cast<double>(figures.confusion[i][i]);
    figures.precision.push_back(said > 0 ? hits / static_cast<double>(said) : 0);
    figures.recall.push_back(truth > 0 ? hits / static_cast<double>(truth) : 0);
    figures.f1.push_back(said + truth > 0 ? 2 * hits / static_cast<double>(said + truth) : 0);
    if (truth == 0) continue;
    ++occurring;
    figures.balanced_accuracy += figures.recall.back();
    figures.macro_f1 += figures.f1.back();
  }
  figures.balanced_accuracy /= std::max(1.0, occurring);
  figures.macro_f1 /= std::max(1.0, occurring);
  return figures;
}

std::vector<Answer> label_answers(const Tensor& probabilities, const std::vector<std::string>& classes) {
  std::vector<Answer> answers;
  for (std::int64_t row = 0; row < probabilities.size(0); ++row) {
    const auto values = probabilities[row].to_vector<double>();
    Answer& answer = answers.emplace_back();
    answer.texts = {{"label", classes[static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin())]}};
    for (std::size_t i = 0; i < classes.size(); ++i) answer.numbers.emplace_back(classes[i], values[i]);
  }
  return answers;
}

void print_figures(const ClassFigures& figures, const std::vector<std::string>& classes) {
  const auto number = [](double value) { return fmt::format("{:.4f}", value); };
  std::int64_t all = 0;
  std::int64_t most = 0;
  std::size_t largest = 0;
  std::vector<std::int64_t> truth;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    truth.push_back(std::accumulate(figures.confusion[i].begin(), figures.confusion[i].end(), std::int64_t{0}));
    all += truth[i];
    if (truth[i] > most) {
      most = truth[i];
      largest = i;
    }
  }
  const auto occurring = static_cast<double>(std::count_if(truth.begin(), truth.end(), [](auto n) { return n > 0; }));
  const double majority = all > 0 ? static_cast<double>(most) / static_cast<double>(all) : 0;
  print_heading("On the test");
  TextTable table({"", "accuracy", "balanced accuracy", "macro F1"});
  table.add({"this model", number(figures.accuracy), number(figures.balanced_accuracy), number(figures.macro_f1)});
  table.add({fmt::format("always '{}'", shortened(classes[largest], 20)), number(majority), number(1 / std::max(1.0, occurring)),
             number(2 * majority / (1 + majority) / std::max(1.0, occurring))});
  table.print();
  fmt::print("\n");
  TextTable each({"class", "precision", "recall", "F1", "texts"});
  for (std::size_t i = 0; i < classes.size() && i < few_classes; ++i) {
    each.add({classes[i], number(figures.precision[i]), number(figures.recall[i]), number(figures.f1[i]),
              grouped(static_cast<std::size_t>(truth[i]))});
  }
  each.print();
  if (classes.size() > few_classes) fmt::print("  and {} classes more\n", classes.size() - few_classes);
  if (classes.size() > 10) return;  // a matrix wider than the screen: see --plot
  fmt::print("\n");
  std::vector<std::string> header{"confusion: is \\ told as"};
  for (const std::string& name : classes) header.push_back(shortened(name, 10));
  TextTable confusion(header);
  for (std::size_t i = 0; i < classes.size(); ++i) {
    std::vector<std::string> row{classes[i]};
    for (const std::int64_t count : figures.confusion[i]) row.push_back(grouped(static_cast<std::size_t>(count)));
    confusion.add(row);
  }
  confusion.print();
}

Heatmap confusion_map(const ClassFigures& figures, const std::vector<std::string>& classes) {
  Heatmap map{.title = "confusion: share of each class", .x_label = "told as", .y_label = "is", .columns = classes, .rows = classes,
              .cells = {}};
  for (const auto& counts : figures.confusion) {
    const auto sum = static_cast<double>(std::max<std::int64_t>(1, std::accumulate(counts.begin(), counts.end(), std::int64_t{0})));
    auto& row = map.cells.emplace_back();
    for (const std::int64_t count : counts) row.push_back(static_cast<double>(count) / sum);
  }
  return map;
}

Figures result_of(const ClassFigures& figures, const std::vector<std::string>& classes) {
  Figures result{{"test_accuracy", figures.accuracy},
                 {"balanced_accuracy", figures.balanced_accuracy},
                 {"macro_f1", figures.macro_f1}};
  for (std::size_t i = 0; i < classes.size() && classes.size() <= 5; ++i) {
    std::string name = "f1_" + classes[i];
    std::replace_if(name.begin(), name.end(), [](char c) { return c == ' ' || c == '='; }, '_');
    result.emplace_back(name, figures.f1[i]);
  }
  return result;
}

}  // namespace support
