/// A tag for each word of a sentence: noun, verb, adjective ...; or the names of persons and places in it. Many words are
/// several of these, and only the words around them tell which ("the watch", "they watch").
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "../support/program.h"
#include "../support/screen.h"
#include "../support/training.h"
#include "model.h"
#include "sentences.h"

namespace {

using namespace xgrad;
using namespace tagging;
using Sentences = std::vector<data::TaggedSentence>;

struct Options {
  support::CommonOptions common{.epochs = 10};
  support::PredictOptions predict;
  std::string data;
  std::string test;
  data::TaggedTextOptions format;
  std::string encoding = "utf-8";
  std::string save;
  std::int64_t size = 2000;
  std::int64_t patience = 4;
  double test_share = 0.2;
  double validation_share = 0.1;
  std::optional<std::int64_t> features;
  std::optional<std::int64_t> hidden;
  std::optional<std::int64_t> batch_size;
  std::optional<double> learning_rate;
  std::optional<double> dropout;
};

void declare(support::OptionParser& parser, Options& options) {
  parser.group("Data");
  parser.add("--data", options.data, "CoNLL 2003 or 2002, CoNLL-U, or lines of word/TAG; without it, made-up sentences");
  parser.add("--test", options.test, "Another such file, to test with; without it, a part is held out");
  parser.add("--column", options.format.column, "The column of the tags: a number from 0, or upos, xpos ... of CoNLL-U");
  parser.add("--word-column", options.format.word_column, "The column of the words, likewise");
  parser.add_choice("--encoding", options.encoding, {"utf-8", "latin-1"}, "Of the files");
  parser.add("--test-share", options.test_share, "Share of the data that is held out to test with", support::Range::share);
  parser.add("--validation-share", options.validation_share, "Share of the rest that decides which epoch is kept",
             support::Range::share);
  parser.add("--size", options.size, "Made-up sentences to train with, where there is no --data", support::Range::positive);
  parser.group("Model");
  parser.add("--features", options.features, "Size of a word's vector; by the data where not given",
             support::Range::positive);
  parser.add("--hidden", options.hidden, "Size of the LSTM; by the data where not given", support::Range::positive);
  parser.add("--dropout", options.dropout, "Share of features that are dropped; by the data where not given",
             support::Range::share);
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Sentences in a step; by the data where not given",
             support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam; by the data where not given", support::Range::positive);
  parser.add("--patience", options.patience, "Stop after so many epochs without a better one on the validation; 0: never",
             support::Range::not_negative);
  options.common.add_training_to(parser, "Passes over the training data; 30 at most where not given, for data of one's own");
  parser.add("--save", options.save, "Write the trained model to this file (safetensors)");
  options.predict.add_to(parser, "sentence, its words between spaces");
}

struct Corpus {
  Sentences train;
  Sentences validation;  ///< decides which epoch is kept; empty: the last one is
  Sentences test;
};

Corpus read_corpus(Options& options) {
  const Generator generator(options.common.seed);
  options.format.encoding = data::parse_encoding(options.encoding);
  const auto read = [&](const std::string& path) {
    data::TaggedTextReader reader(path, options.format);
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
  corpus.test = options.test.empty() ? hold_out(corpus.train, options.test_share) : read(options.test);
  if (corpus.test.empty()) throw ValueError("--test-share: there is nothing to test with; give a file with --test");
  corpus.validation = hold_out(corpus.train, options.validation_share);
  support::print_paragraph(fmt::format("Held out by seed {}: {}{} sentences to validate.", options.common.seed,
                                       options.test.empty() ? fmt::format("{} to test, ", corpus.test.size()) : "",
                                       corpus.validation.size()));
  return corpus;
}

std::vector<std::string> texts_of(const Sentences& sentences) {
  std::vector<std::string> texts;
  for (const data::TaggedSentence& sentence : sentences) texts.push_back(fmt::format("{}", fmt::join(sentence.words, " ")));
  return texts;
}

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

/// What was said of sentences beside what is right.
struct TagFigures {
  double words = 0;      ///< share of words whose tag is right
  double sentences = 0;  ///< share of sentences all of whose tags are
  std::vector<std::vector<std::string>> tags;
};

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

/// What looking at each word alone reaches: always its most frequent tag; for an unknown word, that of all words.
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

/// F1 of spans where tags mark spans; accuracy, precision, recall and F1 of each tag where they do not.
std::optional<metrics::SpanF1> spans_of(const Sentences& sentences, const TagFigures& figures) {
  std::vector<std::vector<std::string>> right;
  for (const data::TaggedSentence& sentence : sentences) right.push_back(sentence.tags);
  metrics::TagScheme scheme{};
  if (!metrics::detect_tag_scheme(right, scheme)) return std::nullopt;
  metrics::SpanF1 spans;
  for (std::size_t i = 0; i < right.size(); ++i) spans.update(figures.tags[i], right[i]);
  return spans;
}

void print_tags(const Sentences& sentences, const TagFigures& figures) {
  std::vector<std::string> names;
  for (const data::TaggedSentence& sentence : sentences)
    names.insert(names.end(), sentence.tags.begin(), sentence.tags.end());
  for (const auto& tags : figures.tags) names.insert(names.end(), tags.begin(), tags.end());
  data::sort_classes(names);
  if (names.size() > 20) return;
  const data::Vocab numbers(names);
  metrics::ConfusionMatrix matrix(static_cast<std::int64_t>(names.size()));
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    for (std::size_t j = 0; j < sentences[i].tags.size(); ++j) {
      matrix.update(numbers[figures.tags[i][j]], numbers[sentences[i].tags[j]]);
    }
  }
  fmt::print("\n{}", metrics::classification_report(matrix, names));
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Tags each word of a sentence: vectors of words and letters, bidirectional LSTM, linear layer.",
      {"tag --data train.conllu --test test.conllu --save tags.safetensors",
       "tag --load tags.safetensors --predict \"they watch the watch\""});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  const bool own = !options.data.empty();
  if (own && !parser.given("--epochs")) options.common.epochs = 30;
  options.common.apply();
  if (options.predict.wanted()) {
    support::predict(options.predict, load_predictor(options.predict.load));
    return 0;
  }
  if (!options.predict.predict.empty() || !options.predict.load.empty()) {
    throw ValueError("--load and --predict go together: a model, and a text, a file, or -");
  }

