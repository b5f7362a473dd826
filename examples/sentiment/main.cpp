/// Tells good film reviews from bad ones with a recurrent net over packed sequences; or the classes of any texts.
#include <fmt/core.h>

#include "../support/confusion.h"
#include "../support/labelled.h"
#include "../support/program.h"
#include "../support/ranks.h"
#include "../support/screen.h"
#include "../support/training.h"
#include "model.h"
#include "reviews.h"

namespace {

using namespace xgrad;
using namespace sentiment;

struct Options {
  support::CommonOptions common{.epochs = 5};
  support::LabelledOptions data;
  support::PredictOptions predict;
  support::RankOptions ranks;
  ModelOptions model;
  std::string save;
  std::string vectors;
  std::int64_t batch_size = 32;
  std::int64_t min_frequency = 1;
  std::int64_t patience = 3;
  double learning_rate = 0.003;
  bool characters = false;
  bool bag_of_words = false;
};

void declare(support::OptionParser& parser, Options& options) {
  options.data.add_to(parser, "the extracted aclImdb");
  parser.group("Model");
  parser.add_choice("--cell", options.model.cell, {"lstm", "gru", "rnn"}, "Recurrent layer");
  parser.add("--layers", options.model.layers, "Recurrent layers", support::Range::positive);
  parser.add_flag("--bidirectional", options.model.bidirectional, "Read the reviews in both directions");
  parser.add("--dropout", options.model.dropout, "Share of the inputs of layers that are dropped while training",
             support::Range::share);
  parser.add("--min-frequency", options.min_frequency, "Rarer words count as unknown", support::Range::positive);
  parser.add_flag("--characters", options.characters, "Read characters, not words; Chinese is read so in any case");
  support::add_vectors(parser, options.vectors);
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Reviews in a step", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam", support::Range::positive);
  support::add_patience(parser, options.patience);
  parser.add_flag("--bag-of-words", options.bag_of_words,
                  "Train a bag of words as well, for comparison (always with the made-up corpus)");
  options.ranks.add_to(parser);
  options.common.add_training_to(parser);
  support::add_save(parser, options.save);
  options.predict.add_to(parser, "review");
}

/// A review as word numbers, and its class.
struct Review {
  std::vector<std::int64_t> words;
  std::int64_t label;
};

std::vector<Review> encode(const support::TextCoder& coder, const support::Labelled& part) {
  std::vector<Review> reviews;
  for (std::size_t i = 0; i < part.size(); ++i) reviews.push_back({coder.encode(part.texts[i]), part.labels[i]});
  return reviews;
}

Batch collate(const std::vector<Review>& reviews) {
  std::vector<std::vector<std::int64_t>> words;
  std::vector<std::int64_t> labels;
  for (const Review& review : reviews) {
    words.push_back(review.words);
    labels.push_back(review.label);
  }
  return make_batch(words, labels);
}

/// A batch: what this rank computes of it, shard by shard, where these have reviews, and how many reviews all ranks have.
struct SharedBatch {
  std::vector<std::optional<Batch>> shards;
  std::int64_t size;
};

SharedBatch share(const support::Ranks& ranks, const std::vector<Review>& reviews) {
  std::vector<std::int64_t> lengths;
  for (const Review& review : reviews) lengths.push_back(static_cast<std::int64_t>(review.words.size()));
  SharedBatch batch{{}, static_cast<std::int64_t>(reviews.size())};
  for (const std::vector<std::size_t>& places : ranks.own_shards(lengths)) {
    std::vector<Review> part;
    for (const std::size_t place : places) part.push_back(reviews[place]);
    batch.shards.push_back(part.empty() ? std::nullopt : std::optional(collate(part)));
  }
  return batch;
}

/// What trains a model, and tells how good it is.
struct Experiment {
  const Options& options;
  const support::Ranks& ranks;
  const support::LabelledCorpus& corpus;
  std::vector<Review> train;
  std::vector<std::vector<std::int64_t>> judge, test;  ///< the validation, or the test where there is none; and the test

  bool validates() const { return corpus.validation.size() > 0; }

  template <class Model>
  support::ClassFigures test_figures(const Model& model) const {
    return support::evaluate([&](const auto& reviews) { return probabilities(model, reviews); }, test, corpus.test.labels,
                             corpus.classes.size());
  }

  /// Trains a model; returns the seconds of an epoch, and the curves.
  template <class Model>
  std::pair<double, std::vector<support::Panel>> run(const Model& model, const std::string& name) const {
    data::DataLoader<Review, SharedBatch> loader(
        train, {.batch_size = options.batch_size, .shuffle = true, .num_workers = 1, .seed = options.common.seed},
        [this](const std::vector<Review>& reviews) { return share(ranks, reviews); });
    support::ParallelModel parallel(*model, ranks);
    optim::Adam optimizer(model->parameters(), optim::AdamOptions(options.learning_rate));
    support::Training training(options.common, name, *model, optimizer);
    if (validates()) training.keep_best("validation_accuracy", true, options.patience);
    const std::string part = validates() ? "validation_" : "test_";
    while (training.next_epoch(static_cast<std::int64_t>(train.size()), "reviews")) {
      for (const SharedBatch& batch : training.batches(loader)) {
        optimizer.zero_grad();
        std::int64_t right = 0;
        const double loss = parallel.step([&](std::size_t i) {
          if (!batch.shards[i]) return Tensor();
          const Tensor& labels = batch.shards[i]->labels;
          const Tensor scores = model->forward(*batch.shards[i]);
          right += probabilities_of(scores.detach()).argmax(1).eq(labels).sum().item<std::int64_t>();
          return loss_of(scores, labels) * (static_cast<double>(labels.numel()) / static_cast<double>(batch.size));
        });
        optimizer.step();
        const double accuracy = static_cast<double>(ranks.sum(right)) / static_cast<double>(batch.size);
        training.step(batch.size, {{"loss", loss}, {"accuracy", accuracy}});
      }
      const auto figures =
          support::evaluate([&](const auto& reviews) { return probabilities(model, reviews); }, judge,
                            validates() ? corpus.validation.labels : corpus.test.labels, corpus.classes.size());
      training.end_epoch({{part + "loss", figures.loss}, {part + "accuracy", figures.accuracy}});
    }
    training.take_best();
    return {training.seconds_per_epoch(), training.curves()};
  }
};

