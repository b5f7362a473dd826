/// Predicts the last word of short sentences from the words before it.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <iterator>
#include <sstream>

#include "support/program.h"
#include "support/text.h"
#include "support/training.h"

namespace {

using namespace xgrad;

/// Words one-hot, an LSTM of size 2, and a score for each word of the vocabulary from its last state.
struct ModelImpl : nn::Module {
  explicit ModelImpl(std::int64_t words)
      : words_(words),
        lstm_(register_module("lstm", nn::LSTM(nn::LSTMOptions(words, 2).batch_first(true)))),
        output_(register_module("output", nn::Linear(2, words))) {}
  /// (batch, time) -> (batch, words)
  Tensor forward(const Tensor& numbers) {
    const auto [output, state] = lstm_->forward(one_hot(numbers, words_).to(kFloat32));
    return output_(output.select(1, -1));
  }
  std::int64_t words_;
  nn::LSTM lstm_;
  nn::Linear output_;
};
XGRAD_MODULE(Model);

using Sentence = std::vector<std::string>;

/// One sentence a line, words separated by spaces, all of the same length.
std::vector<Sentence> read_sentences(const std::string& path, const std::string& encoding) {
  std::vector<Sentence> sentences;
  for (const support::Line& line : support::read_lines(path, encoding)) {
    std::istringstream words(line.text);
    const Sentence sentence{std::istream_iterator<std::string>(words), {}};
    const std::size_t expected = sentences.empty() ? std::max<std::size_t>(2, sentence.size()) : sentences[0].size();
    if (sentence.size() != expected) {
      throw FileError(fmt::format("{}, line {}: expected {} words, got {}", path, line.number, expected, sentence.size()));
    }
    sentences.push_back(sentence);
  }
  if (sentences.empty()) throw FileError(path + ": expected sentences, got none");
  return sentences;
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 5000};
  std::string data;
  std::string encoding = "utf-8";
  support::OptionParser parser("Predicts the last word of short sentences with an LSTM of size 2.");
  options.add_training_to(parser);
  parser.group("Data");
  parser.add("--data", data, "A sentence in each line, words separated by spaces; without it, three sentences in Chinese");
  support::add_encoding(parser, encoding);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.apply();

  const std::vector<Sentence> sentences =
      data.empty() ? std::vector<Sentence>{{"我", "喜欢", "玩具"}, {"我", "爱", "爸爸"}, {"我", "讨厌", "挨打"}}
                   : read_sentences(data, encoding);
  const data::Vocab vocabulary = data::build_vocab(sentences);
  TensorList rows;
  for (const Sentence& sentence : sentences) rows.push_back(tensor(vocabulary.lookup_indices(sentence)));
  const Tensor numbers = stack(rows);
  const Tensor input = numbers.slice(1, 0, -1);
  const Tensor target = numbers.select(1, -1);

  Model model(static_cast<std::int64_t>(vocabulary.size()));
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.1));
  support::print_model(nn::summary(model));
  support::Training training(options, "next_word", *model, optimizer);
  while (training.next_epoch(input.size(0), "sentences")) {
    if (training.first_step() == 0) {  // or the run is resumed after it
      optimizer.zero_grad();
      const Tensor loss = nn::functional::cross_entropy(model(input), target);
      loss.backward();
      optimizer.step();
      training.step(input.size(0), {{"loss", loss.item<double>()}});
    }
    training.end_epoch();
  }
  training.finish();

  const NoGradGuard no_grad;
  const Tensor scores = model(input);
  const Tensor predicted = scores.argmax(1);
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const Sentence known(sentences[i].begin(), sentences[i].end() - 1);
    const auto word = predicted[static_cast<std::int64_t>(i)].item<std::int64_t>();
    fmt::print("{} -> {}\n", fmt::join(known, " "), vocabulary.lookup_token(word));
  }
  support::print_result({{"accuracy", predicted.eq(target).to(kFloat64).mean().item<double>()},
                         {"cost", nn::functional::cross_entropy(scores, target).item<double>()}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