  Corpus corpus;
  if (own) {
    corpus = read_corpus(options);
  } else {
    corpus.train = make_sentences(options.common.seed, options.size);
    corpus.test = make_sentences(options.common.seed + 1, 500);
  }
  const bool few = corpus.train.size() < 5000;
  const SentenceTagger tagger = SentenceTagger::make(corpus.train,
                                                     {.features = options.features.value_or(own ? 64 : 16),
                                                      .hidden = options.hidden.value_or(own ? (few ? 96 : 192) : 32),
                                                      .dropout = options.dropout.value_or(own ? 0.4 : 0),
                                                      .word_dropout = own ? 0.1 : 0.0},
                                                     own);
  const Tagger& model = tagger.model;
  if (own) print_report(corpus, tagger);

  const std::int64_t batch_size = options.batch_size.value_or(few && own ? 16 : 32);
  const double learning_rate = options.learning_rate.value_or(own ? 0.003 : 0.005);
  data::DataLoader<data::TaggedSentence, Batch> loader(
      corpus.train, {.batch_size = batch_size, .shuffle = true, .seed = options.common.seed},
      [&](const Sentences& sentences) { return tagger.batch(sentences); });
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(learning_rate));
  support::print_heading("Model");
  support::print_model(nn::summary(model, tagger.batch({corpus.train[0]})));
  support::print_paragraph(fmt::format(
      "Settings: --epochs {} --patience {} --batch-size {} --lr {} --features {} --hidden {} --dropout {} --seed {}",
      options.common.epochs, options.patience, batch_size, learning_rate, tagger.options.features, tagger.options.hidden,
      tagger.options.dropout, options.common.seed));
  support::print_heading("Training");
  support::Training training(options.common, "tag", *model, optimizer);
  const bool validates = !corpus.validation.empty();
  if (validates) training.keep_best("validation_accuracy", true, options.patience);
  while (training.next_epoch(static_cast<std::int64_t>(corpus.train.size()), "sentences")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor scores = model(batch);
      const Tensor loss = nn::functional::cross_entropy(scores, batch.tags);
      loss.backward();
      if (own) nn::utils::clip_grad_norm_(model->parameters(), 5);
      optimizer.step();
      training.step(
          batch.words.batch_sizes()[0].item<std::int64_t>(),
          {{"loss", loss.item<double>()}, {"accuracy", scores.argmax(1).eq(batch.tags).to(kFloat64).mean().item<double>()}});
    }
    if (validates) training.end_epoch({{"validation_accuracy", evaluate(tagger, corpus.validation).words}});
    else training.end_epoch({{"test_accuracy", evaluate(tagger, corpus.test).words}});
  }
  training.finish();

  const TagFigures figures = evaluate(tagger, corpus.test);
  const TagFigures baseline = most_frequent_tags(corpus.train, corpus.test);
  const auto spans = spans_of(corpus.test, figures);
  const auto baseline_spans = spans_of(corpus.test, baseline);
  support::print_heading("On the test");
  const auto number = [](double value) { return fmt::format("{:.4f}", value); };
  support::TextTable table({"", "words right", "sentences right", spans ? "F1 of spans" : ""});
  table.add({"this model", number(figures.words), number(figures.sentences), spans ? number(spans->compute()) : ""});
  table.add({"most frequent tag of each word", number(baseline.words), number(baseline.sentences),
             baseline_spans ? number(baseline_spans->compute()) : ""});
  table.print();
  if (spans) fmt::print("\n{}", spans->report());
  else print_tags(corpus.test, figures);
  support::print_heading("Some sentences of the test");
  for (std::size_t i = 0; i < std::min<std::size_t>(3, corpus.test.size()); ++i) {
    std::string shown;
    for (std::size_t j = 0; j < corpus.test[i].words.size(); ++j)
      shown += " " + corpus.test[i].words[j] + "/" + figures.tags[i][j];
    fmt::print(" {}\n", support::shortened(shown, 78));
  }
  if (!options.save.empty()) tagger.save(options.save);
  support::print_end("tag", options.save, options.common.plot, "\"they watch the watch\"");
  support::Figures result{
      {"accuracy", figures.words}, {"sequence_accuracy", figures.sentences}, {"word_alone_accuracy", baseline.words}};
  if (spans) result.emplace_back("span_f1", spans->compute());
  support::print_result(result);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
