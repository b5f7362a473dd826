/// A tag for each word of a sentence: noun, verb, adjective ...; or the names of persons and places in it. Many words are
/// several of these, and only the words around them tell which ("the watch", "they watch").
#include <fmt/core.h>

#include <algorithm>

#include "../support/confusion.h"
#include "../support/program.h"
#include "../support/screen.h"
#include "../support/training.h"
#include "corpus.h"
#include "figures.h"
#include "model.h"
#include "sentences.h"

namespace {

using namespace xgrad;
using namespace tagging;

struct Options {
  support::CommonOptions common{.epochs = 10};
  support::PredictOptions predict;
  CorpusOptions data;
  std::string save;
  std::int64_t size = 2000;
  bool names = false;
  bool crf = false;
  std::int64_t patience = 4;
  std::optional<std::int64_t> features;
  std::optional<std::int64_t> hidden;
  std::optional<std::int64_t> batch_size;
  std::optional<double> learning_rate;
  std::optional<double> dropout;
};

void declare(support::OptionParser& parser, Options& options) {
  options.data.add_to(parser);
  parser.add("--size", options.size, "Made-up sentences to train with, where there is no --data", support::Range::positive);
  parser.add_flag("--names", options.names, "Made-up sentences with names to find, in place of parts of speech");
  parser.group("Model");
  parser.add("--features", options.features, "Size of a word's vector; by the data where not given",
             support::Range::positive);
  parser.add("--hidden", options.hidden, "Size of the LSTM; by the data where not given", support::Range::positive);
  parser.add("--dropout", options.dropout, "Share of features that are dropped; by the data where not given",
             support::Range::share);
  parser.add_flag("--crf", options.crf, "Tags that depend on their neighbours: a conditional random field above the scores");
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Sentences in a step; by the data where not given",
             support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam; by the data where not given", support::Range::positive);
  support::add_patience(parser, options.patience);
  options.common.add_training_to(parser, "Passes over the training data; 30 at most where not given, for data of one's own");
  support::add_save(parser, options.save);
  options.predict.add_to(parser, "sentence, its words between spaces");
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Tags each word of a sentence: vectors of words and letters, bidirectional LSTM, linear layer; a conditional random field where wanted.",
      {"tag --data train.conllu --test test.conllu --save tags.safetensors",
       "tag --load tags.safetensors --predict \"they watch the watch\""});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  const bool own = !options.data.data.empty();
  if (own && !parser.given("--epochs")) options.common.epochs = 30;
  options.common.apply();
  options.predict.encoding = options.data.encoding;
  if (support::predict_instead(options.predict, load_predictor)) return 0;

  Corpus corpus;
  if (own) {
    corpus = read_corpus(options.data, options.common.seed);
  } else {
    const auto make = options.names ? make_sentences_with_names : make_sentences;
    corpus.train = make(options.common.seed, options.size);
    corpus.test = make(options.common.seed + 1, 500);
  }
  const bool few = corpus.train.size() < 5000;
  const SentenceTagger tagger = SentenceTagger::make(corpus.train,
                                                     {.features = options.features.value_or(own ? 64 : 16),
                                                      .hidden = options.hidden.value_or(own ? (few ? 96 : 192) : 32),
                                                      .dropout = options.dropout.value_or(own ? 0.4 : 0),
                                                      .crf = options.crf,
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
      "Settings: --epochs {} --patience {} --batch-size {} --lr {} --features {} --hidden {} --dropout {} --seed {}{}",
      options.common.epochs, options.patience, batch_size, learning_rate, tagger.options.features, tagger.options.hidden,
      tagger.options.dropout, options.common.seed, options.crf ? " --crf" : ""));
  if (!tagger.options.scheme.empty()) {
    support::print_paragraph("Only what " + tagger.options.scheme +
                             " allows is said: the tags of the training data keep to it.");
  }
  support::print_heading("Training");
  support::Training training(options.common, "tag", *model, optimizer);
  const bool validates = !corpus.validation.empty();
  if (validates) training.keep_best("validation_accuracy", true, options.patience);
  while (training.next_epoch(static_cast<std::int64_t>(corpus.train.size()), "sentences")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor scores = model(batch);
      const Tensor loss = model->loss(scores, batch);
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
  training.take_best();

  const TagFigures figures = evaluate(tagger, corpus.test);
  const TagFigures baseline = most_frequent_tags(corpus.train, corpus.test);
  print_figures(corpus.test, figures, baseline);
  support::print_heading("Some sentences of the test");
  for (std::size_t i = 0; i < std::min<std::size_t>(3, corpus.test.size()); ++i) {
    std::string shown;
    for (std::size_t j = 0; j < corpus.test[i].words.size(); ++j)
      shown += " " + corpus.test[i].words[j] + "/" + figures.tags[i][j];
    fmt::print(" {}\n", support::shortened(shown, 78));
  }
  if (!options.common.plot.empty()) {
    const TagConfusion confusion = confusion_of(corpus.test, figures);
    const support::Heatmap map = support::confusion_map(confusion.matrix, confusion.names);
    support::plot(options.common.plot, training.curves(), &map);
  }
  if (!options.save.empty()) tagger.save(options.save);
  support::print_end("tag", options.save, options.common.plot, "\"they watch the watch\"");
  support::Figures result{
      {"accuracy", figures.words}, {"sequence_accuracy", figures.sentences}, {"word_alone_accuracy", baseline.words}};
  if (const auto spans = spans_of(corpus.test, figures)) result.emplace_back("span_f1", spans->compute());
  support::print_result(result);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
