/// Tells good film reviews from bad ones with a recurrent net over packed sequences.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "../support/program.h"
#include "../support/training.h"
#include "model.h"
#include "reviews.h"

namespace {

using namespace xgrad;
using namespace sentiment;

struct Options {
  support::CommonOptions common{.epochs = 5};
  ModelOptions model;
  std::string data;
  std::string save;
  std::string load;
  std::string predict;
  std::int64_t batch_size = 32;
  std::int64_t min_frequency = 1;
  double learning_rate = 0.003;
  bool bag_of_words = false;
};

/// Pads the reviews of a batch to the longest.
Batch collate(std::vector<Review> reviews) {
  TensorList words;
  std::vector<std::int64_t> lengths;
  std::vector<float> labels;
  for (const Review& review : reviews) {
    words.push_back(tensor(review.words));
    lengths.push_back(static_cast<std::int64_t>(review.words.size()));
    labels.push_back(review.label);
  }
  return {nn::utils::rnn::pad_sequence(words, true), tensor(lengths), tensor(labels)};
}

std::int64_t count_correct(const Tensor& probabilities, const Tensor& labels) {
  return probabilities.detach().ge(0.5).eq(labels.ge(0.5)).sum().item<std::int64_t>();
}

using Loader = data::DataLoader<Review, Batch>;

template <class Model>
double accuracy(const Model& model, Loader& loader) {
  const NoGradGuard no_grad;
  model->eval();
  std::int64_t correct = 0;
  std::int64_t total = 0;
  for (const Batch& batch : loader) {
    correct += count_correct(model->forward(batch), batch.labels);
    total += batch.labels.numel();
  }
  model->train();
  return static_cast<double>(correct) / static_cast<double>(total);
}

/// Trains a model; returns the seconds of an epoch.
template <class Model>
double train(const Model& model, Loader& train_loader, Loader& test_loader, const Options& options,
             const std::string& name) {
  nn::BCELoss loss_function;
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(options.learning_rate));
  support::Training training(options.common, name, *model, optimizer);
  while (training.next_epoch(static_cast<std::int64_t>(train_loader.dataset().size()), "reviews")) {
    for (const Batch& batch : training.batches(train_loader)) {
      optimizer.zero_grad();
      const Tensor probabilities = model->forward(batch);
      const Tensor loss = loss_function(probabilities, batch.labels);
      loss.backward();
      optimizer.step();
      const std::int64_t size = batch.labels.numel();
      const auto correct = static_cast<double>(count_correct(probabilities, batch.labels));
      training.step(size, {{"loss", loss.item<double>()}, {"accuracy", correct / static_cast<double>(size)}});
    }
    training.end_epoch({{"test_accuracy", accuracy(model, test_loader)}});
  }
  training.finish();
  return training.seconds_per_epoch();
}

std::vector<Review> encode_all(const data::Vocab& vocabulary, const std::vector<data::LabeledText>& texts) {
  std::vector<Review> reviews;
  reviews.reserve(texts.size());
  for (const data::LabeledText& text : texts) {
    reviews.push_back({encode(vocabulary, text.text), static_cast<float>(text.label)});
  }
  return reviews;
}

double probability(const Classifier& model, const data::Vocab& vocabulary, const std::string& text) {
  const NoGradGuard no_grad;
  model->eval();
  return model->forward(collate({{encode(vocabulary, text), 0}})).item<double>();
}

/// The weights and all that is needed to use them: one file.
void save_model(const Classifier& model, const data::Vocab& vocabulary, const Options& options) {
  save(model, options.save,
       {{"cell", options.model.cell},
        {"layers", std::to_string(options.model.layers)},
        {"bidirectional", options.model.bidirectional ? "1" : "0"},
        {"vocabulary", fmt::format("{}", fmt::join(vocabulary.tokens(), "\n"))}});
  fmt::print("saved {}\n", options.save);
}

std::pair<Classifier, data::Vocab> load_model(Options& options) {
  const auto metadata = load_safetensors_metadata(options.load);
  const auto entry = [&](const char* key) {
    const auto found = metadata.find(key);
    if (found == metadata.end())
      throw FileError(options.load + ": expected a model of this program: there is no '" + key + "' in it");
    return found->second;
  };
  std::vector<std::string> tokens;
  std::istringstream lines(entry("vocabulary"));
  for (std::string token; std::getline(lines, token);) tokens.push_back(token);
  data::Vocab vocabulary(tokens, 1);
  options.model.cell = entry("cell");
  options.model.layers = entry("layers") == "1" ? 1 : std::stoll(entry("layers"));
  options.model.bidirectional = entry("bidirectional") == "1";
  options.model.vocabulary = static_cast<std::int64_t>(vocabulary.size());
  Classifier model(options.model);
  load(model, options.load);
  return {model, vocabulary};
}

