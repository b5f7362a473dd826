/// Tells the class of a Chinese news title, from pretrained character vectors.
#include <fmt/core.h>

#include "../support/program.h"
#include "../support/recurrent.h"
#include "../support/training.h"
#include "titles.h"

namespace {

using namespace xgrad;
using namespace classify;
using nn::utils::rnn::PackedSequence;

struct Batch {
  PackedSequence characters;
  Tensor labels;
};

/// Frozen vectors, a recurrent layer, and a score for each class from its last state.
struct ClassifierImpl : nn::Module {
  ClassifierImpl(const Tensor& vectors, const std::string& cell, std::int64_t classes, double dropout)
      : embedding(register_module("embedding", nn::Embedding::from_pretrained(vectors))),
        recurrent(register_module("recurrent", support::Recurrent(support::RecurrentOptions{cell, vectors.size(1), 128}))),
        drop(register_module("dropout", nn::Dropout(dropout))),
        output(register_module("output", nn::Linear(128, classes))) {}
  Tensor forward(const PackedSequence& characters) {
    return output(drop(recurrent(support::embed(embedding, characters, drop))));
  }
  nn::Embedding embedding;
  support::Recurrent recurrent;
  nn::Dropout drop;
  nn::Linear output;
};
XGRAD_MODULE(Classifier);

double share_right(const Tensor& scores, const Tensor& labels) {
  return scores.argmax(1).eq(labels).to(kFloat64).mean().item<double>();
}

using Loader = data::DataLoader<Title, Batch>;

double accuracy(const Classifier& model, Loader& loader) {
  const NoGradGuard no_grad;
  model->eval();
  double right = 0;
  for (const Batch& batch : loader) {
    right += share_right(model(batch.characters), batch.labels) * static_cast<double>(batch.labels.numel());
  }
  model->train();
  return right / static_cast<double>(loader.dataset().size());
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 20};
  std::string data;
  std::string cell = "lstm";
  std::string predict;
  std::int64_t size = 4000;
  double dropout = 0.3;
  bool padded = false;
  CLI::App app(
      "Classifies Chinese news titles: pretrained character vectors, frozen; LSTM, GRU or RNN of 128; linear layer.");
  options.add_training_to(app);
  app.add_option("--data", data,
                 "A folder with train.txt, test.txt, class.txt, char_vectors.bin; without it, made-up titles");
  app.add_option("--cell", cell, "Recurrent layer")->capture_default_str()->check(CLI::IsMember({"lstm", "gru", "rnn"}));
  app.add_option("--dropout", dropout, "Share of the inputs that are dropped, and of the state")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.95));
  app.add_flag("--padded", padded, "Fill all titles up to 32 characters, and read the filling as well, as often published");
  app.add_option("--size", size, "Made-up titles to train with")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--predict", predict, "Classify this title after training");
  CLI11_PARSE(app, argc, argv);
  options.apply();

  const Corpus corpus = data.empty() ? make_corpus(options.seed, size) : read_corpus(data);
  const auto collate = [&](const std::vector<Title>& titles) {
    TensorList characters;
    std::vector<std::int64_t> labels;
    for (const Title& title : titles) {
      std::vector<std::int64_t> numbers = encode(corpus.vectors.vocab(), title.text);
      if (padded) numbers.resize(32, 0);
      characters.push_back(tensor(numbers));
      labels.push_back(title.label);
    }
    return Batch{nn::utils::rnn::pack_sequence(characters, false), tensor(labels)};
  };
  Loader loader(corpus.train, {.batch_size = 250, .shuffle = true, .num_workers = 1, .seed = options.seed}, collate);
  Loader test_loader(corpus.test, {.batch_size = 250, .num_workers = 1}, collate);

  Classifier model(corpus.vectors.vectors(), cell, static_cast<std::int64_t>(corpus.classes.size()), dropout);
  std::vector<Tensor> trained = model->recurrent->parameters();
  for (const Tensor& parameter : model->output->parameters()) trained.push_back(parameter);
  optim::Adam optimizer(trained, optim::AdamOptions(0.01));
  optim::ExponentialLR scheduler(optimizer, 0.8);
  fmt::print("{} titles to train with, {} to test with, {} character vectors\n", corpus.train.size(), corpus.test.size(),
             corpus.vectors.size());
  support::print_layers(*model);
  support::Training training(options, cell, *model, optimizer, &scheduler);
  while (training.next_epoch(static_cast<std::int64_t>(corpus.train.size()), "titles")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      const Tensor scores = model(batch.characters);
      const Tensor loss = nn::functional::cross_entropy(scores, batch.labels);
      loss.backward();
      optimizer.step();
      training.step(batch.labels.numel(), {{"loss", loss.item<double>()}, {"accuracy", share_right(scores, batch.labels)}});
    }
    scheduler.step();
    training.end_epoch({{"test_accuracy", accuracy(model, test_loader)}});
  }
  training.finish();

  const NoGradGuard no_grad;
  model->eval();
  const auto classify_one = [&](const std::string& text) {
    const auto best = model(collate({{text, 0}}).characters).argmax(1).item<std::int64_t>();
    return corpus.classes[static_cast<std::size_t>(best)];
  };
  for (std::size_t i = 0; i < std::min<std::size_t>(4, corpus.test.size()); ++i) {
    const Title& title = corpus.test[i];
    fmt::print("  {} -> {} ({})\n", title.text, classify_one(title.text),
               corpus.classes[static_cast<std::size_t>(title.label)]);
  }
  if (!predict.empty()) fmt::print("{} -> {}\n", predict, classify_one(predict));
  support::print_result(
      {{"test_accuracy", accuracy(model, test_loader)}, {"seconds_per_epoch", training.seconds_per_epoch()}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
