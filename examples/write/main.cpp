/// Learns to write from texts, character by character or word by word.
#include <fmt/core.h>

#include <set>

#include "../support/language.h"
#include "../support/program.h"
#include "../support/ranks.h"
#include "../support/screen.h"
#include "../support/text_coder.h"
#include "../support/training.h"
#include "model.h"
#include "text.h"

namespace {

using namespace xgrad;
using namespace writing;

constexpr std::int64_t steps = 50;  // of an epoch
constexpr std::int64_t window = 40;

struct Options {
  support::CommonOptions common{.epochs = 12};
  support::PredictOptions predict;
  support::RankOptions ranks;
  std::vector<std::string> data;
  std::string encoding = "utf-8";
  std::string save;
  std::string prompt = "the ";
  nn::decoding::SamplingOptions sampling{.temperature = 0.5};
  double held_out = 0.05;
  double learning_rate = 0.003;
  std::int64_t length = 500;
  std::int64_t batch_size = 64;
  std::int64_t patience = 5;
  std::int64_t max_words = 20'000;
  std::int64_t embedding_size = 256;
  std::int64_t hidden_size = 512;
  bool words = false;
  bool keep_case = false;
  bool stepwise = false;
};

void declare(support::OptionParser& parser, Options& options) {
  parser.group("Data");
  parser.add("--data", options.data, "Text files, or folders of them; without it, a few pages that are built in");
  parser.add_flag("--words", options.words, "Write words, not characters");
  parser.add("--max-words", options.max_words, "With --words: so many words are known at most, the most frequent",
             support::Range::positive);
  parser.add_flag("--keep-case", options.keep_case, "Read capital letters as such; else all is in lower case");
  support::add_encoding(parser, options.encoding);
  parser.add("--held-out", options.held_out, "Share at the end of the text that is held out, to see how well it is foretold",
             support::Range::share);
  parser.group("Model");
  parser.add("--embedding", options.embedding_size,
             "Size of the embedding; 64 where not given, for texts below 100,000 characters", support::Range::positive);
  parser.add("--hidden", options.hidden_size, "Size of the LSTM; 128 where not given, for texts below 100,000 characters",
             support::Range::positive);
  parser.group("Training");
  parser.add("--batch-size", options.batch_size, "Windows in a step", support::Range::positive);
  parser.add("--lr", options.learning_rate, "Learning rate of Adam", support::Range::positive);
  support::add_patience(parser, options.patience);
  parser.add_flag("--stepwise", options.stepwise, "Train step by step, as books do, not over whole sequences");
  options.ranks.add_to(parser);
  options.common.add_training_to(parser, fmt::format("Epochs, of {} steps each", steps));
  support::add_save(parser, options.save);
  options.predict.add_to(parser, "beginning of a text");
  parser.add("--prompt", options.prompt,
             "What is written after training goes on from here, or from the text's beginning where it has not these");
  parser.add("--temperature", options.sampling.temperature, "Low: only likely characters; 1: as likely as learnt",
             support::Range::positive);
  parser.add("--top-k", options.sampling.top_k, "Only so many of the likeliest characters, or words; 0: all",
             support::Range::not_negative);
  parser.add("--top-p", options.sampling.top_p, "Only the likeliest ones that together have this probability",
             support::Range::positive);
  parser.add("--length", options.length, "Characters, or words, to write", support::Range::not_negative);
}

/// Mean cross entropy over all steps of `text` (batch, time + 1), whose tokens each are to be predicted from those before.
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
  Options options;
  support::OptionParser parser(
      "Learns to write like a text: embedding, LSTM, linear layer.",
      {"write --data book.txt --save book.safetensors", "write --load book.safetensors --predict \"It was\" --length 300"});
  declare(parser, options);
  if (const auto code = parser.parse(argc, argv)) return *code;
  options.common.apply();
  options.predict.encoding = options.encoding;
  const auto load = [&](const std::string& path) { return load_predictor(path, options.length, options.sampling); };
  if (support::predict_instead(options.predict, load)) return 0;
  if (const auto code = support::Ranks::start(options.ranks, argc, argv)) return *code;
  support::Ranks ranks(options.ranks, options.common);

