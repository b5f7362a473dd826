/// Tells the class of a text: of a file of one's own, or of Chinese news titles with pretrained character vectors.
#include <fmt/core.h>

#include "../support/confusion.h"
#include "../support/program.h"
#include "../support/screen.h"
#include "../support/training.h"
#include "model.h"
#include "titles.h"

namespace {

using namespace xgrad;
using namespace classify;

struct Options {
  support::CommonOptions common{.epochs = 20};
  support::LabelledOptions data;
  support::PredictOptions predict;
  ModelOptions model;
  std::string save;
  std::string vectors;
  bool characters = false;
  bool padded = false;
  std::int64_t size = 4000;
  std::int64_t patience = 5;
  std::optional<std::int64_t> features;
  std::optional<std::int64_t> hidden;
  std::optional<std::int64_t> batch_size;
  std::optional<std::int64_t> min_frequency;
  std::optional<double> learning_rate;
  std::optional<double> dropout;
  std::optional<double> word_dropout;
  std::optional<bool> bidirectional;
};

/// A text as numbers, and its class.
struct Example {
  std::vector<std::int64_t> tokens;
  std::int64_t label;
};

struct Batch {
  nn::utils::rnn::PackedSequence tokens;
  Tensor labels;
};

void declare(support::OptionParser& parser, Options& options) {
  options.data.add_to(parser, "a folder with train.txt, test.txt, class.txt and char_vectors.bin");
  parser.add("--size", options.size, "Made-up titles to train with, where there is no --data", support::Range::positive);
  parser.group("Model");
  parser.add_choice("--cell", options.model.cell, {"lstm", "gru", "rnn"}, "Recurrent layer");
  parser.add_flag("--bidirectional,!--one-direction", options.bidirectional,
                  "Read the texts in both directions, or in one; where not given, in both for data of one's own");
  parser.add("--hidden", options.hidden, "Size of the recurrent layer; by the data where not given",
             support::Range::positive);
  parser.add("--features", options.features, "Size of the learnt vectors; by the data where not given",
             support::Range::positive);
  parser.add("--dropout", options.dropout,
             "Share of the inputs that are dropped, and of the state; 0.4 for data of one's own, 0.3 for titles",
             support::Range::share);
  parser.add("--word-dropout", options.word_dropout,
             "Share of the words that count as unknown while training; 0.15 for words of one's own, 0 for characters",
             support::Range::share);
  parser.add_flag("--characters", options.characters, "Read characters, not words; Chinese is read so in any case");
  parser.add("--min-frequency", options.min_frequency, "Rarer words count as unknown; by the data where not given",
             support::Range::positive);
  support::add_vectors(parser, options.vectors);
  parser.add_flag("--padded", options.padded,
                  "Fill all titles up to 32 characters, and read the filling, as often published");
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Texts in a step; by the data where not given", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam; by the data where not given", support::Range::positive);
  support::add_patience(parser, options.patience);
  options.common.add_training_to(
      parser, "Passes over the training data; where not given, as many as 3000 steps take, 5 to 60, for data of one's own");
  support::add_save(parser, options.save);
  options.predict.add_to(parser, "text");
}

/// A model for a corpus of one's own, its sizes by the size of the data where no option gives them.
TitleClassifier make_classifier(const support::LabelledCorpus& corpus, Options& options) {
  const std::size_t texts = corpus.train.size();
  const bool few = texts < 2000;
  if (!options.min_frequency) options.min_frequency = few ? 1 : 2;
  if (!options.hidden) options.hidden = few ? 64 : 128;
  if (!options.features) options.features = few ? 32 : 64;
  if (!options.batch_size) options.batch_size = few ? 16 : texts < 20'000 ? 32 : 128;
  if (!options.learning_rate) options.learning_rate = texts < 500 ? 0.005 : 0.002;
  const bool characters = options.characters || support::suits_characters(corpus.train.texts);
  const support::TextCoder coder(corpus.train.texts, characters ? support::Unit::characters : support::Unit::pieces,
                                 *options.min_frequency);
  options.model.tokens = coder.size();
  options.model.hidden = *options.hidden;
  options.model.classes = static_cast<std::int64_t>(corpus.classes.size());
  options.model.pooling = support::Pooling::MeanAndMax;
  options.model.bidirectional = options.bidirectional.value_or(true);
  options.model.dropout = options.dropout.value_or(0.4);
  options.model.word_dropout = options.word_dropout.value_or(characters ? 0 : 0.15);
  Tensor vectors;
  if (!options.vectors.empty()) vectors = support::read_vectors(options.vectors, coder.vocabulary());
  options.model.features = vectors.defined() ? vectors.size(1) : *options.features;
  Classifier model(options.model);
  if (vectors.defined()) {
    const NoGradGuard no_grad;
    model->embedding->weight.copy_(vectors);
  }
  return {options.model, model, coder, corpus.classes, options.padded};
}

