/// Translates dates that are written out to ISO 8601, character by character.
#include <fmt/core.h>

#include "../support/program.h"
#include "../support/training.h"
#include "dates.h"
#include "model.h"

namespace {

using namespace xgrad;
using namespace translate;

constexpr std::int64_t longest_target = 11;  // ten characters and the end

/// Sources (batch, time), their lengths, and targets (batch, 12) from start to end.
struct Batch {
  Tensor source;
  Tensor lengths;
  Tensor target;
};

/// The characters that both languages need.
data::Vocab characters() {
  std::vector<std::string> tokens = {"<pad>", "<start>", "<end>"};
  for (const char c : std::string("abcdefghijklmnopqrstuvwxyz0123456789 ,-/")) tokens.emplace_back(1, c);
  return data::Vocab(tokens);
}

/// Throws ValueError for a character that no date has.
std::vector<std::int64_t> encode(const data::Vocab& vocabulary, const std::string& text) {
  for (const std::string& character : data::tokenize_characters(text)) {
    if (!vocabulary.contains(character)) {
      throw ValueError(
          fmt::format("'{}': expected lower-case letters, digits, spaces and , - /, got '{}'", text, character));
    }
  }
  return vocabulary.lookup_indices(data::tokenize_characters(text));
}

std::string decode(const data::Vocab& vocabulary, const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (const std::int64_t number : numbers) {
    if (number == end) break;
    text += vocabulary.lookup_token(number);
  }
  return text;
}

Batch collate(const data::Vocab& vocabulary, const std::vector<Pair>& pairs) {
  TensorList sources;
  TensorList targets;
  std::vector<std::int64_t> lengths;
  for (const Pair& pair : pairs) {
    sources.push_back(tensor(encode(vocabulary, pair.written)));
    lengths.push_back(sources.back().numel());
    std::vector<std::int64_t> target = encode(vocabulary, pair.iso);
    target.insert(target.begin(), start);
    target.push_back(end);
    targets.push_back(tensor(target));
  }
  return {nn::utils::rnn::pad_sequence(sources, true, padding), tensor(lengths), stack(targets)};
}

/// The share of dates that greedy search translates without a mistake.
double exact_match(const Translator& model, const Batch& batch) {
  const NoGradGuard no_grad;
  const Tensor expected = batch.target.slice(1, 1);
  const auto [found, attention] = greedy_search(model, model->encode(batch.source, batch.lengths), expected.size(1));
  return std::get<0>(found.eq(expected).to(kFloat64).min(1)).mean().item<double>();
}

/// What the decoder looked at, for each character that it wrote.
support::Heatmap attention_map(const Translator& model, const data::Vocab& vocabulary, const std::string& written) {
  const NoGradGuard no_grad;
  const Batch batch = collate(vocabulary, {{written, ""}});
  const auto [found, attention] = greedy_search(model, model->encode(batch.source, batch.lengths), longest_target);
  const std::string iso = decode(vocabulary, found[0].to_vector<std::int64_t>());
  support::Heatmap map{.title = "attention: " + written + " -> " + iso,
                       .x_label = "read",
                       .y_label = "written",
                       .columns = data::tokenize_characters(written),
                       .rows = data::tokenize_characters(iso),
                       .cells = {}};
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    map.cells.push_back(attention[0][static_cast<std::int64_t>(i)].to_vector<double>());
  }
  return map;
}

int program(int argc, char** argv) {
  support::CommonOptions options{.epochs = 4};
  std::int64_t size = 10000;
  std::int64_t beam = 4;
  std::string text;
  CLI::App app("Translates dates written out to ISO dates: encoder-decoder with attention, greedy and beam search.");
  options.add_training_to(app);
  app.add_option("--size", size, "Dates to train with")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--beam", beam, "Width of the beam search")->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--text", text, "A date to translate after training, such as \"the first of may 1999\"");
  CLI11_PARSE(app, argc, argv);
  options.apply();

  const data::Vocab vocabulary = characters();
  if (!text.empty()) encode(vocabulary, text);
  const std::vector<Pair> test = make_dates(options.seed + 1, 1000, true);
  const Batch test_batch = collate(vocabulary, test);
  data::DataLoader<Pair, Batch> loader(make_dates(options.seed, size, false),
                                       {.batch_size = 64, .shuffle = true, .seed = options.seed},
                                       [&](const std::vector<Pair>& pairs) { return collate(vocabulary, pairs); });

  const auto count = static_cast<std::int64_t>(vocabulary.size());
  Translator model(count, count);
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(0.002));
  support::print_layers(*model);
  support::Training training(options, "translate", *model, optimizer);
  while (training.next_epoch(size, "dates")) {
    for (const Batch& batch : training.batches(loader)) {
      optimizer.zero_grad();
      // Teacher forcing: the decoder is given the right characters so far, whatever it would have written.
      Encoded encoded = model->encode(batch.source, batch.lengths);
      const Tensor scores = std::get<0>(model->decode(encoded, batch.target.slice(1, 0, -1)));
      const Tensor loss = nn::functional::cross_entropy(scores.flatten(0, 1), batch.target.slice(1, 1).flatten());
      loss.backward();
      nn::utils::clip_grad_norm_(model->parameters(), 1);
      optimizer.step();
      training.step(batch.target.size(0), {{"loss", loss.item<double>()}});
    }
    training.end_epoch({{"test_exact_match", exact_match(model, test_batch)}});
  }

  const NoGradGuard no_grad;
  const auto translate_one = [&](const std::string& written) {
    const Batch batch = collate(vocabulary, {{written, ""}});
    return decode(vocabulary, beam_search(model, model->encode(batch.source, batch.lengths), longest_target, beam));
  };
  constexpr std::size_t beam_tests = 200;
  int beam_right = 0;
  for (std::size_t i = 0; i < beam_tests; ++i) {
    const std::string found = translate_one(test[i].written);
    beam_right += found == test[i].iso ? 1 : 0;
    if (i < 5) fmt::print("  {} -> {}{}\n", test[i].written, found, found == test[i].iso ? "" : ", expected " + test[i].iso);
  }
  if (!text.empty()) fmt::print("{} -> {}\n", text, translate_one(text));
  if (!options.plot.empty()) {
    const support::Heatmap map = attention_map(model, vocabulary, text.empty() ? "thursday, march 5th, 1998" : text);
    support::plot(options.plot, training.curves(), &map);
  }
  support::print_result(
      {{"exact_match", exact_match(model, test_batch)}, {"beam_exact_match", static_cast<double>(beam_right) / beam_tests}});
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