void show_predictions(const SentimentClassifier& classifier, const support::LabelledCorpus& corpus) {
  support::print_heading("Some reviews of the test");
  const std::size_t step = std::max<std::size_t>(1, corpus.test.size() / 6);
  for (std::size_t i = step / 2; i < corpus.test.size(); i += step) {
    const Tensor found = probabilities(classifier.model, {classifier.coder.encode(corpus.test.texts[i])})[0];
    const auto label = found.argmax(0).item<std::int64_t>();
    fmt::print("  {} {:.3f} {}: {}\n", label == corpus.test.labels[i] ? "right" : "WRONG", found.max().item<double>(),
               corpus.classes[static_cast<std::size_t>(label)], support::shortened(corpus.test.texts[i], 54));
  }
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Tells good film reviews from bad ones: embedding, LSTM, GRU or RNN over packed sequences, two linear layers.",
      {"sentiment --data aclImdb --save sentiment.safetensors",
       "sentiment --load sentiment.safetensors --predict new.txt --format json"});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.common.apply();
  options.predict.encoding = options.data.encoding;
  if (!options.predict.predict.empty()) {
    if (options.predict.load.empty()) throw ValueError("--predict needs a model: give it with --load");
    support::predict(options.predict, load_predictor(options.predict.load));
    return 0;
  }
  if (const auto code = support::Ranks::start(options.ranks, argc, argv)) return *code;
  support::Ranks ranks(options.ranks, options.common);

  const support::LabelledCorpus corpus = options.data.data.empty() ? make_corpus(options.common.seed)
                                         : is_imdb(options.data.data)
                                             ? read_imdb(options.data.data)
                                             : support::read_labelled(options.data, options.common.seed);
  std::optional<SentimentClassifier> made;
  if (!options.predict.load.empty()) {
    made = SentimentClassifier::load(options.predict.load);
    if (made->classes != corpus.classes) throw ValueError("--load: the model has other classes than the data");
  } else {
    const bool characters = options.characters || support::suits_characters(corpus.train.texts);
    const support::TextCoder coder(corpus.train.texts, characters ? support::Unit::characters : support::Unit::words,
                                   options.min_frequency);
    options.model.vocabulary = coder.size();
    options.model.classes = static_cast<std::int64_t>(corpus.classes.size());
    Tensor vectors;
    if (!options.vectors.empty()) {
      vectors = support::read_vectors(options.vectors, coder.vocabulary());
      options.model.features = vectors.size(1);
    }
    made = SentimentClassifier{options.model, Classifier(options.model), coder, corpus.classes};
    if (vectors.defined()) made->model->set_vectors(vectors);
  }
  const SentimentClassifier& classifier = *made;
  support::print_report(corpus, classifier.coder);
  const bool validates = corpus.validation.size() > 0;
  const Experiment experiment{options,
                              ranks,
                              corpus,
                              encode(classifier.coder, corpus.train),
                              classifier.coder.encode(validates ? corpus.validation.texts : corpus.test.texts),
                              classifier.coder.encode(corpus.test.texts)};

  support::print_heading("Model");
  support::print_model(nn::summary(classifier.model, make_batch({experiment.judge[0]}, {0})));
  support::print_paragraph(
      fmt::format("Settings: --epochs {} --patience {} --batch-size {} --lr {} --dropout {} --min-frequency {} --seed {}",
                  options.common.epochs, options.patience, options.batch_size, options.learning_rate, options.model.dropout,
                  options.min_frequency, options.common.seed));
  support::print_heading("Training");
  const auto [seconds, curves] = experiment.run(classifier.model, classifier.options.cell);
  const support::ClassFigures figures = experiment.test_figures(classifier.model);
  support::Figures result = support::result_of(figures, corpus.classes);
  if (options.bag_of_words || options.data.data.empty()) {
    support::print_heading("For comparison, a bag of words");
    const BagOfWords bag(classifier.options);
    experiment.run(bag, "bag");
    result.emplace_back("bag_of_words_accuracy", experiment.test_figures(bag).accuracy);
  }
  support::print_figures(figures, corpus.classes);
  show_predictions(classifier, corpus);
  if (!options.common.plot.empty()) {
    const support::Heatmap map = support::confusion_map(figures.confusion, corpus.classes);
    support::plot(options.common.plot, curves, &map);
  }
  if (!options.save.empty() && ranks.is_main()) classifier.save(options.save);
  support::print_end("sentiment", options.save, options.common.plot, "\"a review\"");
  result.emplace_back("seconds_per_epoch", seconds);
  ranks.add_to(result);
  support::print_result(result);
  ranks.finish();
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