/// A model for titles with vectors of characters, which are frozen.
TitleClassifier make_title_classifier(const Titles& titles, Options& options) {
  options.model.tokens = static_cast<std::int64_t>(titles.vectors.size());
  options.model.features = titles.vectors.dimensions();
  options.model.hidden = options.hidden.value_or(128);
  options.model.bidirectional = options.bidirectional.value_or(false);
  options.model.dropout = options.dropout.value_or(options.model.dropout);
  options.model.word_dropout = options.word_dropout.value_or(0);
  options.model.unknown = titles.vectors.vocab().default_index().value_or(0);
  options.model.classes = static_cast<std::int64_t>(titles.corpus.classes.size());
  if (!options.batch_size) options.batch_size = 250;
  if (!options.learning_rate) options.learning_rate = 0.01;
  return {options.model, Classifier(options.model, titles.vectors.vectors()),
          support::TextCoder(titles.vectors.vocab(), support::Unit::characters, longest_title), titles.corpus.classes,
          options.padded};
}

int program(int argc, char** argv) {
  Options options;
  support::OptionParser parser(
      "Classifies texts: vectors of words or characters; LSTM, GRU or RNN; linear layer.",
      {"classify --data spam.tsv --save spam.safetensors", "classify --load spam.safetensors --predict \"Call now!\""});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.common.apply();
  options.predict.encoding = options.data.encoding;
  if (options.predict.wanted()) {
    support::predict(options.predict, load_predictor(options.predict.load));
    return 0;
  }
  if (!options.predict.load.empty()) throw ValueError("--load needs --predict: a text, a file, or -");

  const bool titles = options.data.data.empty() || is_titles(options.data.data);
  support::LabelledCorpus corpus;
  std::optional<TitleClassifier> made;
  if (titles) {
    Titles read = options.data.data.empty() ? make_titles(options.common.seed, options.size)
                                            : read_titles(options.data.data, options.data.encoding);
    made = make_title_classifier(read, options);
    corpus = std::move(read.corpus);
  } else {
    corpus = support::read_labelled(options.data, options.common.seed);
    made = make_classifier(corpus, options);
    if (!parser.given("--epochs")) {
      const auto texts = static_cast<std::int64_t>(corpus.train.size());
      options.common.epochs = std::clamp<std::int64_t>(3000 * *options.batch_size / std::max<std::int64_t>(1, texts), 5, 60);
    }
  }
  const TitleClassifier& classifier = *made;
  const Classifier& model = classifier.model;
  support::print_report(corpus, classifier.coder);

  std::vector<Example> examples;
  for (std::size_t i = 0; i < corpus.train.size(); ++i) {
    examples.push_back({classifier.coder.encode(corpus.train.texts[i]), corpus.train.labels[i]});
  }
  const auto collate = [&](const std::vector<Example>& chosen) {
    std::vector<std::vector<std::int64_t>> tokens;
    std::vector<std::int64_t> labels;
    for (const Example& example : chosen) {
      tokens.push_back(example.tokens);
      labels.push_back(example.label);
    }
    return Batch{classifier.pack(tokens), tensor(labels)};
  };
  data::DataLoader<Example, Batch> loader(
      examples, {.batch_size = *options.batch_size, .shuffle = true, .num_workers = 1, .seed = options.common.seed},
      collate);
  // Beside the training data, each epoch is judged by the part held out, or by the test where there is none.
  const bool validates = corpus.validation.size() > 0;
  const support::Labelled& judge = validates ? corpus.validation : corpus.test;
  const auto judge_tokens = classifier.coder.encode(judge.texts);
  const auto test_tokens = classifier.coder.encode(corpus.test.texts);
  const auto probabilities = [&](const auto& sequences) { return classifier.probabilities(sequences); };

  TensorList trained;
  for (const Tensor& parameter : model->parameters()) {
    if (parameter.requires_grad()) trained.push_back(parameter);
  }
  optim::Adam optimizer(trained, optim::AdamOptions(*options.learning_rate));
  optim::ExponentialLR scheduler(optimizer, titles ? 0.8 : 0.95);
  support::print_heading("Model");
  support::print_model(nn::summary(model, classifier.pack({judge_tokens.begin(), judge_tokens.begin() + 1})));
  support::print_paragraph(fmt::format(
      "Settings: --epochs {} --patience {} --batch-size {} --lr {} --hidden {} --features {} --dropout {} --word-dropout {} "
      "--cell {} {} --seed {}",
      options.common.epochs, options.patience, *options.batch_size, *options.learning_rate, options.model.hidden,
      options.model.features, options.model.dropout, options.model.word_dropout, options.model.cell,
      options.model.bidirectional ? "--bidirectional" : "--one-direction", options.common.seed));
  support::print_heading("Training");
  support::Training training(options.common, options.model.cell, *model, optimizer, &scheduler);
  if (validates) training.keep_best("validation_loss", false, options.patience);
  while (training.next_epoch(static_cast<std::int64_t>(examples.size()), "texts")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor scores = model(batch.tokens);
      const Tensor loss = nn::functional::cross_entropy(scores, batch.labels);
      loss.backward();
      optimizer.step();
      training.step(batch.labels.numel(),
                    {{"loss", loss.item<double>()},
                     {"accuracy", scores.argmax(1).eq(batch.labels).to(kFloat64).mean().item<double>()}});
    }
    scheduler.step();
    const auto figures = support::evaluate(probabilities, judge_tokens, judge.labels, corpus.classes.size());
    const std::string part = validates ? "validation_" : "test_";
    training.end_epoch(
        {{part + "loss", figures.loss}, {part + "accuracy", figures.accuracy}, {part + "macro_f1", figures.macro_f1}});
  }
  training.take_best();

  const auto figures = support::evaluate(probabilities, test_tokens, corpus.test.labels, corpus.classes.size());
  support::print_figures(figures, corpus.classes);
  support::print_heading("Some texts of the test");
  for (std::size_t i = 0; i < std::min<std::size_t>(4, corpus.test.size()); ++i) {
    const auto found = classifier.probabilities({test_tokens[i]}).argmax(1).item<std::int64_t>();
    fmt::print("  {} -> {} ({})\n", support::shortened(corpus.test.texts[i], 50),
               corpus.classes[static_cast<std::size_t>(found)],
               corpus.classes[static_cast<std::size_t>(corpus.test.labels[i])]);
  }
  if (!options.predict.predict.empty()) {
    const auto found =
        classifier.probabilities({classifier.coder.encode(options.predict.predict)}).argmax(1).item<std::int64_t>();
    fmt::print("{} -> {}\n", options.predict.predict, corpus.classes[static_cast<std::size_t>(found)]);
  }
  if (!options.common.plot.empty()) {
    const support::Heatmap map = support::confusion_map(figures.confusion, corpus.classes);
    support::plot(options.common.plot, training.curves(), &map);
  }
  if (!options.save.empty()) classifier.save(options.save);
  support::print_end("classify", options.save, options.common.plot, "\"a text\"");
  support::Figures result = support::result_of(figures, corpus.classes);
  result.emplace_back("seconds_per_epoch", training.seconds_per_epoch());
  support::print_result(result);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