void show_predictions(const Classifier& model, const data::Vocab& vocabulary, const std::vector<data::LabeledText>& texts) {
  fmt::print("\nsome reviews of the test set:\n");
  const std::size_t step = std::max<std::size_t>(1, texts.size() / 6);
  for (std::size_t i = step / 2; i < texts.size(); i += step) {
    const double good = probability(model, vocabulary, texts[i].text);
    std::string shown = texts[i].text.substr(0, 100);
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0) == 0x80) shown.pop_back();  // a cut character
    fmt::print("  {} {:.3f} ({}): {}{}\n", (good >= 0.5) == (texts[i].label == 1) ? "right" : "WRONG", good,
               texts[i].label == 1 ? "good" : "bad", shown, shown.size() < texts[i].text.size() ? "..." : "");
  }
}

int program(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Tells good film reviews from bad ones: embedding, LSTM, GRU or RNN over packed sequences, two linear layers.");
  options.common.add_training_to(app);
  app.add_option("--data", options.data, "The extracted aclImdb folder; without it, the program makes up a corpus");
  app.add_option("--cell", options.model.cell, "Recurrent layer")
      ->capture_default_str()
      ->check(CLI::IsMember({"lstm", "gru", "rnn"}));
  app.add_option("--layers", options.model.layers, "Recurrent layers")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_flag("--bidirectional", options.model.bidirectional, "Read the reviews in both directions");
  app.add_option("--dropout", options.model.dropout, "Share of the inputs of layers that are dropped while training")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.95));
  app.add_option("--batch-size", options.batch_size, "Reviews in a step")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--lr", options.learning_rate, "Learning rate of Adam")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--min-frequency", options.min_frequency, "Rarer words count as unknown")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_flag("--bag-of-words", options.bag_of_words,
               "Train a bag of words as well, for comparison (always with the made-up corpus)");
  app.add_option("--save", options.save, "Write the trained model to this file (safetensors)");
  app.add_option("--load", options.load, "Start from a saved model");
  app.add_option("--predict", options.predict, "Classify this text with the model given by --load, and stop");
  CLI11_PARSE(app, argc, argv);
  options.common.apply();

  if (!options.predict.empty()) {
    if (options.load.empty()) throw ValueError("--predict needs a model: give it with --load");
    const auto [model, vocabulary] = load_model(options);
    const double good = probability(model, vocabulary, options.predict);
    fmt::print("{}\nresult: good={:.4f}\n", good >= 0.5 ? "good" : "bad", good);
    return 0;
  }

  const Corpus corpus = options.data.empty() ? make_corpus(options.common.seed) : read_corpus(options.data);
  Classifier model(nullptr);
  data::Vocab vocabulary;
  if (options.load.empty()) {
    data::TokenCounts counts;
    for (const data::LabeledText& text : corpus.train) data::count_tokens(data::tokenize_words(text.text), counts);
    vocabulary = data::build_vocab(
        counts, {.min_frequency = options.min_frequency, .specials = {"<pad>", "<unk>"}, .default_index = 1});
    options.model.vocabulary = static_cast<std::int64_t>(vocabulary.size());
    model = Classifier(options.model);
  } else {
    std::tie(model, vocabulary) = load_model(options);
  }
  const std::vector<Review> train_reviews = encode_all(vocabulary, corpus.train);
  const std::vector<Review> test_reviews = encode_all(vocabulary, corpus.test);
  fmt::print("{} reviews to train with, {} to test with, {} words, {} threads\n\n", train_reviews.size(),
             test_reviews.size(), vocabulary.size(), get_num_threads());

  Loader train_loader(train_reviews,
                      {.batch_size = options.batch_size, .shuffle = true, .num_workers = 1, .seed = options.common.seed},
                      collate);
  Loader test_loader(test_reviews, {.batch_size = 100, .num_workers = 1}, collate);

  support::print_layers(*model);
  fmt::print("\n");
  const double seconds = train(model, train_loader, test_loader, options, options.model.cell);
  const double test_accuracy = accuracy(model, test_loader);

  support::Figures result{{"test_accuracy", test_accuracy}};
  if (options.bag_of_words || options.data.empty()) {
    fmt::print("\nfor comparison, a bag of words:\n");
    const BagOfWords bag(options.model);
    Options bag_options = options;
    bag_options.common.plot.clear();
    train(bag, train_loader, test_loader, bag_options, "bag");
    result.emplace_back("bag_of_words_accuracy", accuracy(bag, test_loader));
  }
  show_predictions(model, vocabulary, corpus.test);
  if (!options.save.empty()) save_model(model, vocabulary, options);
  result.emplace_back("seconds_per_epoch", seconds);
  support::print_result(result);
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
