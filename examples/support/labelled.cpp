#include "labelled.h"

#include <fmt/core.h>

#include <algorithm>

#include "confusion.h"
#include "screen.h"

namespace support {

using namespace xgrad;

namespace {

std::vector<std::size_t> class_counts(const Labelled& part, std::size_t classes) {
  std::vector<std::size_t> counts(classes, 0);
  for (const std::int64_t label : part.labels) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void print_lengths(const LabelledCorpus& corpus, const TextCoder& coder) {
  std::vector<std::int64_t> lengths;
  for (const std::string& text : corpus.train.texts) {
    lengths.push_back(static_cast<std::int64_t>(coder.split(text).size()));
  }
  std::size_t tokens = 0;
  std::size_t unknown = 0;
  for (const std::string& text : corpus.test.texts) {
    for (const std::string& token : coder.split(text)) {
      ++tokens;
      unknown += coder.vocabulary().contains(token) ? 0 : 1;
    }
  }
  const char* unit = coder.unit() == Unit::characters ? "characters" : "words";
  print_paragraph(fmt::format("Lengths: {} {}. Vocabulary: {}. Unknown in the test: {:.1f} % of the {}.",
                              data::summarize_lengths(lengths).describe(), unit,
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
  const auto duplicates = data::count_duplicates(corpus.train.texts, corpus.test.texts);
  if (duplicates.test_in_train > 0) {
    print_warning(
        fmt::format("{} of {} test texts ({:.1f} %) are in the training data as well: what is reached on them says "
                    "little about new ones.",
                    grouped(duplicates.test_in_train), grouped(corpus.test.size()),
                    100 * share(duplicates.test_in_train, corpus.test.size())));
  }
  const auto most = std::max_element(test.begin(), test.end());
  if (most != test.end() && share(*most, corpus.test.size()) > 0.8) {
    print_warning(
        fmt::format("{:.1f} % of the test are '{}': a model that says nothing else has that accuracy. Look at the "
                    "balanced accuracy and the F1 of each class.",
                    100 * share(*most, corpus.test.size()), corpus.classes[static_cast<std::size_t>(most - test.begin())]));
  }
  for (std::size_t i = 0; i < classes && classes <= few_classes; ++i) {
    if (train[i] < 10) print_warning(fmt::format("only {} texts of '{}' to train with.", train[i], corpus.classes[i]));
  }
}

ClassFigures evaluate(const ProbabilitiesOf& probabilities, const std::vector<std::vector<std::int64_t>>& sequences,
                      const std::vector<std::int64_t>& labels, std::size_t classes) {
  constexpr std::size_t at_once = 250;
  ClassFigures figures{.confusion = metrics::ConfusionMatrix(static_cast<std::int64_t>(classes))};
  for (std::size_t begin = 0; begin < sequences.size(); begin += at_once) {
    const std::size_t end = std::min(sequences.size(), begin + at_once);
    const auto place = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
    const Tensor found = probabilities({sequences.begin() + place(begin), sequences.begin() + place(end)});
    const Tensor right = tensor(std::vector(labels.begin() + place(begin), labels.begin() + place(end)));
    figures.confusion.update(found, right);
    figures.loss -= found.gather(1, right.unsqueeze(1)).clamp_min(1e-12).log().to(kFloat64).sum().item<double>();
  }
  if (sequences.empty()) return figures;
  figures.loss /= static_cast<double>(sequences.size());
  // Of all examples together, F1 is the accuracy.
  figures.accuracy = metrics::F1Score(figures.confusion, metrics::Average::Micro).compute();
  figures.balanced_accuracy = metrics::BalancedAccuracy(figures.confusion).compute();
  figures.macro_f1 = metrics::F1Score(figures.confusion).compute();
  return figures;
}

std::vector<Answer> label_answers(const Tensor& probabilities, const std::vector<std::string>& classes) {
  std::vector<Answer> answers;
  for (std::int64_t row = 0; row < probabilities.size(0); ++row) {
    const auto values = probabilities[row].to_vector<double>();
    Answer& answer = answers.emplace_back();
    answer.group = "probabilities";
    answer.texts = {
        {"label", classes[static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin())]}};
    for (std::size_t i = 0; i < classes.size(); ++i) answer.numbers.emplace_back(classes[i], values[i]);
  }
  return answers;
}

void print_figures(const ClassFigures& figures, const std::vector<std::string>& classes) {
  const auto number = [](double value) { return fmt::format("{:.4f}", value); };
  // What always naming the largest class of the test reaches.
  const auto count = static_cast<std::int64_t>(classes.size());
  std::int64_t largest = 0;
  for (std::int64_t i = 1; i < count; ++i) {
    if (figures.confusion.target_count(i) > figures.confusion.target_count(largest)) largest = i;
  }
  metrics::ConfusionMatrix always(count);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t n = 0; n < figures.confusion.target_count(i); ++n) always.update(largest, i);
  }
  print_heading("On the test");
  TextTable table({"", "accuracy", "balanced accuracy", "macro F1"});
  table.add({"this model", number(figures.accuracy), number(figures.balanced_accuracy), number(figures.macro_f1)});
  table.add({fmt::format("always '{}'", shortened(classes[static_cast<std::size_t>(largest)], 20)),
             number(metrics::F1Score(always, metrics::Average::Micro).compute()),
             number(metrics::BalancedAccuracy(always).compute()), number(metrics::F1Score(always).compute())});
  table.print();
  if (classes.size() <= few_classes) fmt::print("\n{}", metrics::classification_report(figures.confusion, classes));
  print_confusion(figures.confusion, classes);
}

Figures result_of(const ClassFigures& figures, const std::vector<std::string>& classes) {
  Figures result{
      {"test_accuracy", figures.accuracy}, {"balanced_accuracy", figures.balanced_accuracy}, {"macro_f1", figures.macro_f1}};
  const std::vector<double> f1 = metrics::F1Score(figures.confusion).per_class();
  for (std::size_t i = 0; i < classes.size() && classes.size() <= 5; ++i) {
    result.emplace_back("f1_" + classes[i], f1[i]);
  }
  return result;
}

}  // namespace support