  const bool own = !options.data.empty();
  std::string text = built_in_text();
  if (own) {
    const data::PlainText read = data::read_plain_text(options.data, data::parse_encoding(options.encoding));
    support::print_paragraph(read.describe());
    if (read.text.empty()) throw FileError(options.data[0] + ": there is no text in it");
    text = options.keep_case ? read.text : lower(read.text);
  }
  const std::vector<std::string> tokens = options.words ? support::split_words(text) : data::tokenize_characters(text);
  if (!parser.given("--embedding") && text.size() < 100'000) options.embedding_size = 64;
  if (!parser.given("--hidden") && text.size() < 100'000) options.hidden_size = 128;
  data::TokenCounts counts;
  data::count_tokens(tokens, counts);
  TextWriter writer;
  writer.words = options.words;
  writer.lower_case = !own || !options.keep_case;
  writer.embedding_size = options.embedding_size;
  writer.hidden_size = options.hidden_size;
  if (options.words) {
    writer.vocabulary = data::build_vocab(
        counts, {.min_frequency = 2, .max_size = options.max_words, .specials = {"<unk>"}, .default_index = 0});
  } else {
    writer.vocabulary = data::build_vocab(counts);
  }
  try {
    if (writer.encode(options.prompt).empty()) throw ValueError("expected at least one character");
  } catch (const ValueError& error) {
    if (parser.given("--prompt") || tokens.empty()) throw ValueError(std::string("--prompt: ") + error.what());
    options.prompt = tokens.front();  // nobody asked for the one that this text cannot go on from
  }
  const Tensor all = tensor(writer.vocabulary.lookup_indices(tokens));
  const auto held_out = own ? static_cast<std::int64_t>(static_cast<double>(all.numel()) * options.held_out) : 0;
  const Tensor numbers = all.slice(0, 0, all.numel() - held_out);
  const Tensor held = all.slice(0, all.numel() - held_out);
  if (numbers.numel() < window + 1) {
    throw ValueError(fmt::format("expected a text of at least {} {} to train on, got {}", window + 1,
                                 options.words ? "words" : "characters", numbers.numel()));
  }
  const Tensor places = arange(window + 1);

  writer.model = Writer(static_cast<std::int64_t>(writer.vocabulary.size()), options.embedding_size, options.hidden_size);
  const Writer& model = writer.model;
  optim::Adam optimizer(model->parameters(), optim::AdamOptions(options.learning_rate));
  const char* unit = options.words ? "words and marks" : "characters";
  support::print_paragraph(fmt::format("{} {}, {} different; the last {} are held out", support::grouped(tokens.size()),
                                       unit, counts.size(), support::grouped(static_cast<std::size_t>(held_out))));
  if (options.words) {
    std::size_t unknown = 0;
    for (const std::string& token : tokens) unknown += writer.vocabulary.contains(token) ? 0 : 1;
    support::print_paragraph(fmt::format("{:.1f} % of the words are rare, and count as unknown",
                                         100 * static_cast<double>(unknown) / static_cast<double>(tokens.size())));
  }
  support::print_heading("Model");
  support::print_model(nn::summary(model));
  support::print_paragraph(
      fmt::format("Settings: --epochs {} --patience {} --batch-size {} --lr {} --embedding {} --hidden {} --seed {}",
                  options.common.epochs, options.patience, options.batch_size, options.learning_rate, options.embedding_size,
                  options.hidden_size, options.common.seed));
  support::print_heading("Training");
  support::ParallelModel parallel(*model, ranks);
  support::Training training(options.common, "write", *model, optimizer);
  // The windows of a step that each shard of this rank has: all are of one length.
  std::vector<Tensor> windows;
  for (const auto& shard : ranks.own_shards(std::vector(static_cast<std::size_t>(options.batch_size), window))) {
    windows.push_back(tensor(std::vector<std::int64_t>(shard.begin(), shard.end())));
  }
  const bool validates = held.numel() > 1;
  if (validates) training.keep_best("validation_loss", false, options.patience);
  while (training.next_epoch(steps * options.batch_size * window, options.words ? "words" : "characters")) {
    for (std::int64_t step = training.first_step(); step < steps; ++step) {
      const Tensor starts = randint(numbers.numel() - window, {options.batch_size, 1});
      const Tensor batch = numbers.index_select(0, (starts + places).flatten()).view({options.batch_size, window + 1});
      optimizer.zero_grad();
      const double loss = parallel.step([&](std::size_t i) {
        const std::int64_t count = windows[i].numel();
        if (count == 0) return Tensor();
        const double share = static_cast<double>(count) / static_cast<double>(options.batch_size);
        return loss_of(model, batch.index_select(0, windows[i]), options.stepwise) * share;
      });
      optimizer.step();
      training.step(options.batch_size * window, {{"loss", loss}});
    }
    if (validates) training.end_epoch({{"validation_loss", writer.surprise(held).mean_negative_log_likelihood()}});
    else training.end_epoch();
  }
  training.finish();

  const std::string written = writer.continue_text(options.prompt, options.length, options.sampling);
  fmt::print("\n{}\n", written);
  // The loss is the mean of the last 50 steps.
  support::Figures result{{"loss", training.last("loss")}, {"known_words", known_words(written, text)}};
  if (validates) {
    const metrics::Perplexity surprise = writer.surprise(held);
    // The characters that the held-out tokens but the first stand for.
    std::string held_text;
    for (const std::string& token : std::vector(tokens.end() - held_out + 1, tokens.end())) held_text += token;
    const auto characters = static_cast<std::int64_t>(data::tokenize_characters(held_text).size());
    // What knowing how often each token occurs, and nothing of the order, reaches.
    metrics::Perplexity frequencies;
    const Tensor counted = bincount(numbers, {}, static_cast<std::int64_t>(writer.vocabulary.size())).to(kFloat64) + 1;
    const Tensor shares = (counted / counted.sum()).log();
    frequencies.update(-shares.index_select(0, held.slice(0, 1)).mean().item<double>(), held.numel() - 1);
    support::print_heading("On what is held out");
    support::TextTable table({"", "perplexity", "bits per character"});
    const auto add = [&](const std::string& name, const metrics::Perplexity& found) {
      table.add({name, fmt::format("{:.4g}", found.compute()), fmt::format("{:.4g}", found.bits_per_character(characters))});
    };
    add("this model", surprise);
    add("how often each occurs", frequencies);
    table.print();
    result.emplace_back("perplexity", surprise.compute());
    result.emplace_back("bits_per_character", surprise.bits_per_character(characters));
  }
  if (!options.save.empty() && ranks.is_main()) writer.save(options.save);
  support::print_end("write", options.save, options.common.plot, "\"It was\"");
  result.emplace_back("seconds_per_epoch", training.seconds_per_epoch());
  ranks.add_to(result);
  support::print_result(result);
  ranks.finish();
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return support::run(argc, argv, program); }
