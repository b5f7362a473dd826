/// Learns to write from a text, character by character.
#include <fmt/core.h>

#include <set>

#include "../support/program.h"
#include "../support/training.h"
#include "text.h"

namespace {

using namespace xgrad;

/// Embedding, LSTM, and a score for each character that may come next.
struct WriterImpl : nn::Module {
  using State = std::optional<std::tuple<Tensor, Tensor>>;

  WriterImpl(std::int64_t characters, std::int64_t embedding_size, std::int64_t hidden_size)
      : embedding(register_module("embedding", nn::Embedding(characters, embedding_size))),
        lstm(register_module("lstm", nn::LSTM(nn::LSTMOptions(embedding_size, hidden_size).batch_first(true)))),
        output(register_module("output", nn::Linear(hidden_size, characters))) {}
  /// (batch, time) -> (batch, time, characters), and the state to go on from.
  std::tuple<Tensor, State> forward(const Tensor& characters, const State& state = {}) {
    const auto [hidden, next] = lstm->forward(embedding(characters), state);
    return {output(hidden), next};
  }
  nn::Embedding embedding;
  nn::LSTM lstm;
  nn::Linear output;
};
XGRAD_MODULE(Writer);

/// Mean cross entropy over all steps of `text` (batch, time + 1), whose characters each are to be predicted from those
/// before.
Tensor loss_of(const Writer& model, const Tensor& text, bool stepwise) {
  const Tensor input = text.slice(1, 0, -1);
  const Tensor target = text.slice(1, 1);
  if (!stepwise) {
    const Tensor scores = std::get<0>(model->forward(input));
    return nn::functional::cross_entropy(scores.flatten(0, 1), target.flatten());
  }
  Tensor loss = zeros({});
  WriterImpl::State state;
  for (std::int64_t step = 0; step < input.size(1); ++step) {
    const auto [scores, next] = model->forward(input.slice(1, step, step + 1), state);
    loss = loss + nn::functional::cross_entropy(scores.squeeze(1), target.select(1, step));
    state = next;
  }
  return loss / input.size(1);
}

/// Continues `prompt`. A low temperature takes the likeliest characters, a high one also unlikely ones.
std::string continue_text(const Writer& model, const data::Vocab& vocabulary, const std::string& prompt, std::int64_t length,
                          double temperature) {
  const NoGradGuard no_grad;
  std::string text = prompt;
  Tensor input = tensor(vocabulary.lookup_indices(data::tokenize_characters(prompt))).unsqueeze(0);
  WriterImpl::State state;
  for (std::int64_t i = 0; i < length; ++i) {
    const auto [scores, next] = model->forward(input, state);
    state = next;
    input = multinomial((scores.select(1, -1) / temperature).softmax(1), 1);
    text += vocabulary.lookup_token(input.item<std::int64_t>());
  }
  return text;
}

/// The share of the words of `written` that occur in `text`, which says whether it reads like words. The last word may
/// be cut.
double known_words(const std::string& written, const std::string& text) {
  const std::vector<std::string> words = data::tokenize_words(text);
  const std::set<std::string> known(words.begin(), words.end());
  std::vector<std::string> own = data::tokenize_words(written);
  if (!own.empty()) own.pop_back();
  const auto count = std::count_if(own.begin(), own.end(), [&](const std::string& word) { return known.contains(word); });
  return own.empty() ? 0 : static_cast<double>(count) / static_cast<double>(own.size());
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 12};
  std::string data;
  std::string prompt = "the ";
  double temperature = 0.5;
  std::int64_t length = 500;
  std::int64_t embedding_size = 256;
  std::int64_t hidden_size = 512;
  bool stepwise = false;
  constexpr std::int64_t steps = 50;
  constexpr std::int64_t batch_size = 64;
  constexpr std::int64_t window = 40;
  CLI::App app("Learns to write like a text, character by character: embedding, LSTM, linear layer.");
  options.add_training_to(app, fmt::format("Epochs, of {} steps each", steps));
  app.add_option("--data", data, "A text file, read in lower case; without it, a few pages that are built in");
  app.add_option("--prompt", prompt, "What is written goes on from here")->capture_default_str();
  app.add_option("--temperature", temperature, "Low: only likely characters; 1: as likely as learnt")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--length", length, "Characters to write")->capture_default_str()->check(CLI::NonNegativeNumber);
  app.add_option("--embedding", embedding_size, "Size of the embedding; 64 where not given, for the built-in text")
      ->check(CLI::PositiveNumber);
  app.add_option("--hidden", hidden_size, "Size of the LSTM; 128 where not given, for the built-in text")
      ->check(CLI::PositiveNumber);
  app.add_flag("--stepwise", stepwise, "Train step by step, as books do, not over whole sequences");
  CLI11_PARSE(app, argc, argv);
  if (data.empty() && app.count("--embedding") == 0) embedding_size = 64;
  if (data.empty() && app.count("--hidden") == 0) hidden_size = 128;
  options.apply();

  const std::string text = data.empty() ? writing::built_in_text() : writing::read_text(data);
  const std::vector<std::string> characters = data::tokenize_characters(text);
  const data::Vocab vocabulary = data::build_vocab({characters});
  for (const std::string& character : data::tokenize_characters(prompt)) {
    if (!vocabulary.contains(character)) throw ValueError("--prompt: the text has no character '" + character + "'");
  }
  if (prompt.empty()) throw ValueError("--prompt: expected at least one character");
  if (static_cast<std::int64_t>(characters.size()) < window + 1) throw ValueError("the text is shorter than a window");
  const Tensor numbers = tensor(vocabulary.lookup_indices(characters));
  const Tensor places = arange(window + 1);

  Writer model(static_cast<std::int64_t>(vocabulary.size()), embedding_size, hidden_size);
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.003));
  fmt::print("{} characters, {} different\n", characters.size(), vocabulary.size());
  support::print_layers(*model);
  support::Training training(options, "write", *model, optimizer);
  while (training.next_epoch(steps * batch_size * window, "characters")) {
    for (std::int64_t step = training.first_step(); step < steps; ++step) {
      const Tensor starts = randint(numbers.numel() - window, {batch_size, 1});
      const Tensor batch = numbers.index_select(0, (starts + places).flatten()).view({batch_size, window + 1});
      optimizer.zero_grad();
      const Tensor loss = loss_of(model, batch, stepwise);
      loss.backward();
      optimizer.step();
      training.step(batch_size * window, {{"loss", loss.item<double>()}});
    }
    training.end_epoch();
  }
  training.finish();

  const std::string written = continue_text(model, vocabulary, prompt, length, temperature);
  fmt::print("\n{}\n\n", written);
  // The loss is the mean of the last 50 steps.
  support::print_result({{"loss", training.last("loss")},
                         {"known_words", known_words(written, text)},
                         {"seconds_per_epoch", training.seconds_per_epoch()}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
